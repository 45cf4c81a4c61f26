package import Alerts
package import Base
import MQTTCodec

/// Decides whether a redaction statement that ``StatementChecker`` let pass fits the log.
package enum RedactionChecker {
    /// What the log knows of the entry that a statement names.
    package struct Subject: Sendable {
        /// The alert, nil for an entry that is none.
        package let alert: UUID?
        /// Its channel.
        package let channel: Channel?
        /// Its recipients with their counts.
        package let counts: [RecipientCount]
        /// Whether its content has been erased.
        package let isErased: Bool
        /// The digests of the orders to erase it.
        package let orders: [Digest]

        /// Makes a subject.
        package init(
            alert: UUID?,
            channel: Channel?,
            counts: [RecipientCount],
            isErased: Bool,
            orders: [Digest]
        ) {
            self.alert = alert
            self.channel = channel
            self.counts = counts
            self.isErased = isErased
            self.orders = orders
        }
    }

    /// Completes a statement with what the log knows of its alert.
    ///
    /// - Parameters:
    ///   - redaction: the statement.
    ///   - subject: the entry that it names; nil if the log has none such.
    ///   - directory: the members at this moment.
    /// - Returns: the statement, ready to be sequenced.
    /// - Throws: ``Refusal`` if it does not fit the log.
    package static func complete(
        _ redaction: VerifiedRedaction,
        _ subject: Subject?,
        directory: Directory
    ) throws(Refusal) -> VerifiedRedaction {
        let draft = redaction.statement.draft
        guard redaction.statement.isPlain else {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.redactionWithMore)
        }
        guard let subject, subject.alert == draft.alert else {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.redactionOfNothing(draft))
        }
        var complete = redaction
        complete.channel = subject.channel
        guard redaction.isOrder else {
            guard subject.isErased else {
                throw Refusal(.publish, .payloadFormatInvalid, Sentence.notRedacted(draft))
            }
            guard let count = subject.counts.first(where: { $0.agency == draft.issuer }) else {
                throw Refusal(.publish, .notAuthorized, Sentence.confirmationByAnother(draft))
            }
            guard subject.orders.contains(draft.basis) else {
                throw Refusal(.publish, .payloadFormatInvalid, Sentence.confirmsNoOrder(draft))
            }
            complete.counts = [count]
            return complete
        }
        guard !subject.isErased, subject.orders.isEmpty else {
            throw Refusal(.publish, .packetIdentifierInUse, Sentence.redactedAlready(draft))
        }
        complete.counts = subject.counts
        for count in subject.counts { complete.recipientMask |= directory[count.agency]?.mask ?? 0 }
        return complete
    }
}
