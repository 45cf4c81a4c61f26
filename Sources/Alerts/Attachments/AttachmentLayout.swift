/// How an encrypted file is laid out: a header of 24 bytes, then chunks of 64 KiB of the file, each
/// with 17 bytes more, the last one shorter (or as long) and marked as the last.
package enum AttachmentLayout {
    /// Bytes in front of the first chunk.
    package static let headerByteCount: UInt64 = 24
    /// Bytes of the file in each chunk but the last.
    package static let chunkByteCount: UInt64 = 64 << 10
    /// Bytes that a chunk gains by being encrypted.
    package static let overheadByteCount: UInt64 = 17
    /// Bytes of the key.
    package static let keyByteCount = 32
    /// The most bytes that a file may have: 100 MiB.
    package static let fileByteCountMax: UInt64 = 100 << 20

    /// The number of chunks of a file; an empty one has one.
    package static func chunkCount(ofFile byteCount: UInt64) -> UInt64 {
        max(1, byteCount / chunkByteCount + (byteCount % chunkByteCount == 0 ? 0 : 1))
    }

    /// The bytes that a file has once it is encrypted.
    ///
    /// - Precondition: the file has at most ``fileByteCountMax`` bytes.
    package static func encryptedByteCount(ofFile byteCount: UInt64) -> UInt64 {
        precondition(byteCount <= fileByteCountMax, "the size of a file is checked before")
        return headerByteCount + byteCount + overheadByteCount * chunkCount(ofFile: byteCount)
    }
}
