import Alerts
import Base
import CBOR
import COSE
import Crypto
import EventLoop
import Foundation
import LogStore
import MerkleLog

/// Makes the log of a network without its broker: valid alerts, in batches with one signature each.
struct AuditLog {
    private static let batchCount = 256

    private let network: URL
    private let writer: LogWriter<SHA256>
    private let key: Ed25519SigningKey
    private let verifier: NoteVerifierKey
    private var tally = TallyTree(coding: LibCBOR())
    private var records: [PendingRecord] = []
    private var counts: UInt64 = 0

    /// Begins the log of a network.
    init(_ network: borrowing BenchNetwork) throws {
        self.network = network.folder
        key = try PEMKeyFile.readSigningKey(self.network.path + "/broker/log.key")
        let profile = try String(
            contentsOfFile: self.network.path + "/auditor/profile.json5",
            encoding: .utf8
        )
        guard let start = profile.range(of: "vkey: \""),
            let verifier = NoteVerifierKey(
                String(profile[start.upperBound...].prefix { $0 != "\"" }),
                using: SHA256()
            )
        else { throw BenchFailure(message: "the network has no verifier key") }
        self.verifier = verifier
        var options = LogOptions()
        options.isCreationPermitted = true
        (writer, _) = try LogWriter.open(
            directory: self.network.path + "/broker/log",
            options: options,
            hasher: SHA256(),
            verifyNote: { _ in nil },
            fold: { _, _ in }
        )
        try add(
            .genesis(
                GenesisBody(
                    origin: verifier.name,
                    logKey: key.publicKey,
                    createdBy: "a benchmark"
                )
            )
        )
        for member in ["CO:PONAL", "MX:FGR"] { try add(directory(of: member)) }
    }

    private func directory(of member: String) throws -> EntryBody {
        let folder = network.path + "/agencies/" + member.replacing(":", with: "-")
        return .directory(
            DirectoryBody(
                change: .added,
                member: member,
                role: "agency",
                name: member,
                signingKey: try PEMKeyFile.readSigningKey(folder + "/signing.key").publicKey.bytes,
                encryptionKey: try PEMKeyFile.readEncryptionKey(folder + "/encryption.key")
                    .publicKey.bytes,
                publish: Channel.allCases.map(\.rawValue),
                subscribe: Channel.allCases.map(\.rawValue)
            )
        )
    }

    /// Adds alerts.
    mutating func fill(_ count: Int, _ maker: AlertMaker) throws {
        for _ in 0..<count {
            let parts = try AlertPayload(
                decoding: maker.make()[...],
                using: LibCBOR(),
                limits: AlertLimits()
            )
            let statement = try AlertStatement(parts.statementItem, using: LibCBOR())
            counts += 1
            let body = AlertEntryBody(
                statement: statement.canonicalBytes[...],
                accepted: SystemClock.wall(),
                counts: [.init(agency: "MX:FGR", count: counts)]
            )
            try add(.alert(body), content: Array(parts.contentBytes))
        }
        try commit()
    }

    private mutating func add(_ body: EntryBody, content: [UInt8]? = nil) throws {
        let entry = LogEntry(time: SystemClock.wall(), body: body)
        let bytes = entry.encode(using: LibCBOR())
        records.append(
            PendingRecord(
                entry: bytes,
                leafHash: SHA256().leafHash(bytes[...]),
                time: entry.time,
                content: content.map { $0[...] }
            )
        )
        if records.count == Self.batchCount { try commit() }
    }

    private mutating func commit() throws {
        guard !records.isEmpty else { return }
        if counts > 0 { tally.set([("MX:FGR", counts)], using: SHA256()) }
        let batch = BatchTree(records.map(\.leafHash), onto: writer.frontier, using: SHA256())
        let text = Checkpoint(
            origin: verifier.name,
            treeSize: batch.frontier.treeSize,
            rootHash: batch.rootHash,
            extensionLines: [tally.extensionLine(using: SHA256())]
        ).text
        let signature = SignedNote.Signature(
            name: verifier.name,
            keyHash: verifier.keyHash,
            bytes: key.sign(Array(text.utf8)[...])
        )
        try writer.append(
            records,
            tree: batch,
            note: SignedNote(text: text, signatures: [signature]).bytes
        )
        records = []
    }
}

/// Why a benchmark cannot measure.
struct BenchFailure: Error, CustomStringConvertible {
    let message: String

    var description: String { message }
}
