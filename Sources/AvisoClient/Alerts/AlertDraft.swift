/// An alert before it is sealed: who it is for, how it is labelled, and its form.
///
/// Texts are the field's own words; they are checked when the alert is sealed.
public struct AlertDraft: Hashable, Sendable {
    /// The channel, such as `chemical-diversion`.
    public var channel: String
    /// The kind, such as `diversion-incident`.
    public var kind: String
    /// The agencies that may read it, such as `MX:FGR`.
    public var recipients: [String]
    /// The Traffic Light Protocol label, such as `AMBER` or `TLP:AMBER`.
    public var tlp: String
    /// `actual`, `exercise` or `test`.
    public var status: String
    /// `alert`, `update`, `cancel`, `acknowledgement`, `request` or `answer`.
    public var message: String
    /// The form as JSON text in UTF-8.
    public var form: [UInt8]
    /// How many seconds it stays valid; nil for ever.
    public var expiresAfterSeconds: UInt64?

    /// Makes a draft of an actual alert.
    ///
    /// - Parameters:
    ///   - channel: the channel, such as `chemical-diversion`.
    ///   - kind: the kind, such as `diversion-incident`.
    ///   - recipients: the agencies that may read it, such as `MX:FGR`.
    ///   - tlp: the Traffic Light Protocol label.
    ///   - form: the form as JSON text in UTF-8.
    public init(channel: String, kind: String, recipients: [String], tlp: String, form: [UInt8]) {
        self.channel = channel
        self.kind = kind
        self.recipients = recipients
        self.tlp = tlp
        self.status = "actual"
        self.message = "alert"
        self.form = form
    }
}
