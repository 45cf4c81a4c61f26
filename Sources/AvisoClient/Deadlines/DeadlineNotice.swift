/// The log's notice of a deadline, as author and recipients read it.
public struct DeadlineNotice: Hashable, Sendable {
    /// What has happened.
    public enum Event: String, Hashable, Sendable {
        /// The deadline comes near, and the agencies are silent.
        case reminder
        /// It has passed without reply of the agencies. Silence is no answer.
        case passed
        /// An agency that was silent then has spoken since.
        case late
    }

    /// What was to be done.
    public enum Subject: String, Hashable, Sendable {
        /// To answer.
        case reply
        /// To say that they have taken note.
        case acknowledgement
    }

    /// The place of the notice in the log.
    public let index: UInt64
    /// When it was logged, RFC 3339.
    public let time: String
    /// What has happened.
    public let event: Event
    /// What was to be done.
    public let subject: Subject
    /// The alert, `urn:uuid:…`.
    public let alert: String
    /// Its place in the log.
    public let alertIndex: UInt64
    /// Its author, such as `CO:PONAL`.
    public let author: String
    /// Its channel.
    public let channel: String
    /// `actual`, `exercise` or `test`.
    public let status: String
    /// When it was due, RFC 3339.
    public let due: String
    /// Who is silent, or has spoken late.
    public let agencies: [String]
    /// For ``Event/late``, the place of the answer or acknowledgement.
    public let answer: UInt64?
    /// Whether the notice was proved to stand in the log under its latest signed checkpoint.
    public let isProved: Bool
}
