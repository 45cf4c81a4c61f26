import Alerts
import Base
import EventLoop
import MerkleLog

/// Whether alerts that came without their contents were erased by order.
///
/// That a content is gone is the broker's word alone until an order is seen: signed by an operator
/// of the directory, for this alert, and in the tree of a checkpoint, where auditors see it too.
struct ErasureProof {
    private let server: LogServer
    private let profile: AvisoProfile

    init(server: LogServer, profile: AvisoProfile) {
        self.server = server
        self.profile = profile
    }

    /// Finds the orders of alerts, and proves that they stand in the log.
    ///
    /// - Parameter alerts: the alerts that came without their contents.
    /// - Returns: the indexes of those that an order erases.
    /// - Throws: ``AvisoError``: no answer, or an order that is not in the tree.
    func ordered(_ alerts: [AvisoClient.KeptAlert]) async throws -> Set<UInt64> {
        guard let first = alerts.map(\.index).min() else { return [] }
        let names = Dictionary(alerts.map { ($0.index, $0.alert) }, uniquingKeysWith: { $1 })
        var waiting = try orders(from: first) { names[$0] == $1 }
        var proved: Set<UInt64> = []
        // An order may be newer than the checkpoint that witnesses have cosigned so far.
        let end = SystemClock.monotonic().adding(seconds: AvisoProfile.cosigningSecondsMax)
        while !waiting.isEmpty {
            let inclusion = try EntryInclusion(server, profile)
            for order in waiting where try inclusion.holds(order.entry, at: order.index) {
                proved.insert(order.subject)
            }
            waiting.removeAll { proved.contains($0.subject) }
            guard !waiting.isEmpty, SystemClock.monotonic() < end else { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        return proved
    }

    private struct Order {
        let index: UInt64
        let subject: UInt64
        let entry: [UInt8]
    }

    private func orders(
        from start: UInt64,
        where isWanted: (UInt64, String) -> Bool
    ) throws(AvisoError) -> [Order] {
        var orders: [Order] = []
        var reader = ExtractReader(server, path: "/statements", from: start)
        try reader.readOn { item throws(AvisoError) in
            guard case .entry(let index, let bytes) = item else { return }
            let statement = try profile.loggedStatement(bytes, index: index)
            guard case .redaction(let draft, _, isVerified: true) = statement,
                draft.act == .order, isWanted(draft.index, draft.alert.urn)
            else { return }
            orders.append(Order(index: index, subject: draft.index, entry: bytes))
        }
        return orders
    }
}
