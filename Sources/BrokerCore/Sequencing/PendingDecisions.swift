/// Which connections wait until the sequencer has decided on what their loop had handed in before.
package struct PendingDecisions: Sendable {
    // What was handed in and is answered in its turn, and how much of it has been.
    private var submittedCount: UInt64 = 0
    private var decidedCount: UInt64 = 0
    // Redaction statements are answered when the content is erased, out of their turn; nobody waits
    // for them, since they change nothing that a new subscription gets in another way.
    private var unordered: Set<Submission.Source> = []
    private var waiting: [(connection: UInt64, count: UInt64)] = []

    /// Makes it for a loop that has handed nothing in.
    package init() {}

    /// The loop hands something in.
    package mutating func submitted(_ submission: Submission) {
        guard let source = submission.source else { return }
        if case .redaction = submission.body {
            unordered.insert(source)
        } else {
            submittedCount += 1
        }
    }

    /// Has a connection wait for what was handed in so far.
    ///
    /// - Returns: whether there is anything to wait for.
    package mutating func wait(for connection: UInt64) -> Bool {
        guard decidedCount < submittedCount else { return false }
        waiting.append((connection, submittedCount))
        return true
    }

    /// The sequencer has answered.
    ///
    /// - Parameter sources: whose answers came.
    /// - Returns: the connections whose wait is over.
    package mutating func decided(_ sources: some Collection<Submission.Source>) -> [UInt64] {
        if unordered.isEmpty {
            decidedCount += UInt64(sources.count)
        } else {
            for source in sources where unordered.remove(source) == nil { decidedCount += 1 }
        }
        let ready = waiting.prefix { $0.count <= decidedCount }.map(\.connection)
        waiting.removeFirst(ready.count)
        return ready
    }
}
