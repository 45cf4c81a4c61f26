import Base
import CBOR
import Crypto
import EventLoop
import MerkleLog
import Synchronization

extension AvisoClient {
    /// An alert that an agency received and kept, as `aviso subscribe --json` prints it.
    public struct KeptAlert: Hashable, Sendable {
        /// Its number: "this is the n-th alert addressed to you".
        public let number: UInt64
        /// Its place in the log.
        public let index: UInt64
        /// Its identifier, `urn:uuid:…`.
        public let alert: String

        /// Makes one.
        public init(number: UInt64, index: UInt64, alert: String) {
            self.number = number
            self.index = index
            self.alert = alert
        }
    }

    /// Shows whether the alerts that an agency has kept are all that were addressed to it.
    ///
    /// - Parameters:
    ///   - profile: the agency's profile.
    ///   - kept: the alerts, which were verified when they came.
    /// - Returns: what is held, and what is missing.
    /// - Throws: ``AvisoError``: no answer, or a proof of the count that does not hold.
    public static func proveComplete(
        profile: AvisoProfile,
        kept: [KeptAlert]
    ) throws(AvisoError) -> CompletenessReport {
        let tally = try profile.tally(LogServer(profile: profile))
        var numbers = AlertNumbers()
        for alert in kept {
            numbers.take(number: alert.number, index: alert.index, name: alert.alert)
        }
        return report(profile, tally, numbers, wereEarlier: true)
    }

    /// Reads all alerts of an agency again, and shows whether they are all that were addressed to
    /// it.
    ///
    /// - Parameters:
    ///   - profile: the agency's profile.
    ///   - silenceSeconds: for how long no alert may come until the rest counts as missing.
    /// - Returns: what is held, and what is missing.
    /// - Throws: ``AvisoError``: no answer, or a proof of the count that does not hold.
    public static func proveComplete(
        profile: AvisoProfile,
        silenceSeconds: UInt64
    ) async throws -> CompletenessReport {
        var options = Options()
        options.reconnects = false
        let client = try await connect(profile: profile, options: options)
        let tally = try profile.tally(LogServer(profile: profile))
        let numbers = try await client.numbers(profile, tally, silenceSeconds)
        await client.close()
        return report(profile, tally, numbers, wereEarlier: false)
    }

    private func numbers(
        _ profile: AvisoProfile,
        _ tally: ProvedTally,
        _ silenceSeconds: UInt64
    ) async throws -> AlertNumbers {
        var numbers = AlertNumbers()
        guard tally.count > 0 else { return numbers }
        let alerts = try await subscribe(to: "alerts/#", from: .index(0))
        let silence = Silence(seconds: silenceSeconds)
        let watch = Task {
            while !silence.isOver { try await Task.sleep(for: .milliseconds(100)) }
            await close()
        }
        defer { watch.cancel() }
        while !numbers.covers(tally.count) {
            do {
                guard let alert = try await alerts.next() else { break }
                numbers.take(number: alert.count, index: alert.index, name: alert.alert)
                if alert.index >= tally.checkpoint.size { break }
            } catch let error as AvisoError {
                guard error.code == .notVerified else {
                    if silence.isOver { break }
                    throw error
                }
                numbers.report(error.message)
            }
            silence.begin()
        }
        return numbers
    }

    private static func report(
        _ profile: AvisoProfile,
        _ tally: ProvedTally,
        _ numbers: AlertNumbers,
        wereEarlier: Bool
    ) -> CompletenessReport {
        let outcome = numbers.conclude(
            count: tally.count,
            treeSize: tally.checkpoint.size,
            wereEarlier: wereEarlier
        )
        return CompletenessReport(agency: profile.member, tally: tally, outcome)
    }
}

/// How long nothing has come.
private final class Silence: Sendable {
    private let seconds: UInt64
    private let end: Mutex<MonotonicTime>

    init(seconds: UInt64) {
        self.seconds = seconds
        end = Mutex(SystemClock.monotonic().adding(seconds: seconds))
    }

    var isOver: Bool { end.withLock { $0 <= SystemClock.monotonic() } }

    /// Something has come.
    func begin() {
        end.withLock { $0 = SystemClock.monotonic().adding(seconds: seconds) }
    }
}

extension AvisoProfile {
    /// How many alerts were addressed to the profile's agency: fetched and verified.
    func tally(_ server: LogServer) throws(AvisoError) -> ProvedTally {
        try tally(try server.get("/tally/\(member)"))
    }

    /// Verifies an answer of the tally.
    ///
    /// - Parameter bytes: the answer.
    /// - Returns: the count that it proves.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    func tally(_ bytes: [UInt8]) throws(AvisoError) -> ProvedTally {
        guard let answer = TallyAnswer(bytes), answer.agency == member else {
            throw AvisoError(.notVerified, "the answer is no tally proof of \(member)")
        }
        let checkpoint = try verifiedCheckpoint(answer.note)
        guard let commitment = checkpoint.tally else {
            throw AvisoError(.notVerified, "the checkpoint commits to no tally")
        }
        do throws(TallyError) {
            let count = try answer.count(
                under: commitment,
                coding: LibCBOR(),
                hasher: SHA256()
            )
            return ProvedTally(checkpoint: LogCheckpoint(checkpoint), count: count)
        } catch {
            throw AvisoError(.notVerified, error.message)
        }
    }

    /// The checkpoint of a note that the log's key has signed.
    func verifiedCheckpoint(_ bytes: [UInt8]) throws(AvisoError) -> Checkpoint {
        guard let checkpoint = checkpoint(ofNote: bytes) else {
            throw AvisoError(
                .notVerified,
                "the checkpoint is not signed by the key of \(logOrigin)"
            )
        }
        return checkpoint
    }
}

extension LogCheckpoint {
    init(_ checkpoint: Checkpoint) {
        self.init(
            origin: checkpoint.origin,
            size: checkpoint.treeSize,
            root: Base64.encode(checkpoint.rootHash.bytes),
            extensionLines: checkpoint.extensionLines,
            rootHash: checkpoint.rootHash
        )
    }
}
