package import Base

extension DeadlineBook {
    /// How long before a deadline those who are silent are reminded.
    package struct Reminders: Hashable, Sendable {
        /// The part of the time between acceptance and deadline, in percent; 0 for no reminder.
        package let percent: Int
        /// The most seconds.
        package let secondsMax: Int

        /// No reminders, as for who only reads the log.
        package static let none = Reminders(percent: 0, secondsMax: 0)

        /// Makes a rule.
        package init(percent: Int, secondsMax: Int) {
            self.percent = percent
            self.secondsMax = secondsMax
        }
    }

    /// What of an alert concerns deadlines.
    package struct Alert: Hashable, Sendable {
        /// The alert.
        package let alert: UUID
        /// Its author.
        package let author: String
        /// Those whom it asks: its recipients but its author, who waits for nobody's answer but
        /// others'.
        package let recipients: [String]
        /// Its channel.
        package let channel: String
        /// `actual`, `exercise` or `test`.
        package let status: String
        /// What it does, such as `answer`.
        package let message: String
        /// For an answer: whether another one follows.
        package let isInterim: Bool
        /// What it is about.
        package let cited: [UUID]
        /// By when its recipients are to answer.
        package let replyBy: WallTime?
        /// By when they are to acknowledge it.
        package let acknowledgeBy: WallTime?

        /// Makes it of its parts.
        package init(
            alert: UUID,
            author: String,
            recipients: [String],
            channel: String,
            status: String,
            message: String,
            isInterim: Bool,
            cited: [UUID],
            replyBy: WallTime?,
            acknowledgeBy: WallTime?
        ) {
            self.alert = alert
            self.author = author
            self.recipients = recipients.filter { $0 != author }.sorted()
            self.channel = channel
            self.status = status
            self.message = message
            self.isInterim = isInterim
            self.cited = cited
            self.replyBy = replyBy
            self.acknowledgeBy = acknowledgeBy
        }

        /// How many answers and acknowledgements it asks for.
        package var askedCount: Int {
            ((replyBy == nil ? 0 : 1) + (acknowledgeBy == nil ? 0 : 1)) * recipients.count
        }
    }
}
