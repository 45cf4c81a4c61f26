package import Alerts
package import Base
package import MerkleLog

/// An entry with its place in the log.
package struct SequencedEntry: Sendable {
    /// Its index, counted from the genesis at 0.
    package let index: UInt64
    /// Its type.
    package let type: EntryType
    /// Its time: never before that of the entry in front of it.
    package let time: WallTime
    /// Its encoding, which the leaf is the hash of.
    package let bytes: [UInt8]
    /// The alert that it records, if it records one.
    package let alert: VerifiedAlert?
    /// The message of an opaque channel that it records, with the content beside it.
    package let opaque: (message: OpaqueMessage, content: [UInt8])?
    /// For an alert: each recipient's running count, sorted by agency.
    package let counts: [RecipientCount]
    /// The redaction statement that it records, if it records one.
    package var redaction: VerifiedRedaction?
    /// The notice of a deadline that it records, if it records one.
    package var deadline: DeadlineNotice?
    /// The statement on a group that it records, if it records one.
    package var group: VerifiedGroupStatement?

    /// Makes a sequenced entry.
    package init(
        index: UInt64,
        type: EntryType,
        time: WallTime,
        bytes: [UInt8],
        alert: VerifiedAlert? = nil,
        opaque: (message: OpaqueMessage, content: [UInt8])? = nil,
        counts: [RecipientCount] = []
    ) {
        self.index = index
        self.type = type
        self.time = time
        self.bytes = bytes
        self.alert = alert
        self.opaque = opaque
        self.counts = counts
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
    case refused(Refusal, SequencedEntry)
    /// It was refused, and refusals come faster than the log takes them: it is only counted.
    case refusedUnrecorded(Refusal)
}
