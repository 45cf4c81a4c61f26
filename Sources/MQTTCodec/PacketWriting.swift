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
        let bytes = text.utf8.prefix(0xFFFF)
        append(bigEndian: UInt16(bytes.count))
        append(contentsOf: bytes)
    }

    mutating func appendBinary(_ bytes: [UInt8]) {
        let bytes = bytes.prefix(0xFFFF)
        append(bigEndian: UInt16(bytes.count))
        append(contentsOf: bytes)
    }

    mutating func append(_ properties: Properties) {
        guard !properties.isEmpty else {
            append(0)
            return
        }
        var encoded: [UInt8] = []
        for item in properties.items {
            encoded.append(item.identifier.rawValue)
            switch item.value {
            case .byte(let value): encoded.append(value)
            case .two(let value): encoded.append(bigEndian: value)
            case .four(let value): encoded.append(bigEndian: value)
            case .variable(let value): encoded.appendVariable(Int(value))
            case .text(let text): encoded.appendText(text)
            case .binary(let bytes): encoded.appendBinary(bytes)
            case .pair(let pair):
                encoded.appendText(pair.name)
                encoded.appendText(pair.value)
            }
        }
        appendVariable(encoded.count)
        append(contentsOf: encoded)
    }
}
