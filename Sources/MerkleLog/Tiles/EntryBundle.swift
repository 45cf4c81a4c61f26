import Base

/// The entries of one tile, one after the other, as C2SP tlog-tiles has them: each with its length
/// in two bytes in front of it.
package enum EntryBundle {
    /// Encodes entries.
    ///
    /// - Parameter entries: their encodings.
    /// - Returns: the bundle.
    /// - Precondition: none has more than ``LogEntry/byteCountMax`` bytes.
    package static func encode(_ entries: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + 2 + $1.count })
        for entry in entries {
            precondition(entry.count <= LogEntry.byteCountMax, "no log holds such an entry")
            bytes.append(bigEndian: UInt16(entry.count))
            bytes.append(contentsOf: entry)
        }
        return bytes
    }
}
