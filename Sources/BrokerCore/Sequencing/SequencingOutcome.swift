package import Alerts
package import Base
package import MerkleLog

/// An entry with its place in the log.
///
/// Immutable and shared: it goes through the batch, the file and the answers without a copy.
package final class SequencedEntry: Sendable {
    /// What an entry was made of, beyond its bytes, for those to whom it matters.
    package enum Subject: Sendable {
        /// An alert, and each recipient's running count, sorted by agency.
        case alert(VerifiedAlert, counts: [RecipientCount])
        /// A message of an opaque channel, with the content that stands beside the entry.
        case opaque(OpaqueMessage, content: [UInt8])
        /// A statement on the erasure of a content.
        case redaction(VerifiedRedaction)
        /// A notice of a deadline.
        case deadline(DeadlineNotice)
        /// A statement on a group.
        case group(VerifiedGroupStatement)
        /// Anything else, which its bytes say in full.
        case record
    }

    /// Its index, counted from the genesis at 0.
    package let index: UInt64
    /// Its type.
    package let type: EntryType
    /// Its time: never before that of the entry in front of it.
    package let time: WallTime
    /// Its encoding, which the leaf is the hash of.
    package let bytes: [UInt8]
    /// What it was made of.
    package let subject: Subject

    /// Makes a sequenced entry.
    package init(
        index: UInt64,
        type: EntryType,
        time: WallTime,
        bytes: [UInt8],
        subject: Subject
    ) {
        self.index = index
        self.type = type
        self.time = time
        self.bytes = bytes
        self.subject = subject
    }

    /// The alert that it records, if it records one.
    package var alert: VerifiedAlert? {
        if case .alert(let alert, _) = subject { alert } else { nil }
    }

    /// The notice of a deadline that it records, if it records one.
    package var notice: DeadlineNotice? {
        if case .deadline(let notice) = subject { notice } else { nil }
    }

    /// For an alert: each recipient's running count, sorted by agency.
    package var counts: [RecipientCount] {
        if case .alert(_, let counts) = subject { counts } else { [] }
    }
}

/// The running count of a recipient: this is the n-th alert addressed to it.
package struct RecipientCount: Hashable, Sendable {
    /// The recipient.
    package let agency: AgencyID
    /// How many alerts have been addressed to it, this one included.
    package let count: UInt64

    /// Makes a count.
    package init(agency: AgencyID, count: UInt64) {
        self.agency = agency
        self.count = count
    }
}

/// What became of a submission.
package enum SequencingOutcome: Sendable {
    /// It is an entry, to be appended.
    case sequenced(SequencedEntry)
    /// The same alert or statement with the same bytes stands at `index` already: no second entry.
    case repeated(index: UInt64)
    /// It was refused; the entry says so in the log.
    indirect case refused(Refusal, SequencedEntry)
    /// It was refused, and refusals come faster than the log takes them: it is only counted.
    indirect case refusedUnrecorded(Refusal)
}
