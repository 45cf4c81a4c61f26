import Alerts
import AuditCore
import Base
import CBOR
import Crypto
import MerkleLog

extension AvisoClient {
    /// Holds a statement on deadlines against the log itself; for auditors.
    ///
    /// All entries up to the size that the statement speaks of are read again and audited, and must
    /// say the same.
    ///
    /// - Parameter bytes: the statement.
    /// - Returns: what it says.
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` for a statement that the log's key
    ///   has not signed, that the entries contradict, or for entries that break a rule.
    public func checkAgainstLog(deadlineStatement bytes: [UInt8]) async throws -> DeadlineStanding {
        let standing = try profile.verifyDeadlineStatement(bytes)
        let tools = AuditTools(coding: LibCBOR(), hasher: SHA256(), verifier: Cryptography())
        var machine = AuditMachine(
            origin: profile.logOrigin,
            trustedKey: profile.logKey.publicKey,
            directory: profile.auditDirectory,
            state: AuditState(),
            depth: .full,
            tools: tools
        )
        let latest = try await checkpoint()
        guard standing.size <= latest.size else {
            throw AvisoError(
                .notVerified,
                "the statement is for \(standing.size) entries, and the log has \(latest.size)"
            )
        }
        try await replay(from: .index(0), upTo: standing.size) { index, entry, _ in
            let read = AuditEntry(entry, index: index, depth: .full, tools: tools)
            let step = machine.take([read])
            let failure = SignatureCheck.firstFailure(in: step.checks[...], tools: tools)
            if let violation = failure ?? step.violation {
                throw AvisoError(.notVerified, violation.message)
            }
            return true
        }
        let state = machine.state
        let found = state.deadlines[standing.index].map { record in
            DeadlineStanding(
                DeadlineReport(
                    record,
                    origin: profile.logOrigin,
                    treeSize: state.treeSize,
                    rootHash: state.frontier.rootHash(using: SHA256()),
                    time: state.lastTime
                )
            )
        }
        guard found == standing else {
            throw AvisoError(
                .notVerified,
                "the first \(standing.size) entries of the log say something else of the alert at "
                    + "index \(standing.index)"
            )
        }
        return standing
    }
}
