import Base

/// Reads the data types of MQTT 5.0 1.5 from the bytes of one packet.
struct PacketReader {
    private var reader: ByteReader

    init(_ bytes: ArraySlice<UInt8>) {
        reader = ByteReader(bytes)
    }

    var isAtEnd: Bool { reader.isAtEnd }
    var byteCount: Int { reader.byteCount }

    mutating func readByte() throws(MQTTDecodingError) -> UInt8 {
        guard let value = reader.readUInt8() else { throw Self.cutShort }
        return value
    }

    mutating func readTwo() throws(MQTTDecodingError) -> UInt16 {
        guard let value = reader.readUInt16() else { throw Self.cutShort }
        return value
    }

    mutating func readFour() throws(MQTTDecodingError) -> UInt32 {
        guard let value = reader.readUInt32() else { throw Self.cutShort }
        return value
    }

    /// A variable byte integer (1.5.5), of four bytes at most.
    mutating func readVariable() throws(MQTTDecodingError) -> UInt32 {
        var value: UInt32 = 0
        for position in 0..<4 {
            let byte = try readByte()
            value |= UInt32(byte & 0x7F) << UInt32(7 * position)
            if byte & 0x80 == 0 {
                guard position == 0 || byte != 0 else {
                    throw .malformed("a variable byte integer is not minimal [MQTT-1.5.5-1]")
                }
                return value
            }
        }
        throw .malformed("a variable byte integer has more than four bytes")
    }

    /// A UTF-8 string (1.5.4), without U+0000 and surrogates.
    mutating func readText() throws(MQTTDecodingError) -> String {
        let count = try readTwo()
        guard let bytes = reader.readBytes(Int(count)) else { throw Self.cutShort }
        guard !bytes.contains(0) else {
            throw .malformed("a string contains U+0000 [MQTT-1.5.4-2]")
        }
        guard let text = StrictText.decode(bytes) else {
            throw .malformed("a string is not well-formed UTF-8 [MQTT-1.5.4-1]")
        }
        return text
    }

    /// A UTF-8 string that names something: without control characters and non-characters, which
    /// 1.5.4 lets a receiver treat as malformed.
    mutating func readName() throws(MQTTDecodingError) -> String {
        let text = try readText()
        // Most names are ASCII, and need no look at their scalars.
        let isPlain = text.utf8.allSatisfy { 0x20..<0x7F ~= $0 }
        guard isPlain || !text.unicodeScalars.contains(where: \.isDisallowed) else {
            throw .malformed("a name contains a control character or a non-character (1.5.4)")
        }
        return text
    }

    /// Binary data (1.5.6).
    mutating func readBinary() throws(MQTTDecodingError) -> [UInt8] {
        let count = try readTwo()
        guard let bytes = reader.readBytes(Int(count)) else { throw Self.cutShort }
        return Array(bytes)
    }

    mutating func readRest() -> ArraySlice<UInt8> {
        reader.readBytes(reader.byteCount) ?? []
    }

    mutating func readPart(_ count: Int) throws(MQTTDecodingError) -> PacketReader {
        guard let bytes = reader.readBytes(count) else { throw Self.cutShort }
        return PacketReader(bytes)
    }

    /// A packet identifier, which is never 0 (2.2.1).
    mutating func readPacketIdentifier() throws(MQTTDecodingError) -> UInt16 {
        let identifier = try readTwo()
        guard identifier != 0 else {
            throw .protocolError("the packet identifier is 0 [MQTT-2.2.1-3]")
        }
        return identifier
    }

    func expectEnd() throws(MQTTDecodingError) {
        guard isAtEnd else { throw .malformed("\(byteCount) bytes follow the end of the packet") }
    }

    private static let cutShort = MQTTDecodingError.malformed(
        "the packet ends before its fields do"
    )
}

extension Unicode.Scalar {
    /// Whether 1.5.4 lets a receiver refuse it: control characters, and the code points that
    /// Unicode keeps free of characters.
    fileprivate var isDisallowed: Bool {
        switch value {
        case 0...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: true
        default: value & 0xFFFE == 0xFFFE
        }
    }
}
