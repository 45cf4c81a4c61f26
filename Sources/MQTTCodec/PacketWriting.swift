import Base

extension [UInt8] {
    mutating func appendVariable(_ value: Int) {
        precondition(value >= 0 && value <= 268_435_455, "beyond a variable byte integer")
        var rest = value
        repeat {
            let byte = UInt8(rest & 0x7F)
            rest >>= 7
            append(rest > 0 ? byte | 0x80 : byte)
        } while rest > 0
    }

    mutating func appendText(_ text: String) {
        guard text.utf8.count <= 0xFFFF else {
            append(bigEndian: UInt16.max)
            append(contentsOf: text.utf8.prefix(0xFFFF))
            return
        }
        append(bigEndian: UInt16(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    mutating func appendBinary(_ bytes: [UInt8]) {
        let bytes = bytes.prefix(0xFFFF)
        append(bigEndian: UInt16(bytes.count))
        append(contentsOf: bytes)
    }

    mutating func append(_ properties: Properties, _ version: ProtocolVersion) {
        if version.hasProperties { append(properties) }
    }

    mutating func append(_ properties: Properties) {
        let byteCount = properties.items.reduce(0) { $0 + $1.encodedByteCount }
        reserveCapacity(count + byteCount + 4)
        appendVariable(byteCount)
        for item in properties.items {
            append(item.identifier.rawValue)
            switch item.value {
            case .byte(let value): append(value)
            case .two(let value): append(bigEndian: value)
            case .four(let value): append(bigEndian: value)
            case .variable(let value): appendVariable(Int(value))
            case .text(let text): appendText(text)
            case .binary(let bytes): appendBinary(bytes)
            case .pair(let pair):
                appendText(pair.name)
                appendText(pair.value)
            }
        }
    }
}

extension Properties.Item {
    /// The bytes of the identifier and the value.
    fileprivate var encodedByteCount: Int {
        switch value {
        case .byte: 2
        case .two: 3
        case .four: 5
        case .variable(let value): value < 128 ? 2 : value < 16_384 ? 3 : value < 2_097_152 ? 4 : 5
        case .text(let text): 3 + Swift.min(text.utf8.count, 0xFFFF)
        case .binary(let bytes): 3 + Swift.min(bytes.count, 0xFFFF)
        case .pair(let pair):
            5 + Swift.min(pair.name.utf8.count, 0xFFFF) + Swift.min(pair.value.utf8.count, 0xFFFF)
        }
    }
}
