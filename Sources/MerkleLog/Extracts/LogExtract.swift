package import Base

/// Some entries of a log that one reader may see, in the order of the log, and where to read on.
///
/// What the broker answers to an author who asks what became of an alert, and to an agency that
/// asks for the statements that concern it. Entries stand in it as they stand in the tree, so that
/// each can be proved; of an entry that tells of others too there is only what concerns the reader.
package struct LogExtract: Hashable, Sendable {
    /// What one entry says to the reader.
    package enum Item: Hashable, Sendable {
        /// The encoding of the entry.
        case entry(index: UInt64, [UInt8])
        /// What a `delivery` entry says of one alert.
        case report(DeliveryReport)

        /// The index of the entry.
        package var index: UInt64 {
            switch self {
            case .entry(let index, _): index
            case .report(let report): report.index
            }
        }
    }

    /// The version of the format.
    package static let version: UInt64 = 1
    /// The media type.
    package static let mediaType = "application/cbor"
    /// The most items of one extract.
    package static let itemCountMax = 512
    /// The most bytes of one extract.
    package static let byteCountMax = 2 << 20

    /// The number of entries of the log when it was made.
    package let size: UInt64
    /// Where to read on; everything is read when it is ``size``.
    package let next: UInt64
    /// The items.
    package let items: [Item]

    /// Makes an extract.
    ///
    /// - Parameters:
    ///   - size: the number of entries of the log.
    ///   - next: where to read on.
    ///   - items: the items, in the order of their indexes.
    package init(size: UInt64, next: UInt64, items: [Item]) {
        self.size = size
        self.next = next
        self.items = items
    }

    /// Whether there is nothing more to read.
    package var isLast: Bool { next >= size }
}

/// What a station has done with an alert, as a `delivery` entry of the log says.
package struct DeliveryReport: Hashable, Sendable {
    /// What it has done.
    package enum Act: String, CaseIterable, Hashable, Sendable {
        /// It has acknowledged the delivery.
        case delivered
        /// The alert was larger than what it takes.
        case skipped
    }

    /// The `delivery` entry.
    package let index: UInt64
    /// Its time.
    package let time: WallTime
    /// What the station has done.
    package let act: Act
    /// The station, as a URN.
    package let station: String

    /// Makes a report.
    package init(index: UInt64, time: WallTime, act: Act, station: String) {
        self.index = index
        self.time = time
        self.act = act
        self.station = station
    }
}
