import Base
import CBOR
import COSE
import Testing

@Suite struct LibCBORTests {
    private let coding = LibCBOR()

    /// The examples of RFC 8949 appendix A that deterministic encoding gives back.
    @Test(arguments: [
        ("00", CBORValue.unsigned(0)), ("17", .unsigned(23)), ("1818", .unsigned(24)),
        ("1903e8", .unsigned(1000)), ("1a000f4240", .unsigned(1_000_000)),
        ("1bffffffffffffffff", .unsigned(.max)), ("3bffffffffffffffff", .negative(argument: .max)),
        ("20", .integer(-1)), ("3903e7", .integer(-1000)), ("f4", .boolean(false)),
        ("f5", .boolean(true)), ("f6", .null), ("f7", .undefined), ("40", .bytes([])),
        ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")), ("6449455446", .text("IETF")),
        ("62c3bc", .text("\u{fc}")), ("80", .array([])),
        ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])), ("a0", .map(CBORMap())),
        ("c074323031332d30332d32315432303a30343a30305a", .tagged(0, .text("2013-03-21T20:04:00Z"))),
        ("d201", .tagged(18, .unsigned(1))), ("d86001", .tagged(96, .unsigned(1))),
        ("f93c00", .double(1)), ("fa47c35000", .double(100_000)),
        ("fb3ff199999999999a", .double(1.1)),
    ])
    func followsTheExamplesOfRFC8949(hex: String, value: CBORValue) throws {
        let bytes = try #require(Hex.decode(hex))
        #expect(coding.encode(value) == bytes)
        #expect(try coding.decode(bytes[...], limits: CBORLimits()) == value)
    }

    @Test func sortsKeysByTheirEncoding() throws {
        let map = CBORMap([
            CBORMap.Pair(.text("b"), .unsigned(1)), CBORMap.Pair(.integer(-1), .unsigned(2)),
            CBORMap.Pair(.unsigned(10), .unsigned(3)), CBORMap.Pair(.unsigned(100), .unsigned(4)),
        ])
        #expect(Hex.encode(coding.encode(.map(map))) == "a40a0318640420026162" + "01")
    }

    @Test(arguments: [
        ("", CBORError.truncated), ("18", .truncated), ("4201", .truncated), ("8201", .truncated),
        ("0000", .trailingBytes), ("1c", .malformed(offset: 0)), ("5f4101ff", .indefiniteLength),
        ("9f01ff", .indefiniteLength), ("ff", .indefiniteLength), ("a201010102", .duplicateKey),
        ("a2616100616100", .duplicateKey), ("a3616200616100616200", .duplicateKey),
        ("a261610078016100", .duplicateKey), ("a2a000a000", .duplicateKey),
        ("62c328", .invalidText), ("61ff", .invalidText),
    ])
    func refusesWhatIsNotOneWellFormedItem(hex: String, expected: CBORError) throws {
        let bytes = try #require(Hex.decode(hex))
        #expect(throws: expected) { try coding.decode(bytes[...], limits: CBORLimits()) }
    }

    /// Lengths that promise far more than there is must neither be believed nor allocate.
    @Test(arguments: [
        "9bffffffffffffffff", "bbffffffffffffffff", "5bffffffffffffffff", "7bffffffffffffffff",
        "9b00000000ffffffff00", "9a7fffffff", "ba7fffffff", "5a7fffffff00",
    ])
    func doesNotBelieveHostileLengths(hex: String) throws {
        let bytes = try #require(Hex.decode(hex))
        #expect(throws: CBORError.self) { try coding.decode(bytes[...], limits: CBORLimits()) }
    }

    @Test func boundsDepthAndNumberOfItems() {
        let deep = [UInt8](repeating: 0x81, count: 100_000) + [0]
        #expect(throws: CBORError.limitExceeded) {
            try coding.decode(deep[...], limits: CBORLimits())
        }
        let tags = [UInt8](repeating: 0xC1, count: 100_000) + [0]
        #expect(throws: CBORError.limitExceeded) {
            try coding.decode(tags[...], limits: CBORLimits())
        }
        let wide = [0x99, 0x20, 0x00] + [UInt8](repeating: 0, count: 0x2000)
        #expect(throws: CBORError.limitExceeded) {
            try coding.decode(wide[...], limits: CBORLimits())
        }
    }

    @Test func randomBytesNeverTrapAndWhatDecodesRoundTrips() throws {
        var generator = SplitMix64(seed: 20_261_123)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard let value = try? coding.decodePrefix(bytes[...], limits: CBORLimits()).value
            else { continue }
            let encoded = coding.encode(value)
            let again = try coding.decode(encoded[...], limits: CBORLimits())
            #expect(coding.encode(again) == encoded)
        }
    }

    @Test func byteStringsAreSlicesOfTheInput() throws {
        let bytes: [UInt8] = [0, 0, 0x42, 7, 8, 0]
        let (value, byteCount) = try coding.decodePrefix(bytes[2...], limits: CBORLimits())
        #expect(byteCount == 3)
        #expect(value.bytesValue?.startIndex == 3)
        #expect(value.bytesValue.map(Array.init) == [7, 8])
    }

    /// Every half-precision number, the subnormal ones included, keeps its value and its form.
    @Test func halfPrecisionNumbersRoundTrip() throws {
        for bits in UInt16.min...UInt16.max {
            let half = Float16(bitPattern: bits)
            guard !half.isNaN else { continue }
            let bytes: [UInt8] = [0xF9, UInt8(bits >> 8), UInt8(bits & 0xFF)]
            let value = try coding.decode(bytes[...], limits: CBORLimits())
            guard value == .double(Double(half)), coding.encode(value) == bytes else {
                Issue.record("half-precision number \(Hex.encode(bytes))")
                return
            }
        }
        #expect(coding.encode(.double(.nan)) == [0xF9, 0x7E, 0x00])
    }

    @Test(arguments: ["a3616200616100616300", "a261610062616100", "a320000100616100"])
    func keysInAnyOrderAreReadWhereTheyDiffer(hex: String) throws {
        let bytes = try #require(Hex.decode(hex))
        let map = try coding.decode(bytes[...], limits: CBORLimits()).mapValue
        #expect(map?.pairs.count == Int(bytes[0] & 31))
    }

    @Test func aKeyThatStandsTwiceInALargeMapIsFound() throws {
        var bytes: [UInt8] = [0xB8, 40]
        for key in 0..<UInt8(39) { bytes += [0x18, 100 + key, 0] }
        let distinct = bytes + [0x18, 99, 0]
        #expect(try coding.decode(distinct[...], limits: CBORLimits()).mapValue?.pairs.count == 40)
        let repeated = bytes + [0x18, 110, 0]
        #expect(throws: CBORError.duplicateKey) {
            try coding.decode(repeated[...], limits: CBORLimits())
        }
        // The same integer in a longer form is the same key.
        let longer: [UInt8] = [0xA2, 0x01, 0x00, 0x18, 0x01, 0x00]
        #expect(throws: CBORError.duplicateKey) {
            try coding.decode(longer[...], limits: CBORLimits())
        }
    }

    @Test func keysAreComparedByTheirBytes() throws {
        // `String` holds the Kelvin sign for a K.
        var bytes: [UInt8] = [0xA2, 0x61, 0x4B, 1, 0x63, 0xE2, 0x84, 0xAA, 2]
        let map = try #require(try coding.decode(bytes[...], limits: CBORLimits()).mapValue)
        #expect(map["K"] == .unsigned(1))
        #expect(map["\u{212A}"] == .unsigned(2))
        // The same in a map of many keys.
        bytes = [0xB8, 26] + bytes.dropFirst()
        for key in 0..<UInt8(24) { bytes += [key, 0] }
        #expect(try coding.decode(bytes[...], limits: CBORLimits()).mapValue?.pairs.count == 26)
    }

    @Test func everyPrefixOfAnItemIsTruncated() throws {
        let item = CBORValue.array([
            .tagged(18, .map(CBORMap([CBORMap.Pair(.integer(-70_000), .bytes([1, 2, 3]))]))),
            .text("\u{20AC}uro"), .double(1.1), .null,
        ])
        let bytes = coding.encode(item)
        #expect(try coding.decode(bytes[...], limits: CBORLimits()) == item)
        for count in 0..<bytes.count {
            #expect(throws: CBORError.truncated) {
                try coding.decode(bytes.prefix(count), limits: CBORLimits())
            }
        }
    }

    @Test func limitsHoldExactly() throws {
        let nested: [UInt8] = [0x81, 0x81, 0x00]
        let accepting = CBORLimits(itemCountMax: 3, depthMax: 2)
        #expect(throws: Never.self) { try coding.decode(nested[...], limits: accepting) }
        for refusing in [
            CBORLimits(itemCountMax: 2, depthMax: 2), CBORLimits(itemCountMax: 3, depthMax: 1),
        ] {
            #expect(throws: CBORError.limitExceeded) {
                try coding.decode(nested[...], limits: refusing)
            }
        }
    }
}
