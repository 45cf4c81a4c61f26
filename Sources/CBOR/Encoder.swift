import Base
import CCBOR
import COSE

/// Encodes by the core deterministic rules (RFC 8949 4.2.1): shortest heads, sorted keys.
struct Encoder {
    /// What has been encoded.
    private(set) var bytes: [UInt8] = []

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
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 9) { buffer in
            guard let base = buffer.baseAddress else { return }
            let count = unsafe write(base)
            unsafe bytes.append(contentsOf: buffer.prefix(count))
        }
    }
}
