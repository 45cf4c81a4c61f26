import Testing

@testable import BrokerCore

@Suite struct EntryTailTests {
    @Test func keepsTheLatestWithinItsBytes() {
        var tail = EntryTail(byteCountMax: 10_000)
        for index in UInt64(0)..<1_000 {
            let bytes = [UInt8](repeating: 1, count: 100)
            tail.append(
                CommittedEntry(index: index, typeName: "alert", bytes: bytes[...], alert: nil)
            )
        }
        let first = 1_000 - UInt64(10_000 / 228)
        #expect(tail.firstIndex == first)
        #expect(tail[first - 1] == nil)
        #expect(tail[first]?.index == first)
        #expect(tail[999]?.index == 999)
        #expect(tail[1_000] == nil)
    }

    @Test func isEmptyAtFirst() {
        let tail = EntryTail(byteCountMax: 1)
        #expect(tail.firstIndex == nil)
        #expect(tail[0] == nil)
    }
}
