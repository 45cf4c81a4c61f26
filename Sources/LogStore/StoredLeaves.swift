package import Base

/// The leaf hashes that a folder holds beside its entries, for those who compare them.
///
/// They are derived: a copy need not have them, and nothing is proved by them.
package struct StoredLeaves: Sendable {
    private let file: OpenFile

    /// Opens the file `tree/0`; nil if it is not there.
    ///
    /// - Parameter directory: the folder of the log.
    package init?(directory: String) {
        let folder = LogFolder(path: directory, operations: .system)
        guard let file = try? OpenFile(reading: "\(folder.treePath)/0") else { return nil }
        self.file = file
    }

    /// Reads consecutive leaf hashes.
    ///
    /// - Parameters:
    ///   - first: the first entry.
    ///   - count: how many.
    /// - Returns: the hashes; nil if the file is shorter.
    /// - Throws: ``LogError`` if it cannot be read.
    package func hashes(first: UInt64, count: Int) throws(LogError) -> [Digest]? {
        let size = Digest.byteCount
        let bytes = try file.read(count * size, at: first * UInt64(size))
        guard bytes.count == count * size else { return nil }
        return (0..<count).compactMap { Digest(bytes[($0 * size)..<(($0 + 1) * size)]) }
    }
}
