import Alerts
import Base
import COSE
import MerkleLog

/// What an encoded ``SequencerSnapshot`` holds.
struct SequencerState {
    private(set) var nextIndex: UInt64 = 0
    private(set) var lastTime = WallTime(milliseconds: 0)
    private(set) var bodies: [EntryBody] = []
    private(set) var counts: [AgencyID: UInt64] = [:]
    private(set) var retained: [(topic: String, place: RetainedProjection.Place)] = []
    private(set) var attachments: [Digest: [UInt64]] = [:]
    private(set) var groups: [(index: UInt64, body: EntryBody)] = []
    private(set) var pages: [DuplicatePage] = []
    private(set) var latest: [DuplicateWindow.Memory] = []
    private(set) var seed: UInt64 = 0
    private(set) var deadlines: [DeadlineRecord] = []
    private(set) var consents: Set<UUID> = []
    private(set) var erasures: [UInt64: [Digest]] = [:]
    // A snapshot of before there was this item tells neither which consents stand nor what was
    // ordered to be erased: the log does.
    private var hasConsents = false

    /// Reads the bytes; nil for those that no snapshot has.
    init?(decoding bytes: ArraySlice<UInt8>, using coding: any CBORCoding) {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard let kind = reader.readUInt8().flatMap(StateItemKind.init),
                let byteCount = reader.readInteger(as: UInt32.self),
                let payload = reader.readBytes(Int(byteCount)),
                (kind == .moment) == (nextIndex == 0), take(kind, payload, coding)
            else { return nil }
        }
        guard nextIndex > 0, hasConsents else { return nil }
    }

    private mutating func take(
        _ kind: StateItemKind,
        _ payload: ArraySlice<UInt8>,
        _ coding: any CBORCoding
    ) -> Bool {
        var reader = ByteReader(payload)
        switch kind {
        case .moment:
            guard let size = reader.readInteger(as: UInt64.self), size > 0,
                let milliseconds = reader.readInteger(as: UInt64.self), reader.isAtEnd
            else { return false }
            nextIndex = size
            lastTime = WallTime(milliseconds: milliseconds)
        case .entry:
            guard let entry = try? LogEntry(decoding: payload, using: coding) else { return false }
            bodies.append(entry.body)
        case .count:
            guard let count = reader.readInteger(as: UInt64.self),
                let agency = String(validating: reader.remaining, as: UTF8.self)
                    .flatMap({ AgencyID($0) })
            else { return false }
            counts[agency] = count
        case .retained:
            guard let index = reader.readInteger(as: UInt64.self), index < nextIndex,
                let byteCount = reader.readInteger(as: UInt64.self),
                let topic = String(validating: reader.remaining, as: UTF8.self)
            else { return false }
            retained.append((topic, RetainedProjection.Place(index: index, byteCount: byteCount)))
        case .attachment:
            guard let digest = reader.readBytes(Digest.byteCount).flatMap({ Digest($0) }),
                !reader.isAtEnd, reader.byteCount.isMultiple(of: 8)
            else { return false }
            while let index = reader.readInteger(as: UInt64.self) {
                guard index < nextIndex else { return false }
                attachments[digest, default: []].append(index)
            }
        case .group:
            guard let index = reader.readInteger(as: UInt64.self), index < nextIndex,
                let entry = try? LogEntry(decoding: reader.remaining, using: coding),
                case .group(let body) = entry.body,
                (try? GroupStatement(decoding: body.statement, using: coding)) != nil
            else { return false }
            groups.append((index, entry.body))
        case .page:
            guard let page = DuplicatePage(payload) else { return false }
            pages.append(page)
        case .latest:
            guard let seed = reader.readInteger(as: UInt64.self),
                reader.byteCount.isMultiple(of: DuplicateWindow.Memory.byteCount)
            else { return false }
            self.seed = seed
            while let memory = DuplicateWindow.Memory(&reader) { latest.append(memory) }
        case .deadline:
            guard let record = DeadlineRecord(decoding: payload, using: coding),
                record.index < nextIndex
            else { return false }
            deadlines.append(record)
        case .consents: return takeConsents(&reader)
        case .erasure: return takeErasure(&reader)
        }
        return true
    }

    private mutating func takeConsents(_ reader: inout ByteReader) -> Bool {
        hasConsents = true
        while let high = reader.readInteger(as: UInt64.self) {
            guard let low = reader.readInteger(as: UInt64.self) else { return false }
            consents.insert(UUID(high: high, low: low))
        }
        return reader.isAtEnd
    }

    private mutating func takeErasure(_ reader: inout ByteReader) -> Bool {
        guard let index = reader.readInteger(as: UInt64.self), index < nextIndex, !reader.isAtEnd
        else { return false }
        while let order = reader.readBytes(Digest.byteCount).flatMap({ Digest($0) }) {
            erasures[index, default: []].append(order)
        }
        return reader.isAtEnd
    }
}
