package import Base
import MerkleLog

/// One entry on its way to the disk.
package struct PendingRecord: Sendable {
    /// The most bytes of a content.
    package static let contentByteCountMax = 256 << 20

    /// The entry's encoding.
    package let entry: [UInt8]
    /// Its leaf hash.
    package let leafHash: Digest
    /// Its time.
    package let time: WallTime
    /// The number of its channel; 0 for an entry that is no alert.
    package let channel: UInt16
    /// The bits of its recipients.
    package let recipientMask: UInt64
    /// The content that stands beside an alert, which can be erased.
    package let content: ArraySlice<UInt8>?
    /// What ``content`` is.
    package let contentFlags: ContentFlags

    /// Makes a record.
    package init(
        entry: [UInt8],
        leafHash: Digest,
        time: WallTime,
        channel: UInt16 = 0,
        recipientMask: UInt64 = 0,
        content: ArraySlice<UInt8>? = nil,
        contentFlags: ContentFlags = []
    ) {
        self.entry = entry
        self.leafHash = leafHash
        self.time = time
        self.channel = channel
        self.recipientMask = recipientMask
        self.content = content
        self.contentFlags = contentFlags
    }

    /// Whether entry and content are within what records may hold.
    var isStorable: Bool {
        entry.count <= LogEntry.byteCountMax
            && (content?.count ?? 0) <= PendingRecord.contentByteCountMax
    }
}

/// An entry as it is read back.
package struct StoredEntry: Sendable {
    /// Its index.
    package let index: UInt64
    /// Its encoding.
    package let bytes: [UInt8]
    /// The number of its channel; 0 for an entry that is no alert.
    package let channel: UInt16
    /// The content beside it; nil if there is none, or it was erased.
    package let content: [UInt8]?
    /// What ``content`` is.
    package let contentFlags: ContentFlags

    /// The same without its content.
    var erased: StoredEntry {
        StoredEntry(
            index: index,
            bytes: bytes,
            channel: channel,
            content: nil,
            contentFlags: contentFlags.union(.erased)
        )
    }
}

/// Which entries a scan is after.
package struct RecordFilter: Sendable {
    /// The channels wanted; nil for every entry, alerts and others.
    package let channels: Set<UInt16>?
    /// The recipient bits wanted.
    package let recipientMask: UInt64
    /// Whether the entries of no channel are wanted too.
    package let includesOthers: Bool

    /// Every entry.
    package static let all = RecordFilter(channels: nil, recipientMask: 0)

    /// Makes a filter on alerts.
    package init(channels: Set<UInt16>?, recipientMask: UInt64, includesOthers: Bool = false) {
        self.channels = channels
        self.recipientMask = recipientMask
        self.includesOthers = includesOthers
    }

    func wants(_ header: RecordHeader) -> Bool {
        guard let channels else { return true }
        if header.channel == 0 { return includesOthers }
        return channels.contains(header.channel) && header.recipientMask & recipientMask != 0
    }
}

/// What a start found.
package struct RecoveryReport: Hashable, Sendable {
    /// The number of entries.
    package var treeSize: UInt64 = 0
    /// The entries of complete batches that no checkpoint had published yet; they are kept.
    package var keptEntryCount: UInt64 = 0
    /// The bytes of an unfinished batch that were cut off.
    package var cutByteCount: UInt64 = 0
    /// The entries in what was cut off: none of them was ever acknowledged.
    package var cutEntryCount: UInt64 = 0
    /// The entries whose contents are marked as erased, as far as they were read.
    package var erasedIndexes: [UInt64] = []
    /// Whether the log was begun by this start.
    package var isNew = false
    /// The latest checkpoint, as a signed note; empty for a new log.
    package var note: [UInt8] = []
}
