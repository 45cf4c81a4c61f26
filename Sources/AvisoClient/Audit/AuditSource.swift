import AuditCore
import Base
import MerkleLog

/// A run of what a log holds, in order.
enum AuditPiece: Sendable {
    /// Entries, and the leaf hashes that the source has for them, where it has any.
    case entries(first: UInt64, [[UInt8]], leaves: [Digest]?)
    /// The signed checkpoint of a batch.
    case checkpoint([UInt8])
    /// The source cannot give what the signed size promises.
    case violation(AuditViolation)
}

/// Where an audit reads a log from.
protocol AuditSource: Sendable {
    /// The latest checkpoint as a signed note.
    func latestNote() throws(AvisoError) -> [UInt8]

    /// The checkpoint that witnesses have cosigned last; nil where the source has none.
    func cosignedNote(latest: [UInt8]) throws(AvisoError) -> [UInt8]?

    /// Whether what it shows is of now, rather than a copy of some time.
    var isLive: Bool { get }

    /// The root of the first entries as the log has it now; nil where it cannot be asked.
    func root(at treeSize: UInt64, latest: Checkpoint) throws(AvisoError) -> Digest?

    /// The next pieces; none at the end.
    func pieces(from start: UInt64, latest: Checkpoint) async throws(AvisoError) -> [AuditPiece]
}
