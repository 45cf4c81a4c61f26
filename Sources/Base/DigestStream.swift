/// SHA-256 of bytes that come in pieces, handed in to what is free of C libraries.
///
/// It belongs to one thread.
package protocol DigestStream: AnyObject {
    /// Takes the next bytes.
    func update(_ bytes: ArraySlice<UInt8>)

    /// The digest of all bytes; nothing may be asked of the stream afterwards.
    func finish() -> Digest
}
