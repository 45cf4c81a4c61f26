import Base
import CBOR
import COSE
import Testing

struct CBORWriterTests {
    private let coding = LibCBOR()

    @Test(arguments: [
        0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, UInt64.max,
    ])
    func headsAreTheShortest(_ number: UInt64) throws {
        var writer = CBORWriter(byteCount: 0, using: coding)
        writer.unsigned(number)
        writer.tag(number)
        #expect(
            try coding.decodePrefix(writer.bytes[...], limits: CBORLimits()).value
                == .unsigned(number)
        )
        let byteCount =
            switch number {
            case 0..<24: 1
            case ..<256: 2
            case ..<65_536: 3
            case ..<4_294_967_296: 5
            default: 9
            }
        #expect(writer.bytes.count == 2 * byteCount)
        #expect(writer.bytes.prefix(byteCount).elementsEqual(coding.encode(.unsigned(number))))
    }

    @Test func whatIsWrittenIsWhatATreeOfValuesGives() {
        let digest = Digest(word0: 1, word1: 2, word2: 3, word3: 4)
        let text = String(repeating: "á", count: 200)
        var writer = CBORWriter(byteCount: 16, using: coding)
        writer.tag(18)
        writer.array(6)
        writer.map(2)
        writer.integer(-1)
        writer.integer(395)
        writer.text("a")
        writer.null()
        writer.byteString(digest)
        writer.byteString([UInt8](repeating: 7, count: 300))
        writer.byteString([])
        writer.text(text)
        writer.value(.array([.boolean(true), .undefined, .double(1.5)]))
        let map = CBORMap([
            CBORMap.Pair(.integer(-1), .integer(395)), CBORMap.Pair(.text("a"), .null),
        ])
        let value = CBORValue.tagged(
            18,
            .array([
                .map(map), .bytes(digest.bytes), .bytes([UInt8](repeating: 7, count: 300)),
                .bytes([]), .text(text), .array([.boolean(true), .undefined, .double(1.5)]),
            ])
        )
        #expect(writer.bytes == coding.encode(value))
    }
}
