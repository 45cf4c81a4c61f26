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
            #expect(window.count <= 660)
        }
    }
}
