import Alerts
import Base
import BrokerCore
import CBOR
import EventLoop
import HTTPEngine
import LogStore
import MQTTCodec
import MerkleLog
import Synchronization

/// What authors and agencies read out of the log: what became of an alert, and the statements that
/// concern an agency.
///
/// Nothing is kept between requests: each looks at a stretch of the log, and says where to go on.
extension HTTPPlane {
    static let trackPrefix = "/track/"
    static let statementsPrefix = "/statements/"

    /// What became of an alert: `/track/<index>`, and `/track/<index>/<from>` to go on.
    func track(
        _ identifier: Substring,
        _ station: StationIdentity
    ) throws(HTTPProblem) -> HTTPResponse {
        let numbers = identifier.split(separator: "/", omittingEmptySubsequences: false)
        // Nobody else learns that there is such an alert.
        let unknown = HTTPProblem.notFound(
            "The log has no alert \((numbers.first ?? "").prefix(utf8: 20)) that this station may "
                + "track."
        )
        guard numbers.count <= 2, let index = numbers.first.flatMap(Self.index),
            let start = numbers.count == 1 ? index : Self.index(numbers[1]),
            index < shared.reader.treeSize, (index...shared.reader.treeSize).contains(start),
            let subject = try subject(at: index),
            station.role != .agency || subject.author == station.agency
        else { throw unknown }
        let mask = shared.published.withLock { state in
            ([subject.author] + subject.recipients).reduce(into: 0) { mask, agency in
                mask |= state.directory[agency]?.mask ?? .max
            }
        }
        return try extract(.track(subject), from: start, recipientMask: mask)
    }

    /// The statements that concern the station's member, from an entry on: `/statements/<from>`.
    func statements(
        _ identifier: Substring,
        _ station: StationIdentity
    ) throws(HTTPProblem) -> HTTPResponse {
        guard let start = Self.index(identifier), start <= shared.reader.treeSize else {
            throw .notFound("The log has no entry \(identifier.prefix(utf8: 20)): write an index.")
        }
        let agency = station.role == .agency ? station.agency : nil
        return try extract(.statements(of: agency), from: start, recipientMask: .max)
    }

    private static func index(_ text: Substring) -> UInt64? {
        UInt64(text).flatMap { String($0) == text ? $0 : nil }
    }

    private func subject(at index: UInt64) throws(HTTPProblem) -> LogInquiry.Subject? {
        do throws(LogError) {
            let found = try shared.reader.entries(from: index, upTo: index + 1, byteCountMax: 1)
            return found.entries.first.flatMap { bytes in
                LogInquiry.subject(bytes, index: index, coding: LibCBOR())
            }
        } catch {
            throw unreadable(error, index)
        }
    }

    private func extract(
        _ question: LogInquiry.Question,
        from start: UInt64,
        recipientMask: UInt64
    ) throws(HTTPProblem) -> HTTPResponse {
        var scan = InquiryScan(
            question,
            from: start,
            reader: shared.reader,
            recipientMask: recipientMask
        )
        do throws(LogError) {
            let extract = try scan.run()
            return HTTPResponse(
                status: 200,
                type: LogExtract.mediaType,
                .never,
                isCompressible: true,
                .bytes(extract.encode(using: LibCBOR()))
            )
        } catch {
            throw unreadable(error, start)
        }
    }

    private func unreadable(_ error: LogError, _ index: UInt64) -> HTTPProblem {
        shared.log.log(.error, "read-failed", "\(error.message)", ["index": LogValue(index)])
        return .unreadable
    }
}

/// One look at the log for an inquiry, which ends when its time is over: the server's thread has
/// others to serve.
private struct InquiryScan {
    // After this long it stops, or after so many entries; each step takes some tenths of it.
    private static let milliseconds: UInt64 = 5
    private static let entryCountMax: UInt64 = 16_384
    private static let stepEntryCount: UInt64 = 128
    private static let stepByteCount = 256 << 10
    // An entry of 64 KiB fits behind the last step that begins below it.
    private static let byteCountMax = LogExtract.byteCountMax / 2

    private let inquiry: LogInquiry
    private let reader: BrokerShared.Reader
    private let filter: RecordFilter
    private let size: UInt64
    private var next: UInt64
    private var items: [LogExtract.Item] = []
    private var byteCount = 0

    init(
        _ question: LogInquiry.Question,
        from start: UInt64,
        reader: BrokerShared.Reader,
        recipientMask: UInt64
    ) {
        inquiry = LogInquiry(question, coding: LibCBOR())
        self.reader = reader
        // Statements stand in a channel, orders to erase in that of their alert; deliveries and
        // confirmations, which are for who tracks, in none.
        let isTracking = if case .track = question { true } else { false }
        filter = RecordFilter(
            channels: Set(Channel.allCases.map(\.number)),
            recipientMask: recipientMask,
            includesOthers: isTracking
        )
        size = reader.treeSize
        next = start
    }

    mutating func run() throws(LogError) -> LogExtract {
        let end = SystemClock.monotonic().adding(milliseconds: Self.milliseconds)
        let rest = size - min(size, next)
        let last = rest > Self.entryCountMax ? next + Self.entryCountMax : size
        // Each step makes at least some way, so that a client that goes on comes to the end.
        repeat {
            try step()
        } while next < last && hasRoom && SystemClock.monotonic() < end
        return LogExtract(size: size, next: next, items: items)
    }

    // A step can add one item for each of its entries, but for those with two reports.
    private var hasRoom: Bool {
        items.count + 2 * Int(Self.stepEntryCount) <= LogExtract.itemCountMax
            && byteCount < Self.byteCountMax
    }

    private mutating func step() throws(LogError) {
        guard next < size else { return }
        let (entries, following) = try reader.scan(
            from: next,
            upTo: min(size, next + Self.stepEntryCount),
            filter: filter,
            countMax: .max,
            byteCountMax: Self.stepByteCount,
            withContents: false
        )
        for entry in entries {
            for item in inquiry.items(in: entry.bytes, index: entry.index) {
                items.append(item)
                if case .entry(_, let bytes) = item { byteCount += bytes.count }
            }
        }
        next = following
    }
}
