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

    /// Decodes a bundle.
    ///
    /// The result is nil if it does not hold exactly so many entries.
    ///
    /// - Parameters:
    ///   - bytes: the bundle.
    ///   - count: how many entries it must have.
    /// - Returns: their encodings.
    package static func decode(_ bytes: [UInt8], count: Int) -> [[UInt8]]? {
        var reader = ByteReader(bytes)
        var entries: [[UInt8]] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            guard let byteCount = reader.readInteger(as: UInt16.self),
                let entry = reader.readBytes(Int(byteCount))
            else { return nil }
            entries.append(Array(entry))
        }
        return reader.readUInt8() == nil ? entries : nil
    }
}
