import Base
import MerkleLog

/// What an audit remembers of each alert's entry, to know it again when its erasure is ordered.
///
/// Eight bytes of a hash over index and counts: an audit goes through millions of alerts, few of
/// which are ever erased, and the entries are not read a second time.
enum AlertMark {
    /// The mark of an alert in the state of an earlier audit, which knew of none.
    static let unknown: UInt64 = 0

    static func of(
        _ index: UInt64,
        _ counts: [AlertEntryBody.Count],
        using hasher: some Hashing
    ) -> UInt64 {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + 24 * counts.count)
        bytes.append(bigEndian: index)
        for count in counts {
            bytes.append(contentsOf: count.agency.utf8)
            bytes.append(0)
            bytes.append(bigEndian: count.count)
        }
        return hasher.digest(bytes[...]).words.0
    }
}
