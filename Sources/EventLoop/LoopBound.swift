/// Carries something of a loop's thread through other threads, which cannot touch it.
///
/// So a resolver or a sequencer can send an answer back to the stream or the shard that asked.
@safe package final class LoopBound<Value>: Sendable {
    // Read and written on the loop's thread only: `value(on:)` and `release(on:)` demand the loop,
    // which is not Sendable, and compare it.
    nonisolated(unsafe) private var stored: Value?
    // Compared, never dereferenced.
    private let loopIdentity: ObjectIdentifier

    /// Binds a value to a loop; called on the loop's thread.
    package init(_ value: Value, on loop: Loop) {
        loop.preconditionOnLoop()
        unsafe stored = value
        loopIdentity = ObjectIdentifier(loop)
    }

    /// The value, or nil after ``release(on:)``.
    package func value(on loop: Loop) -> Value? {
        check(loop)
        return unsafe stored
    }

    /// Drops the value, so that the last thread to forget this object does not destroy it.
    package func release(on loop: Loop) {
        check(loop)
        unsafe stored = nil
    }

    private func check(_ loop: Loop) {
        precondition(ObjectIdentifier(loop) == loopIdentity, "used with another loop")
        loop.preconditionOnLoop()
    }
}
