import Base
internal import CChecksum

/// What stands in a segment: an entry, the content of an alert, or the commit of a batch.
enum RecordKind: UInt8 {
    case entry = 1
    case content = 2
    case commit = 3
}

/// The header in front of each record, 48 bytes, integers in network byte order.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 4 | `AVR1` |
/// | 4 | 1 | kind |
/// | 5 | 1 | flags |
/// | 6 | 2 | channel number, 0 for entries that are no alerts |
/// | 8 | 4 | payload length |
/// | 12 | 4 | CRC-32C of the payload |
/// | 16 | 8 | index of the entry; for a commit, the size of the log after it |
/// | 24 | 8 | recipient mask; for a commit, the number of entries in the batch |
/// | 32 | 8 | time of the entry in ms |
/// | 40 | 4 | zero |
/// | 44 | 4 | CRC-32C of the 44 bytes before, the flag of an erased content taken as not set |
///
/// An erasure sets that one bit, so that at no moment a header is neither the old one nor the new
/// one. A start checks that an entry orders each erasure.
struct RecordHeader: Hashable {
    static let byteCount = 48
    /// Where the flags stand.
    static let flagsOffset = 5
    /// How each header begins, for a search.
    static let firstByte: UInt8 = 0x41
    private static let magic: UInt32 = 0x4156_5231

    let kind: RecordKind
    let flags: UInt8
    let channel: UInt16
    let payloadByteCount: UInt32
    let payloadChecksum: UInt32
    let index: UInt64
    let recipientMask: UInt64
    let milliseconds: UInt64

    /// The bytes of header and payload.
    var recordByteCount: UInt64 { UInt64(Self.byteCount) + UInt64(payloadByteCount) }

    /// The first entry of the batch that a commit ends.
    var batchFirstIndex: UInt64 { index >= recipientMask ? index - recipientMask : 0 }

    func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(bigEndian: Self.magic)
        bytes.append(kind.rawValue)
        bytes.append(flags)
        bytes.append(bigEndian: channel)
        bytes.append(bigEndian: payloadByteCount)
        bytes.append(bigEndian: payloadChecksum)
        bytes.append(bigEndian: index)
        bytes.append(bigEndian: recipientMask)
        bytes.append(bigEndian: milliseconds)
        bytes.append(bigEndian: UInt32(0))
        bytes.append(bigEndian: Self.checksum(of: bytes[start...], kind))
    }

    private static func checksum(of bytes: ArraySlice<UInt8>, _ kind: RecordKind) -> UInt32 {
        let place = bytes.startIndex + flagsOffset
        let flags = ContentFlags(rawValue: bytes[place])
        guard kind == .content, flags.contains(.erased) else { return Checksum.of(bytes) }
        var bytes = bytes
        bytes[place] = flags.subtracting(.erased).rawValue
        return Checksum.of(bytes)
    }
}

extension RecordHeader {
    /// Reads a header; nil for bytes that are none, or damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.byteCount else { return nil }
        var reader = ByteReader(bytes.prefix(Self.byteCount))
        guard reader.readUInt32() == Self.magic,
            let kind = reader.readUInt8().flatMap(RecordKind.init), let flags = reader.readUInt8(),
            let channel = reader.readUInt16(),
            let length = reader.readUInt32(),
            let checksum = reader.readUInt32(),
            let index = reader.readUInt64(),
            let mask = reader.readUInt64(),
            let milliseconds = reader.readUInt64(),
            reader.readUInt32() == 0,
            reader.readUInt32() == Self.checksum(of: bytes.prefix(Self.byteCount - 4), kind)
        else { return nil }
        self.init(
            kind: kind,
            flags: flags,
            channel: channel,
            payloadByteCount: length,
            payloadChecksum: checksum,
            index: index,
            recipientMask: mask,
            milliseconds: milliseconds
        )
    }
}

/// What the flags of a content record say.
package struct ContentFlags: OptionSet, Hashable, Sendable {
    /// The bits.
    package let rawValue: UInt8

    /// Makes flags of their bits.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The record holds the whole PUBLISH payload, which the statement cannot be cut from.
    package static let wholePayload = ContentFlags(rawValue: 1)
    /// The alert was published with QoS 2.
    package static let exactlyOnce = ContentFlags(rawValue: 4)
    /// The content has been erased: its checksum holds no longer.
    package static let erased = ContentFlags(rawValue: 2)
}

/// CRC-32C (Castagnoli).
enum Checksum {
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe CChecksum_crc32c(0, buffer.baseAddress, buffer.count)
        }
    }
}
