internal import CLinux
internal import Glibc
internal import Synchronization

/// Work that other threads hand to a loop; the only way into it.
///
/// An eventfd wakes the loop, and only for the first piece of work since it last looked.
final class Mailbox: Sendable {
    /// Above this, work is refused: senders have their own, smaller bounds.
    static let countMax = 1 << 20

    typealias Work = @Sendable (Loop) -> Void

    private struct State {
        var works: [Work] = []
        var isWakePending = false
        var isClosed = false
    }

    /// Becomes readable when there is work.
    let descriptor: Descriptor
    private let state = Mutex(State())

    init() throws(SystemError) {
        descriptor = Descriptor(
            takingOwnershipOf: try systemCall("eventfd") {
                eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            }
        )
    }

    /// Queues work.
    ///
    /// - Returns: false if the loop has ended or the mailbox is full; then it will not be run.
    func put(_ work: @escaping Work) -> Bool {
        let (isAccepted, needsWake) = state.withLock { state in
            guard !state.isClosed, state.works.count < Self.countMax else { return (false, false) }
            state.works.append(work)
            defer { state.isWakePending = true }
            return (true, !state.isWakePending)
        }
        if needsWake { eventfd_write(descriptor.number, 1) }
        return isAccepted
    }

    /// Takes all work out; called by the loop.
    func take() -> [Work] {
        state.withLock { state in
            if state.isWakePending {
                var count: eventfd_t = 0
                unsafe eventfd_read(descriptor.number, &count)
                state.isWakePending = false
            }
            defer { state.works = [] }
            return state.works
        }
    }

    /// Refuses further work and returns what is left.
    func close() -> [Work] {
        state.withLock { $0.isClosed = true }
        return take()
    }
}
