/// An alert that the broker has accepted, with the receipt that proves it.
public struct PublishedAlert: Hashable, Sendable {
    /// Its place in the log.
    public let index: UInt64
    /// Its identifier, `urn:uuid:…`.
    public let alert: String
    /// For each recipient, the how-manyeth alert addressed to it this is.
    public let counts: [String: UInt64]
    /// The COSE Receipt (RFC 9942), verified with the log's key.
    public let receipt: [UInt8]
    /// The file of the transparent statement (RFC 9943) that was kept; nil if it was not.
    public let file: String?
    /// Why the receipt could not be kept; the alert is in the log all the same, and the receipt
    /// can be had again from there.
    public let keepingFailure: AvisoError?
}
