import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Crypto
import EventLoop
import LogStore
import MerkleLog

/// Deadlines: noticed when they are due, and told of with the log's signature.
extension SequencerWorker {
    // What one batch of notices has at most.
    private static let noticeCountMax = 1024
    // How many alerts a list looks at, so that no commit waits long for it.
    private static let scanCountMax = 8192
    // The wall clock may be set, which no timer notices.
    private static let waitMillisecondsMax: UInt64 = 10_000

    /// Commits what is to be said of deadlines by now, before anything else of this moment.
    func noticeDeadlines(now: WallTime) {
        while !hasFailed {
            var entries: [SequencedEntry] = []
            while entries.count < Self.noticeCountMax,
                let entry = sequencer.sequenceDeadline(now: now)
            {
                entries.append(entry)
            }
            guard !entries.isEmpty else { return }
            do throws(LogError) {
                release([], [], entries, try append(entries), [])
            } catch {
                shared?.log.log(.error, "log-failed", "\(error.message)", [:])
                fail([])
            }
        }
    }

    /// Has the thread wake when the next deadline is due, whether or not anything is submitted.
    func setAlarm() {
        if let alarm { loop.cancel(alarm) }
        alarm = nil
        guard !hasFailed, let next = sequencer.nextDeadline() else { return }
        let now = SystemClock.wall()
        let wait = next.milliseconds - min(now.milliseconds, next.milliseconds)
        let deadline = SystemClock.monotonic().adding(
            milliseconds: min(wait, Self.waitMillisecondsMax)
        )
        alarm = loop.schedule(at: deadline) { [weak self] in
            self?.alarm = nil
            self?.drain()
        }
    }

    /// Whether what is known stands in the log: after a failure it may not.
    var canTestify: Bool { !hasFailed }

    /// How the deadlines of an alert stand at this moment, in the log's words.
    ///
    /// - Parameters:
    ///   - index: the alert.
    ///   - station: who asks.
    /// - Returns: the signed statement; nil where there is none that this station may have.
    func deadlineStatement(of index: UInt64, for station: StationIdentity) -> [UInt8]? {
        guard let record = sequencer.deadlines[index], record.concerns(station) else { return nil }
        return DeadlineStatement.sign(
            report(record, rootHash: writer.frontier.rootHash(using: SHA256())),
            key: signer.key,
            keyID: signer.keyID,
            using: LibCBOR()
        )
    }

    /// The alerts with deadlines that concern a station, the latest first.
    ///
    /// - Parameters:
    ///   - station: who asks.
    ///   - countMax: how many to return at most.
    /// - Returns: how each stands, as one CBOR array.
    func deadlineReports(for station: StationIdentity, countMax: Int) -> [UInt8] {
        let records = sequencer.deadlines.latest(countMax, of: Self.scanCountMax) {
            $0.concerns(station)
        }
        let rootHash = writer.frontier.rootHash(using: SHA256())
        return LibCBOR().encode(.array(records.map { report($0, rootHash: rootHash).cbor }))
    }

    private func report(_ record: DeadlineRecord, rootHash: Digest) -> DeadlineReport {
        DeadlineReport(
            record,
            origin: signer.origin,
            treeSize: writer.frontier.treeSize,
            rootHash: rootHash,
            time: sequencer.lastTime
        )
    }
}

extension DeadlineRecord {
    // Those whom the alert concerns, and those who may read the whole log.
    fileprivate func concerns(_ station: StationIdentity) -> Bool {
        let member = station.agency.description
        return station.role != .agency || author == member || recipients.contains(member)
    }
}
