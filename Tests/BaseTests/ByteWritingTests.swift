import Base
import Testing

struct ByteWritingTests {
    @Test func integersStandInNetworkByteOrder() {
        var bytes: [UInt8] = [9]
        bytes.append(bigEndian: UInt8(0xAB))
        bytes.append(bigEndian: UInt16(0x0102))
        bytes.append(bigEndian: UInt32(0xA1B2_C3D4))
        bytes.append(bigEndian: UInt64(0x0102_0304_0506_0708))
        #expect(bytes == [9, 0xAB, 1, 2, 0xA1, 0xB2, 0xC3, 0xD4, 1, 2, 3, 4, 5, 6, 7, 8])
        bytes.replace(at: 1, bigEndian: UInt16(0xFFFE))
        #expect(bytes.prefix(4) == [9, 0xFF, 0xFE, 2])
    }

    @Test func slicesAreComparedByWhatTheyHold() {
        let bytes: [UInt8] = [1, 2, 3, 1, 2, 4]
        #expect(bytes[0..<2].hasSameBytes(as: bytes[3..<5]))
        #expect(!bytes[0..<3].hasSameBytes(as: bytes[3..<6]))
        #expect(!bytes[0..<2].hasSameBytes(as: bytes[3..<6]))
        #expect(bytes[1..<1].hasSameBytes(as: []))
        #expect(!bytes[1..<2].hasSameBytes(as: []))
        let long = (0..<21).map { UInt8($0) }
        for place in long.indices {
            var other = [0] + long
            #expect(long[...].hasSameBytes(as: other[1...]))
            other[1 + place] ^= 1
            #expect(!long[...].hasSameBytes(as: other[1...]))
        }
    }
}
