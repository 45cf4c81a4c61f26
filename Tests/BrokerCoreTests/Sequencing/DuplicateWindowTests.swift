import Base
import Testing

@testable import BrokerCore

@Suite struct DuplicateWindowTests {
    @Test func remembersUntilAnAlertIsTooOldToBeReplayed() {
        var window = DuplicateWindow(ageMaxMilliseconds: 3_600_000)
        let issued = WallTime(milliseconds: 1_000_000_000)
        let alert = UUID(high: 1, low: 2)
        window.insert(alert, issuedAt: issued, index: 7, statementDigest: .zero)
        #expect(window.sighting(of: alert)?.index == 7)
        window.prune(now: issued.adding(milliseconds: 3_600_000))
        #expect(window.sighting(of: alert) != nil)
        window.prune(now: issued.adding(milliseconds: 3_720_000))
        #expect(window.sighting(of: alert) == nil)
        #expect(window.count == 0)
    }

    @Test func isBoundedByTimeWhateverTheNumber() {
        var window = DuplicateWindow(ageMaxMilliseconds: 600_000)
        for index in UInt64(0)..<10_000 {
            let time = WallTime(milliseconds: 1_000_000_000 + index * 1000)
            let alert = UUID(high: index, low: 0)
            window.insert(alert, issuedAt: time, index: index, statementDigest: .zero)
            window.prune(now: time)
            // The span of a page and the pause between two looks come on top.
            #expect(window.count <= 600 + 60 + 60 + 1)
        }
        #expect(window.count >= 600)
    }

    @Test func remembersEveryAlertInFewBytesAndNamesFewOthers() throws {
        var window = DuplicateWindow(ageMaxMilliseconds: 86_400_000, seed: 7)
        let issued = WallTime(milliseconds: 1_000_000_000)
        func alert(_ number: UInt64) -> UUID {
            UUID(version7At: issued, random: (number & 0xFFF, number))
        }
        let count: UInt64 = 200_000
        for number in 0..<count {
            window.insert(
                alert(number),
                issuedAt: issued,
                index: number * 3 + 1,
                statementDigest: .zero
            )
        }
        #expect(window.count == Int(count))
        var falseCount = 0
        for number in 0..<count {
            let index = number * 3 + 1
            if number >= count - UInt64(DuplicateWindow.freshCountMax) {
                #expect(window.sighting(of: alert(number))?.index == index)
            } else {
                let candidates = window.candidates(for: alert(number))
                #expect(candidates.contains(index))
                falseCount += candidates.count - 1
            }
        }
        for number in count..<(2 * count) {
            falseCount += window.candidates(for: alert(number)).count
        }
        #expect(falseCount < 5, "each false one costs a read")
        var bytes: [UInt8] = []
        for page in window.pages { page.append(to: &bytes) }
        #expect(bytes.count < Int(count) * 20)
    }

    @Test func aPageIsReadBackAsItWasAndNothingElseIsOne() throws {
        let issued = WallTime(milliseconds: 5)
        var page = DuplicatePage(issuedAt: issued, index: 100)
        for number in UInt64(0)..<2000 {
            page.insert(
                number &* 0x9E37_79B9_7F4A_7C15,
                issuedAt: WallTime(milliseconds: number),
                index: 100 + number * number
            )
        }
        #expect(!page.hasRoom(for: 99) && !page.hasRoom(for: 100 + 1 << 24))
        var bytes: [UInt8] = []
        page.append(to: &bytes)
        let again = try #require(DuplicatePage(bytes[...]))
        #expect(again.count == 2000 && again.newest == WallTime(milliseconds: 1999))
        for number in UInt64(0)..<2000 {
            var candidates: [UInt64] = []
            again.collect(number &* 0x9E37_79B9_7F4A_7C15, into: &candidates)
            #expect(candidates == [100 + number * number])
        }
        for count in [0, 8, 23, 24, 32, bytes.count / 2, bytes.count - 1, bytes.count - 8] {
            #expect(DuplicatePage(bytes.prefix(count)) == nil, "\(count)")
        }
        // A table without a free place would be searched for ever.
        let full = bytes.prefix(24) + [UInt8](repeating: 1, count: 1024 * 8)
        #expect(DuplicatePage(full[...]) == nil)
    }
}
