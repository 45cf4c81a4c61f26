import Alerts
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
        /// Its identifier, `urn:uuid:…`; nil for an exercise or test that was left out.
        public let alert: String?
        /// Whether it came without its content, erased by order as the broker said.
        public let isRedacted: Bool

        /// Makes one.
        public init(number: UInt64, index: UInt64, alert: String?, isRedacted: Bool = false) {
            self.number = number
            self.index = index
            self.alert = alert
            self.isRedacted = isRedacted
        }
    }

    /// Shows whether the alerts that an agency has kept are all that were addressed to it.
    ///
    /// - Parameters:
    ///   - profile: the agency's profile.
    ///   - kept: the alerts, which were verified when they came.
    ///   - waitSeconds: how long to wait for a checkpoint that is as new as they are, since one
    ///     that witnesses cosign comes later than the alerts.
    ///   - trustsNumbers: whether to leave out the proof that each alert stands in the log under
    ///     its number, for which each has to be fetched.
    /// - Returns: what is held, and what is missing.
    /// - Throws: ``AvisoError``: no answer, or a proof of the count that does not hold.
    public static func proveComplete(
        profile: AvisoProfile,
        kept: [KeptAlert],
        waitSeconds: UInt64,
        trustsNumbers: Bool = false
    ) async throws -> CompletenessReport {
        let server = try LogServer(profile: profile)
        var tally = try await profile.cosignedTally(server)
        let newest = kept.lazy.map(\.index).max() ?? 0
        let end = SystemClock.monotonic().adding(seconds: waitSeconds)
        while tally.checkpoint.size <= newest, SystemClock.monotonic() < end {
            try await Task.sleep(for: .milliseconds(200))
            tally = try await profile.cosignedTally(server)
        }
        let numbers = try await proved(kept, [], profile, tally, server, trustsNumbers)
        return report(profile, tally, numbers, wereEarlier: true)
    }

    /// Reads all alerts of an agency again, and shows whether they are all that were addressed to
    /// it.
    ///
    /// - Parameters:
    ///   - profile: the agency's profile.
    ///   - silenceSeconds: for how long no alert may come until the rest counts as missing.
    ///   - trustsNumbers: whether to leave out the proof that each alert stands in the log under
    ///     its number, for which each has to be fetched.
    /// - Returns: what is held, and what is missing.
    /// - Throws: ``AvisoError``: no answer, or a proof of the count that does not hold.
    public static func proveComplete(
        profile: AvisoProfile,
        silenceSeconds: UInt64,
        trustsNumbers: Bool = false
    ) async throws -> CompletenessReport {
        var options = Options()
        options.reconnects = false
        let server = try LogServer(profile: profile)
        let tally = try await profile.cosignedTally(server)
        let (alerts, problems) = try await withConnection(profile: profile, options: options) {
            try await $0.alerts(tally, silenceSeconds)
        }
        let numbers = try await proved(alerts, problems, profile, tally, server, trustsNumbers)
        return report(profile, tally, numbers, wereEarlier: false)
    }

    // The alerts as the broker delivers them again, and what of it does not verify.
    private func alerts(
        _ tally: ProvedTally,
        _ silenceSeconds: UInt64
    ) async throws -> ([KeptAlert], problems: [String]) {
        var received: [KeptAlert] = []
        var problems: [String] = []
        guard tally.count > 0 else { return ([], []) }
        var numbers = AlertNumbers()
        let alerts = try await subscribe(
            to: "alerts/#",
            from: .index(0),
            including: nil
        )
        let silence = Silence(seconds: silenceSeconds)
        let watch = Task {
            while !silence.isOver { try await Task.sleep(for: .milliseconds(100)) }
            await close()
        }
        defer { watch.cancel() }
        while !numbers.covers(tally.count) {
            do {
                guard let alert = try await alerts.next() else { break }
                if alert.index >= tally.checkpoint.size { break }
                numbers.take(number: alert.count, index: alert.index, name: alert.alert)
                received.append(
                    KeptAlert(
                        number: alert.count,
                        index: alert.index,
                        alert: alert.alert,
                        isRedacted: alert.isRedacted
                    )
                )
            } catch let error as AvisoError {
                guard error.code == .notVerified else {
                    if silence.isOver { break }
                    throw error
                }
                if problems.count < AlertNumbers.problemCountMax { problems.append(error.message) }
            }
            silence.begin()
        }
        return (received, problems)
    }

    // What does not stand in the log under its number is not held, nor is what came without its
    // content though no order erases that.
    private static func proved(
        _ alerts: [KeptAlert],
        _ problems: [String],
        _ profile: AvisoProfile,
        _ tally: ProvedTally,
        _ server: LogServer,
        _ trustsNumbers: Bool
    ) async throws -> AlertNumbers {
        var numbers = AlertNumbers()
        for problem in problems { numbers.report(problem) }
        let inclusion = NumberProof(server: server, profile: profile, tally: tally)
        let erasures = ErasureProof(server: server, profile: profile)
        let ordered = try await erasures.ordered(alerts.filter(\.isRedacted))
        // What was left out once may have been shown another time, and has a name there.
        let named = Dictionary(
            alerts.compactMap { alert in alert.alert.map { (alert.number, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        for alert in alerts {
            var name = alert.alert ?? named[alert.number] ?? "entry \(alert.index)"
            guard !alert.isRedacted || ordered.contains(alert.index) else {
                numbers.report(
                    "number \(alert.number), \(name) at index \(alert.index), came without "
                        + "its content, and no order in the log erases it"
                )
                continue
            }
            if !trustsNumbers, alert.index < tally.checkpoint.size {
                do throws(AvisoError) {
                    name = try inclusion.verify(alert)
                } catch {
                    guard error.code == .notVerified || error.code == .refused else { throw error }
                    numbers.report(error.message)
                    continue
                }
            }
            numbers.take(number: alert.number, index: alert.index, name: name)
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

    /// The same; where witnesses are to cosign it, it may be a moment until they have.
    func cosignedTally(_ server: LogServer) async throws(AvisoError) -> ProvedTally {
        let end = SystemClock.monotonic().adding(seconds: Self.cosigningSecondsMax)
        while true {
            do throws(AvisoError) {
                return try tally(server)
            } catch {
                guard error.code == .notVerified, witnesses != nil, SystemClock.monotonic() < end
                else { throw error }
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Verifies an answer of the tally.
    ///
    /// - Parameter bytes: the answer.
    /// - Returns: the count that it proves.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/notVerified`` naming what does not hold.
    func tally(_ bytes: [UInt8]) throws(AvisoError) -> ProvedTally {
        guard let answer = TallyAnswer(bytes), ExactText(answer.agency) == ExactText(member)
        else {
            throw AvisoError(.notVerified, "the answer is no tally proof of \(member)")
        }
        let checkpoint = try shownCheckpoint(answer.note)
        guard let commitment = checkpoint.signed.tally else {
            throw AvisoError(.notVerified, "the checkpoint commits to no tally")
        }
        do throws(TallyError) {
            let count = try answer.count(
                under: commitment,
                coding: LibCBOR(),
                hasher: SHA256()
            )
            return ProvedTally(
                checkpoint: LogCheckpoint(checkpoint.signed),
                count: count,
                cosigners: checkpoint.cosigners
            )
        } catch {
            throw AvisoError(.notVerified, error.message)
        }
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
