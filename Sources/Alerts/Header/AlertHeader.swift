package import Base

/// What an alert says about itself in the clear, under its author's signature.
///
/// Only this decides where an alert goes. The plaintext repeats it, so that a reader sees what the
/// author meant.
package struct AlertHeader: Hashable, Sendable {
    /// The kind, which also gives the channel.
    package let kind: AlertKind
    /// Whether the alert is meant, rehearsed or a test.
    package let status: Status
    /// What the statement does in the life of an alert.
    package let message: MessageType
    /// The agencies that can open the alert, each once.
    package let to: [AgencyID]
    /// The groups that the author expanded into ``to``.
    package let groups: [String]
    /// How far the recipients may share.
    package let tlp: TLP
    /// What the recipients may do with it.
    package let pap: PAP?
    /// The restrictions on its use.
    package let handling: [HandlingCode]
    /// The evaluation of source and information.
    package let evaluation: Evaluation?
    /// How soon to act.
    package let urgency: Urgency?
    /// The earlier alerts that it is about.
    package let references: [AlertReference]
    /// When an answer is due.
    package let replyBy: WallTime?
    /// When each recipient is to have said that it has taken note.
    package let acknowledgeBy: WallTime?
    /// For an answer: whether another one follows, so that the deadline stays open.
    package let isInterim: Bool
    /// The files that belong to it.
    package let attachments: [AttachmentReference]

    /// The channel of the kind.
    package var channel: Channel { kind.channel }

    /// The most items that the lists of a header may have.
    package enum Limits {
        /// Recipient agencies.
        package static let toCountMax = 128
        /// Groups.
        package static let groupsCountMax = 16
        /// Handling codes.
        package static let handlingCountMax = 8
        /// Citations.
        package static let referencesCountMax = 32
        /// Attachments.
        package static let attachmentsCountMax = 32
        /// Bytes of a group's name.
        package static let groupByteCountMax = 64
        /// Bytes of a media type.
        package static let mediaTypeByteCountMax = 127
    }

    /// Makes a header.
    ///
    /// - Throws: ``AlertHeaderError`` if the parts do not go together.
    package init(
        kind: AlertKind,
        to: [AgencyID],
        tlp: TLP,
        status: Status = .actual,
        message: MessageType = .alert,
        groups: [String] = [],
        pap: PAP? = nil,
        handling: [HandlingCode] = [],
        evaluation: Evaluation? = nil,
        urgency: Urgency? = nil,
        references: [AlertReference] = [],
        replyBy: WallTime? = nil,
        acknowledgeBy: WallTime? = nil,
        isInterim: Bool = false,
        attachments: [AttachmentReference] = []
    ) throws(AlertHeaderError) {
        self.kind = kind
        self.status = status
        self.message = message
        self.to = to
        self.groups = groups
        self.tlp = tlp
        self.pap = pap
        self.handling = handling
        self.evaluation = evaluation
        self.urgency = urgency
        self.references = references
        // The header carries whole seconds, so that a header equals itself after a round trip.
        self.replyBy = replyBy.map { WallTime(seconds: $0.seconds) }
        self.acknowledgeBy = acknowledgeBy.map { WallTime(seconds: $0.seconds) }
        self.isInterim = isInterim
        self.attachments = attachments
        try validate()
    }
}
