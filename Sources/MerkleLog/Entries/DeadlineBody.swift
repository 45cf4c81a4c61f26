package import Base
import COSE

/// That a deadline of an alert comes near, has passed without reply, or was answered late.
package struct DeadlineBody: Hashable, Sendable {
    /// Where those whom it concerns read it.
    package static let topicName = "$aviso/deadlines"

    /// What its recipients were to do.
    package enum Subject: String, CaseIterable, Hashable, Sendable {
        /// To answer, by `reply-by`.
        case reply
        /// To say that they have taken note, by `acknowledge-by`.
        case acknowledgement
    }

    /// What has happened.
    package enum Event: String, CaseIterable, Hashable, Sendable {
        /// It comes near, and the agencies are silent.
        case reminder
        /// It has passed, and the agencies were silent up to this entry.
        case passed
        /// An agency that was silent when it passed has spoken since.
        case late
    }

    /// What has happened.
    package let event: Event
    /// What was to be done.
    package let subject: Subject
    /// The alert, `urn:uuid:…`.
    package let alert: String
    /// Its place in the log.
    package let index: UInt64
    /// Who asked, such as `CO:PONAL`.
    package let author: String
    /// The channel of the alert.
    package let channel: String
    /// `actual`, `exercise` or `test`.
    package let status: String
    /// By when it was to be done.
    package let due: WallTime
    /// Who is silent, or who has spoken late, sorted.
    package let agencies: [String]
    /// For ``Event/late``, the entry of the answer or acknowledgement.
    package let answer: UInt64?

    /// Makes a body.
    package init(
        event: Event,
        subject: Subject,
        alert: String,
        index: UInt64,
        author: String,
        channel: String,
        status: String,
        due: WallTime,
        agencies: [String],
        answer: UInt64? = nil
    ) {
        self.event = event
        self.subject = subject
        self.alert = alert
        self.index = index
        self.author = author
        self.channel = channel
        self.status = status
        self.due = due
        self.agencies = agencies
        self.answer = answer
    }

    init(_ fields: BodyFields) throws(LogEntryError) {
        guard let event = Event(rawValue: try fields.text("event")) else {
            throw fields.missing("event")
        }
        guard let subject = Subject(rawValue: try fields.text("of")) else {
            throw fields.missing("of")
        }
        self.event = event
        self.subject = subject
        alert = try fields.text("alert")
        index = try fields.unsigned("index")
        author = try fields.agency("from")
        channel = try fields.text("channel")
        status = try fields.text("status")
        due = WallTime(seconds: try fields.unsigned("due"))
        agencies = try fields.agencies("agencies")
        answer = try fields.optionalUnsigned("answer")
    }

    /// Everyone who is told: who asked, and who was to act.
    package var readers: [String] { [author] + agencies.filter { $0 != author } }

    /// The same of other agencies.
    func naming(_ agencies: [String]) -> DeadlineBody {
        DeadlineBody(
            event: event,
            subject: subject,
            alert: alert,
            index: index,
            author: author,
            channel: channel,
            status: status,
            due: due,
            agencies: agencies,
            answer: answer
        )
    }

    var cbor: CBORValue {
        var writer = BodyWriter()
        writer.set("event", event.rawValue)
        writer.set("of", subject.rawValue)
        writer.set("alert", alert)
        writer.set("index", index)
        writer.set("from", author)
        writer.set("channel", channel)
        writer.set("status", status)
        writer.set("due", due.seconds)
        writer.set("agencies", .array(agencies.map { .text($0) }))
        writer.set("answer", answer)
        return writer.cbor
    }
}
