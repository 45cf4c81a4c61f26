import Base
import CCBOR
import COSE

/// Encodes by the core deterministic rules (RFC 8949 4.2.1): shortest heads, sorted keys.
struct Encoder {
    /// What has been encoded.
    private(set) var bytes: [UInt8] = []

    /// Makes an encoder with room for as many bytes, which saves moving what it has.
    init(byteCount: Int = 0) {
        bytes.reserveCapacity(byteCount)
    }

    mutating func encode(_ value: CBORValue) {
        switch value {
        case .unsigned(let number): head(.unsigned(number))
        case .negative(let argument): head(.negative(argument: argument))
        case .bytes(let string):
            head(.bytes(count: string.count))
            bytes.append(contentsOf: string)
        case .text(let text):
            head(.text(byteCount: text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .array(let items):
            head(.array(count: items.count))
            for item in items { encode(item) }
        case .map(let map):
            encode(map)
        case .tagged(let tag, let item):
            head(.tag(tag))
            encode(item)
        case .boolean(let value): head(.boolean(value))
        case .null: head(.null)
        case .undefined: head(.undefined)
        case .double(let number): encode(number)
        }
    }

    private mutating func encode(_ map: CBORMap) {
        head(.map(count: map.pairs.count))
        let start = bytes.count
        // Most maps come in order: they are written as they stand.
        var last = start..<start
        for pair in map.pairs {
            let keyStart = bytes.count
            encode(pair.key)
            let key = keyStart..<bytes.count
            guard last.isEmpty || isOrdered(last, key) else {
                bytes.removeSubrange(start...)
                return encodeSorted(map)
            }
            last = key
            encode(pair.value)
        }
    }

    private func isOrdered(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        for (left, right) in zip(first, second) where bytes[left] != bytes[right] {
            return bytes[left] < bytes[right]
        }
        return first.count < second.count
    }

    private mutating func encodeSorted(_ map: CBORMap) {
        var encoded: [(key: [UInt8], value: CBORValue)] = []
        encoded.reserveCapacity(map.pairs.count)
        for pair in map.pairs {
            var encoder = Encoder()
            encoder.encode(pair.key)
            encoded.append((encoder.bytes, pair.value))
        }
        encoded.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for pair in encoded {
            bytes.append(contentsOf: pair.key)
            encode(pair.value)
        }
    }

    // The shortest form that keeps the value (RFC 8949 4.2.1). It is written here, since
    // libcbor 0.8 loses the low bits of a subnormal half.
    private mutating func encode(_ number: Double) {
        let half = Float16(number)
        let single = Float(number)
        if number.isNaN {
            bytes.append(contentsOf: [0xF9, 0x7E, 0x00])
        } else if Double(half) == number {
            bytes.append(0xF9)
            bytes.append(bigEndian: half.bitPattern)
        } else if Double(single) == number {
            bytes.append(0xFA)
            bytes.append(bigEndian: single.bitPattern)
        } else {
            bytes.append(0xFB)
            bytes.append(bigEndian: number.bitPattern)
        }
    }

    private mutating func head(_ head: CBORHead) { Self.append(head, to: &bytes) }

    /// Appends a head in its shortest form.
    static func append(_ head: CBORHead, to bytes: inout [UInt8]) {
        let (kind, argument): (CCBOR_kind, UInt64) =
            switch head {
            case .unsigned(let value): (CCBOR_KIND_UNSIGNED, value)
            case .negative(let argument): (CCBOR_KIND_NEGATIVE, argument)
            case .bytes(let count): (CCBOR_KIND_BYTES, UInt64(count))
            case .text(let byteCount): (CCBOR_KIND_TEXT, UInt64(byteCount))
            case .array(let count): (CCBOR_KIND_ARRAY, UInt64(count))
            case .map(let count): (CCBOR_KIND_MAP, UInt64(count))
            case .tag(let tag): (CCBOR_KIND_TAG, tag)
            case .boolean(let value): (CCBOR_KIND_BOOLEAN, value ? 1 : 0)
            case .null: (CCBOR_KIND_NULL, 0)
            case .undefined: (CCBOR_KIND_UNDEFINED, 0)
            }
        let encoded = CCBOR_encode_head(kind, argument)
        // Most heads are one byte.
        guard encoded.count > 1 else { return bytes.append(encoded.bytes.0) }
        unsafe withUnsafeBytes(of: encoded.bytes) { head in
            let head = unsafe UnsafeRawBufferPointer(rebasing: head[..<Int(encoded.count)])
            unsafe bytes.append(contentsOf: head)
        }
    }
}
