import Synchronization

extension AlertTracker {
    // Between two looks; the log is asked only when it has grown, once a second at most.
    private static let lookMilliseconds = 100
    private static let looksPerRequest = 10
    // A broker that is away is asked again after 2 s, then after twice as long, up to 32 s.
    private static let requestsPausedMax = 32

    /// Goes on following the alert, live: asks again when the log has grown, once a second at most.
    ///
    /// A broker that has answered once may be away for a while: it is asked again.
    ///
    /// - Parameters:
    ///   - client: a connection of the same profile, over which the broker tells that it has.
    ///   - body: gets what has become of the alert, at first and whenever that changes, also by
    ///     the passing of a deadline; false ends it.
    /// - Throws: ``AvisoError`` of a connection that has ended for good, or of an answer that does
    ///   not hold.
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
            var (paused, pause) = (0, 0)
            while true {
                if look % Self.looksPerRequest == 0 {
                    paused = max(0, paused - 1)
                    if paused == 0, size.load(ordering: .relaxed) > readCount {
                        do throws(AvisoError) {
                            try update()
                            pause = 0
                        } catch {
                            guard error.isRetryable else { throw error }
                            pause = min(Self.requestsPausedMax, max(2, pause * 2))
                            paused = pause
                        }
                    }
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
