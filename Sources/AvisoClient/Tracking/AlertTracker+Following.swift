import Synchronization

extension AlertTracker {
    // Between two looks; the log is asked only when it has grown, once a second at most.
    private static let lookMilliseconds = 100
    private static let looksPerRequest = 10

    /// Goes on following the alert, live: asks again when the log has grown, once a second at most.
    ///
    /// - Parameters:
    ///   - client: a connection of the same profile, over which the broker tells that it has.
    ///   - body: gets what has become of the alert, at first and whenever that changes, also by
    ///     the passing of a deadline; false ends it.
    /// - Throws: ``AvisoError`` of the connection or an answer that does not hold.
    public func follow(
        _ client: AvisoClient,
        _ body: (TrackedAlert) throws -> Bool
    ) async throws {
        try update()
        let size = Atomic<UInt64>(0)
        let failure = Mutex<AvisoError?>(nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { @Sendable in
                do {
                    for try await checkpoint in try await client.checkpoints() {
                        size.store(checkpoint.size, ordering: .relaxed)
                    }
                } catch let error as AvisoError {
                    failure.withLock { $0 = error }
                }
            }
            defer { group.cancelAll() }
            var told: TrackedAlert?
            var look = 0
            while true {
                if look % Self.looksPerRequest == 0 {
                    if size.load(ordering: .relaxed) > readCount { try update() }
                    let alert = alert
                    if alert != told, try !body(alert) { return }
                    told = alert
                }
                look += 1
                if let error = failure.withLock({ $0 }) { throw error }
                try await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
            }
        }
    }
}
