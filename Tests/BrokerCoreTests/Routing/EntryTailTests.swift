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

    @Test func whatIsForgottenIsReadFromTheLog() {
        var tail = EntryTail(byteCountMax: 100_000)
        func append(_ index: UInt64) {
            tail.append(CommittedEntry(index: index, typeName: "alert", bytes: [1], alert: nil))
        }
        for index in UInt64(5)..<20 { append(index) }
        tail.forget(through: 2)
        #expect(tail.firstIndex == 5)
        tail.forget(through: 9)
        #expect(tail.firstIndex == 10)
        #expect(tail[9] == nil)
        #expect(tail[10]?.index == 10)
        #expect(tail[19]?.index == 19)
        append(20)
        #expect(tail[20]?.index == 20)
        tail.forget(through: 100)
        #expect(tail.firstIndex == nil)
        append(21)
        #expect(tail[21]?.index == 21)
    }

    @Test func isEmptyAtFirst() {
        let tail = EntryTail(byteCountMax: 1)
        #expect(tail.firstIndex == nil)
        #expect(tail[0] == nil)
    }
}
