/// The operator's order to erase an alert's content, as a recipient reads it: its signature holds,
/// or it would not be here.
public struct RedactionOrder: Hashable, Sendable {
    /// The place of the order in the log.
    public let index: UInt64
    /// The place of the alert whose content was erased.
    public let alertIndex: UInt64
    /// The alert, `urn:uuid:…`.
    public let alert: String
    /// The alert's number among those addressed to this agency.
    public let count: UInt64
    /// The operator that signed it, such as `OAS:BROKER`.
    public let by: String
    /// When it was issued, RFC 3339.
    public let issuedAt: String
    /// SHA-256 of the document that orders it, in hexadecimal.
    public let order: String
    /// The reason in words, if one was told.
    public let reason: String?

    let statement: [UInt8]
}

/// A redaction statement that the broker has logged, with its verified receipt.
public struct LoggedRedaction: Hashable, Sendable {
    /// Its place in the log.
    public let index: UInt64
    /// The alert, `urn:uuid:…`.
    public let alert: String
    /// Its place in the log.
    public let alertIndex: UInt64
    /// For each agency that is told, or that confirms, the alert's number among those addressed to
    /// it.
    public let counts: [String: UInt64]
    /// The COSE Receipt.
    public let receipt: [UInt8]
}
