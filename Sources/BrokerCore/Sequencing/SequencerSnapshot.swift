import Alerts
import Base
package import COSE
import MerkleLog

/// The state of a ``Sequencer`` at one moment, to be encoded on another thread.
///
/// Taking one copies next to nothing: the parts are shared until the sequencer changes them.
///
/// The encoding is a row of items, each `kind: 1, length: 4, payload`, integers in network byte
/// order:
///
/// | kind | payload |
/// |---|---|
/// | 1 | size of the log: 8, time of its last entry in ms: 8; the first item |
/// | 2 | an entry of the log's format: those of kind 2 fold to directory, sessions, keys |
/// | 3 | count: 8, agency |
/// | 4 | index: 8, bytes: 8, topic of a retained message |
/// | 5 | a page of identifiers that could be replayed or cited; see ``DuplicatePage`` |
/// | 6 | seed: 8, then the latest alerts: identifier 16, issued 8, index 8, statement digest 32 |
/// | 7 | an alert with a deadline; see ``DeadlineRecord`` |
/// | 8 | digest of an encrypted file: 32, then 8 for the index of each alert that cites it |
/// | 9 | index: 8, an entry of the log's format: the statement in force about a group |
/// | 10 | identifiers of the consents that stand, 16 bytes each; once, also where there is none |
/// | 11 | index of an alert: 8, then 32 for the digest of each order to erase its content |
package struct SequencerSnapshot: Sendable {
    /// The number of entries that it is the fold of.
    package let treeSize: UInt64
    private let lastTime: WallTime
    private let directory: Directory
    private let sessions: SessionProjection
    private let groups: GroupDirectory
    private let retained: RetainedProjection
    private let keyChanges: [PolicyBody]
    private let counts: [AgencyID: UInt64]
    private let attachments: AttachmentProjection
    private let consents: ConsentProjection
    private let erasures: [UInt64: [Digest]]
    private let recent: DuplicateWindow
    private let deadlines: DeadlineBook

    /// Takes the state of a sequencer.
    package init(_ sequencer: Sequencer) {
        treeSize = sequencer.nextIndex
        lastTime = sequencer.lastTime
        directory = sequencer.directory
        sessions = sequencer.sessions
        groups = sequencer.groups
        retained = sequencer.retained
        keyChanges = sequencer.keyChanges
        counts = sequencer.counts
        attachments = sequencer.attachments
        consents = sequencer.consents
        erasures = sequencer.erasures
        recent = sequencer.recent
        deadlines = sequencer.deadlines
    }

    /// The bytes that ``Sequencer/init(restoring:limits:coding:hasher:)`` reads.
    package func encode(using coding: any CBORCoding) -> [UInt8] {
        var items = ItemWriter()
        let pages = recent.archive + recent.pages
        items.reserve(pages.reduce(1 << 20) { $0 + $1.encodedByteCount })
        items.write(.moment) { bytes in
            bytes.append(bigEndian: treeSize)
            bytes.append(bigEndian: lastTime.milliseconds)
        }
        let bodies =
            directory.changes.map { EntryBody.directory($0) } + sessions.bodies
            + keyChanges.map { EntryBody.policy($0) }
        for body in bodies {
            let entry = LogEntry(time: lastTime, body: body).encode(using: coding)
            items.write(.entry) { $0.append(contentsOf: entry) }
        }
        for (agency, count) in counts.sorted(by: { $0.key < $1.key }) {
            items.write(.count) { bytes in
                bytes.append(bigEndian: count)
                bytes.append(contentsOf: agency.description.utf8)
            }
        }
        for (topic, place) in retained.places.sorted(by: { $0.value.index < $1.value.index }) {
            items.write(.retained) { bytes in
                bytes.append(bigEndian: place.index)
                bytes.append(bigEndian: place.byteCount)
                bytes.append(contentsOf: topic.text.utf8)
            }
        }
        for record in deadlines.records {
            let bytes = record.encode(using: coding)
            items.write(.deadline) { $0.append(contentsOf: bytes) }
        }
        for (digest, indexes) in attachments.all {
            items.write(.attachment) { bytes in
                digest.append(to: &bytes)
                for index in indexes { bytes.append(bigEndian: index) }
            }
        }
        for group in groups.all {
            // Neither time nor acceptance of the entry are needed again: the log has them.
            let body = AlertEntryBody(
                statement: group.statement[...],
                accepted: lastTime,
                counts: []
            )
            let entry = LogEntry(time: lastTime, body: .group(body)).encode(using: coding)
            items.write(.group) { bytes in
                bytes.append(bigEndian: group.index)
                bytes.append(contentsOf: entry)
            }
        }
        writeWhatIsCited(&items)
        for page in pages {
            items.write(.page) { page.append(to: &$0) }
        }
        items.write(.latest) { bytes in
            bytes.append(bigEndian: recent.seed)
            for memory in recent.memories { memory.append(to: &bytes) }
        }
        return items.bytes
    }

    // What later statements rest on: consents, and orders that are confirmed.
    private func writeWhatIsCited(_ items: inout ItemWriter) {
        items.write(.consents) { bytes in
            for alert in consents.standing.sorted() {
                bytes.append(bigEndian: alert.high)
                bytes.append(bigEndian: alert.low)
            }
        }
        for (index, orders) in erasures.sorted(by: { $0.key < $1.key }) {
            items.write(.erasure) { bytes in
                bytes.append(bigEndian: index)
                for order in orders { order.append(to: &bytes) }
            }
        }
    }
}

/// What an item of an encoded state is.
enum StateItemKind: UInt8 {
    case moment = 1
    case entry = 2
    case count = 3
    case retained = 4
    case page = 5
    case latest = 6
    case deadline = 7
    case attachment = 8
    case group = 9
    case consents = 10
    case erasure = 11
}

private struct ItemWriter {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

    mutating func write(_ kind: StateItemKind, _ payload: (inout [UInt8]) -> Void) {
        bytes.append(kind.rawValue)
        let start = bytes.count
        bytes.append(bigEndian: UInt32(0))
        payload(&bytes)
        let byteCount = UInt32(bytes.count - start - 4)
        for place in 0..<4 {
            bytes[start + place] = UInt8(truncatingIfNeeded: byteCount >> UInt32(24 - 8 * place))
        }
    }
}

extension DuplicateWindow.Memory {
    static let byteCount = 64

    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: alert.high)
        bytes.append(bigEndian: alert.low)
        bytes.append(bigEndian: issuedAt.milliseconds)
        bytes.append(bigEndian: sighting.index)
        sighting.statementDigest.append(to: &bytes)
    }

    /// Reads what ``append(to:)`` wrote; nil at the end.
    init?(_ reader: inout ByteReader) {
        guard let high = reader.readInteger(as: UInt64.self),
            let low = reader.readInteger(as: UInt64.self),
            let issuedAt = reader.readInteger(as: UInt64.self),
            let index = reader.readInteger(as: UInt64.self),
            let digest = reader.readBytes(Digest.byteCount).flatMap({ Digest($0) })
        else { return nil }
        self.init(
            alert: UUID(high: high, low: low),
            issuedAt: WallTime(milliseconds: issuedAt),
            sighting: DuplicateWindow.Sighting(index: index, statementDigest: digest)
        )
    }
}
