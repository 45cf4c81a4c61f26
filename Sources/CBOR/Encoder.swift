import Base
import CCBOR
import COSE

/// Encodes by the core deterministic rules (RFC 8949 4.2.1): shortest heads, sorted keys.
struct Encoder {
    private static let headByteCountMax = 9

    /// What has been encoded.
    private(set) var bytes: [UInt8] = []

    /// Makes an encoder with room for as many bytes, which saves moving what it has.
    init(byteCount: Int = 0) {
        bytes.reserveCapacity(byteCount)
    }

    mutating func encode(_ value: CBORValue) {
        switch value {
        case .unsigned(let number):
            unsafe head { unsafe cbor_encode_uint(number, $0, 9) }
        case .negative(let argument):
            unsafe head { unsafe cbor_encode_negint(argument, $0, 9) }
        case .bytes(let string):
            unsafe head { unsafe cbor_encode_bytestring_start(string.count, $0, 9) }
            bytes.append(contentsOf: string)
        case .text(let text):
            unsafe head { unsafe cbor_encode_string_start(text.utf8.count, $0, 9) }
            bytes.append(contentsOf: text.utf8)
        case .array(let items):
            unsafe head { unsafe cbor_encode_array_start(items.count, $0, 9) }
            for item in items { encode(item) }
        case .map(let map):
            encode(map)
        case .tagged(let tag, let item):
            unsafe head { unsafe cbor_encode_tag(tag, $0, 9) }
            encode(item)
        case .boolean(let value):
            unsafe head { unsafe cbor_encode_bool(value, $0, 9) }
        case .null:
            unsafe head { unsafe cbor_encode_null($0, 9) }
        case .undefined:
            unsafe head { unsafe cbor_encode_undef($0, 9) }
        case .double(let number):
            encode(number)
        }
    }

    private mutating func encode(_ map: CBORMap) {
        unsafe head { unsafe cbor_encode_map_start(map.pairs.count, $0, 9) }
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

    // The shortest form that keeps the value (RFC 8949 4.2.1). The half is written here, since
    // libcbor 0.8 loses the low bits of a subnormal one.
    private mutating func encode(_ number: Double) {
        let half = Float16(number)
        let single = Float(number)
        if number.isNaN {
            bytes.append(contentsOf: [0xF9, 0x7E, 0x00])
        } else if Double(half) == number {
            bytes.append(0xF9)
            bytes.append(bigEndian: half.bitPattern)
        } else if Double(single) == number {
            unsafe head { unsafe cbor_encode_single(single, $0, 9) }
        } else {
            unsafe head { unsafe cbor_encode_double(number, $0, 9) }
        }
    }

    private mutating func head(_ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        let start = bytes.count
        for _ in 0..<Self.headByteCountMax { bytes.append(0) }
        let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe write(base + start)
        }
        bytes.removeLast(Self.headByteCountMax - count)
    }
}
