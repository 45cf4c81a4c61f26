import Base
import CBOR
import COSE
import MerkleLog
import Testing

/// The answer that tells a reader what concerns it.
@Suite struct LogExtractTests {
    private static let coding = LibCBOR()

    private static func report(_ index: UInt64) -> LogExtract.Item {
        .report(
            DeliveryReport(
                index: index,
                time: WallTime(milliseconds: 1_790_000_000_123),
                act: .delivered,
                station: "urn:aviso:agency:MX:FGR:station-1"
            )
        )
    }

    private static let extract = LogExtract(
        size: 40,
        next: 30,
        items: [.entry(index: 12, [1, 2, 3]), report(20), report(20)]
    )

    private func read(_ extract: LogExtract, from start: UInt64) -> LogExtract? {
        LogExtract(decoding: extract.encode(using: Self.coding), from: start, using: Self.coding)
    }

    @Test func itComesBack() {
        #expect(read(Self.extract, from: 12) == Self.extract)
        #expect(!Self.extract.isLast)
        let end = LogExtract(size: 40, next: 40, items: [])
        #expect(read(end, from: 40) == end)
        #expect(end.isLast)
    }

    @Test func whatWasNotAskedForIsNone() {
        // Its items begin earlier, or it makes no way.
        #expect(read(Self.extract, from: 13) == nil)
        #expect(read(Self.extract, from: 30) == nil)
        #expect(read(LogExtract(size: 40, next: 12, items: []), from: 12) == nil)
        #expect(read(LogExtract(size: 10, next: 12, items: []), from: 3) == nil)
        #expect(read(LogExtract(size: 10, next: 10, items: []), from: 11) == nil)
        let backwards = [Self.report(20), Self.report(19)]
        #expect(read(LogExtract(size: 40, next: 30, items: backwards), from: 0) == nil)
        #expect(read(LogExtract(size: 40, next: 20, items: [Self.report(20)]), from: 0) == nil)
        let many = (0...LogExtract.itemCountMax).map { Self.report(UInt64($0)) }
        #expect(read(LogExtract(size: 4000, next: 4000, items: many), from: 0) == nil)
        let full = Array(many.dropLast())
        let largest = LogExtract(size: 4000, next: 4000, items: full)
        #expect(read(largest, from: 0) == largest)
    }

    @Test func otherShapesAreNone() {
        func pair(_ name: String, _ value: CBORValue) -> CBORMap.Pair { .init(.text(name), value) }
        let head = [pair("size", .unsigned(9)), pair("next", .unsigned(9))]
        let items: [CBORValue] = [
            .array([]), .array([.text("x"), .bytes([1])]), .array([.unsigned(1), .text("x")]),
            .array([.unsigned(1), .unsigned(2), .text("eaten"), .text("x")]),
            .array([.unsigned(1), .unsigned(2), .text("delivered"), .bytes([1])]),
            .array([
                .unsigned(1), .unsigned(2), .text("delivered"),
                .text(String(repeating: "x", count: 257)),
            ]), .unsigned(1),
        ]
        for item in items {
            let map = CBORMap(
                head + [pair("version", .unsigned(1)), pair("items", .array([item]))]
            )
            let bytes = Self.coding.encode(.map(map))
            #expect(LogExtract(decoding: bytes, from: 0, using: Self.coding) == nil, "\(item)")
        }
        for other in [CBORValue.unsigned(2), .text("1")] {
            let map = CBORMap(head + [pair("version", other), pair("items", .array([]))])
            let bytes = Self.coding.encode(.map(map))
            #expect(LogExtract(decoding: bytes, from: 0, using: Self.coding) == nil)
        }
    }
}
