/// The way into a loop for other threads.
package struct LoopHandle: Sendable {
    let mailbox: Mailbox

    /// Runs `work` on the loop's thread, in the order of the calls of one thread.
    ///
    /// - Returns: false if the loop has ended or more than a million pieces of work wait; then
    ///   `work` will never run.
    @discardableResult
    package func execute(_ work: @escaping @Sendable (Loop) -> Void) -> Bool {
        mailbox.put(work)
    }

    /// Makes the loop end after its current round.
    package func stop() {
        execute { loop in loop.stop() }
    }
}
