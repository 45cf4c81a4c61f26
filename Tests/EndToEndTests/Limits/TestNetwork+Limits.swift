import Foundation
import Testing

extension TestNetwork {
    /// Waits until the metrics say that a limit was reached so often, 20 s at most.
    ///
    /// A connection can end a moment before the refusal is counted that ended it.
    func expectReached(_ limit: String, _ count: Int) throws {
        let name = "aviso_limit_reached_total{limit=\"\(limit)\"}"
        let end = ContinuousClock.now + .seconds(20)
        var last = try metrics()[name]
        while last != count, ContinuousClock.now < end { last = try metrics()[name] }
        #expect(last == count, "\(limit)")
    }

    /// Waits until the metrics say that a limit was reached, 20 s at most.
    func expectReached(_ limit: String) throws {
        let name = "aviso_limit_reached_total{limit=\"\(limit)\"}"
        let end = ContinuousClock.now + .seconds(20)
        while try metrics()[name] == 0, ContinuousClock.now < end {}
        #expect(try metrics()[name] ?? 0 > 0, "\(limit)")
    }
}
