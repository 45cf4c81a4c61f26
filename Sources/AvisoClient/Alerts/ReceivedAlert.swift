import Alerts

/// An alert that was opened: signature, digest and labels hold, or it would not be here.
public struct ReceivedAlert: Hashable, Sendable {
    /// Its place in the log.
    public let index: UInt64
    /// How many alerts have been addressed to this agency, this one included.
    public let count: UInt64
    /// Its identifier, `urn:uuid:…`.
    public let alert: String
    /// The agency that signed it, such as `CO:PONAL`.
    public let author: String
    /// The channel.
    public let channel: String
    /// The kind.
    public let kind: String
    /// `actual`, `exercise` or `test`.
    public let status: String
    /// The Traffic Light Protocol label, such as `TLP:AMBER`.
    public let tlp: String
    /// The agencies that can read it.
    public let recipients: [String]
    /// The signed labels as name and text, for showing.
    public let labels: [Label]
    /// When the author issued it, RFC 3339.
    public let issuedAt: String
    /// When it loses its meaning, RFC 3339.
    public let expires: String?
    /// Whether that moment had passed when it was received.
    public let isStale: Bool
    /// Whether its content has been erased by order of the operator, as the broker says: the
    /// statement is all that is left, and the order comes as a ``RedactionOrder``.
    public let isRedacted: Bool
    /// The files that came with it; none if the content has been erased.
    public let attachments: [ReceivedAttachment]
    /// The form as JSON text in UTF-8; empty if the content has been erased.
    public let form: [UInt8]
    /// The payload byte for byte as its author published it, which can be kept and verified again.
    public let payload: [UInt8]

    /// One signed label.
    public struct Label: Hashable, Sendable {
        /// Its name, such as `tlp`.
        public let name: String
        /// Its value as text.
        public let value: String
    }
}

extension AvisoClient {
    /// A form as JSON on one line; `null` for what is no JSON.
    public static func oneLine(form: [UInt8]) -> String {
        (try? JSONValue(parsing: form[...]))?.text ?? "null"
    }

    /// A form as JSON for people.
    public static func indented(form: [UInt8]) -> String {
        (try? JSONValue(parsing: form[...]))?.indentedText ?? "null"
    }
}
