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
    /// `alert`, `update`, `cancel`, `acknowledgement`, `request`, `answer`, `consent-request`,
    /// `consent-grant` or `consent-refusal`.
    public var message: String
    /// The form as JSON text in UTF-8.
    public var form: [UInt8]
    /// The groups whose members are recipients too, as they are when the alert is sealed.
    public var groups: [String] = []
    /// What the recipients may do, a PAP label such as `PAP:GREEN`; nil for none.
    public var pap: String?
    /// Handling codes: `H0`, `H1`, `H2`, or `H3:` with its text.
    public var handling: [String] = []
    /// Source and information, such as `B2`; nil takes what the form says.
    public var evaluation: String?
    /// `immediate`, `expected`, `future`, `past` or `unknown`; nil for none.
    public var urgency: String?
    /// The alerts that it is about, as `urn:uuid:…`.
    public var references: [String] = []
    /// The SHA-256 of cited statements, hexadecimal, by their `urn:uuid:…`, where the citation
    /// must name their exact bytes.
    public var digests: [String: String] = [:]
    /// The alerts of others whose content it passes on, as `urn:uuid:…`.
    public var sources: [String] = []
    /// The statements by which their authors consent to that, as `urn:uuid:…`.
    public var consents: [String] = []
    /// The files that go with it: encrypted to the recipients, and uploaded before it is published.
    public var attachments: [AttachmentFile] = []
    /// When an answer is due: RFC 3339, hours or days from the issue on (`8h`, `3d`), or working
    /// days of each recipient's state or of one (`5wd`, `5wd@CO`).
    ///
    /// With nil a request for information takes the class of its form, and all others none.
    public var replyBy: String?
    /// When each recipient is to have acknowledged it, written like ``replyBy``; nil for never.
    public var acknowledgeBy: String?
    /// The language of what is said about a wrong form: `es`, `en`, `pt` or `fr`.
    public var language = "en"
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
