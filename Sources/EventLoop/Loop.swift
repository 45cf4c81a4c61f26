package import Base
internal import CLinux
internal import Glibc

/// Waits for descriptors, timers and work from other threads, and runs what they call for.
///
/// Created, used and ended on one thread, which owns everything that is registered. One round:
/// wait, handle readiness, run due timers, run a bounded batch of work from other threads, then
/// flush what was written in this round.
@safe package final class Loop {
    /// Names a registered descriptor.
    package struct Registration: Hashable, Sendable {
        fileprivate let slot: Int
        fileprivate let generation: UInt32

        fileprivate var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
    }

    private struct Slot {
        var generation: UInt32
        var descriptor: Int32
        var handler: (any ReadinessHandler)?
    }

    /// The time at which the current round began.
    package private(set) var now: MonotonicTime
    /// The way into this loop for other threads.
    package let handle: LoopHandle
    /// Where streams read ciphertext and plaintext; used by one of them at a time.
    let scratch: Scratch

    private static let eventCountMax = 256
    private static let workCountMax = 4096

    private let epoll: Descriptor
    private let thread: pthread_t
    private let events: UnsafeMutablePointer<epoll_event>
    private let mailboxToken = UInt64.max
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var timers = TimerQueue()
    private var works: ArraySlice<Mailbox.Work> = []
    private var nextRound: [() -> Void] = []
    private var endOfRound: [() -> Void] = []
    private var endWatchers: [ObjectIdentifier: any ReadinessHandler] = [:]
    private var isStopping = false

    /// Makes a loop that belongs to the calling thread.
    package init() throws(SystemError) {
        epoll = Descriptor(
            takingOwnershipOf: try systemCall("epoll_create1") {
                epoll_create1(Int32(EPOLL_CLOEXEC))
            }
        )
        let mailbox = try Mailbox()
        handle = LoopHandle(mailbox: mailbox)
        thread = pthread_self()
        now = SystemClock.monotonic()
        scratch = Scratch()
        unsafe events = .allocate(capacity: Self.eventCountMax)
        let (number, wakeUp, token) = (epoll.number, mailbox.descriptor.number, mailboxToken)
        try systemCall("epoll_ctl") {
            CLinux_epoll_control(number, EPOLL_CTL_ADD, wakeUp, EPOLLIN.rawValue, token)
        }
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Stops the program if the caller is on another thread.
    package func preconditionOnLoop() {
        precondition(pthread_equal(thread, pthread_self()) != 0, "called off the loop's thread")
    }

    // MARK: - Running

    /// Runs rounds until ``stop()``; then ends all handlers and drops timers and work.
    package func run() {
        preconditionOnLoop()
        while !isStopping { round() }
        for work in works + handle.mailbox.close() { work(self) }
        works = []
        for position in slots.indices { slots[position].handler?.loopEnded() }
        for watcher in Array(endWatchers.values) { watcher.loopEnded() }
        endWatchers = [:]
        slots = []
        freeSlots = []
        timers = TimerQueue()
        let postponed = nextRound
        nextRound = []
        for action in postponed { action() }
        nextRound = []
        endOfRound = []
    }

    /// Ends ``run()`` after the current round.
    package func stop() {
        preconditionOnLoop()
        isStopping = true
    }

    private func round() {
        let count = wait()
        now = SystemClock.monotonic()
        for position in 0..<count {
            let token = unsafe CLinux_epoll_token(&events[position])
            if token == mailboxToken {
                works += handle.mailbox.take()
            } else {
                dispatch(token, Readiness(rawValue: unsafe events[position].events))
            }
        }
        while let action = timers.popDue(at: now) { action() }
        let postponed = nextRound
        nextRound = []
        for action in postponed { action() }
        for work in works.prefix(Self.workCountMax) { work(self) }
        works = works.dropFirst(Self.workCountMax)
        // What a flush writes anew waits for the next round, so that no stream keeps the loop busy.
        let flushes = endOfRound
        endOfRound = []
        for flush in flushes { flush() }
    }

    private func wait() -> Int {
        var timeout: Int32 = -1
        if !works.isEmpty || !nextRound.isEmpty || !endOfRound.isEmpty {
            timeout = 0
        } else if let deadline = timers.nextDeadline {
            let current = SystemClock.monotonic()
            let rest = deadline > current ? deadline.nanoseconds - current.nanoseconds : 0
            timeout = Int32(clamping: (rest + 999_999) / 1_000_000)
        }
        let count = unsafe epoll_wait(epoll.number, events, Int32(Self.eventCountMax), timeout)
        precondition(count >= 0 || errno == EINTR, "epoll_wait failed: \(errno)")
        return Int(max(0, count))
    }

    private func dispatch(_ token: UInt64, _ readiness: Readiness) {
        let slot = Int(token & 0xFFFF_FFFF)
        // The slot may have been freed, and used again, by an earlier event of this round.
        guard slot < slots.count, slots[slot].generation == UInt32(token >> 32) else { return }
        slots[slot].handler?.ready(readiness)
    }

    // MARK: - Descriptors

    /// Calls `handler` whenever `descriptor` is ready as `interest` says.
    ///
    /// The loop keeps the handler alive until ``deregister(_:)``.
    package func register(
        _ descriptor: Int32,
        interest: Readiness,
        handler: any ReadinessHandler
    ) throws(SystemError) -> Registration {
        preconditionOnLoop()
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count {
            slots.append(Slot(generation: 0, descriptor: -1, handler: nil))
        }
        let registration = Registration(slot: slot, generation: slots[slot].generation)
        do throws(SystemError) {
            try control(EPOLL_CTL_ADD, descriptor, interest, registration)
        } catch {
            freeSlots.append(slot)
            throw error
        }
        slots[slot].descriptor = descriptor
        slots[slot].handler = handler
        return registration
    }

    /// Changes what a descriptor is watched for.
    package func update(_ registration: Registration, interest: Readiness) {
        preconditionOnLoop()
        guard isLive(registration) else { return }
        do throws(SystemError) {
            try control(EPOLL_CTL_MOD, slots[registration.slot].descriptor, interest, registration)
        } catch {
            preconditionFailure("a registered descriptor is unknown to epoll: \(error.message)")
        }
    }

    /// Forgets a descriptor; must be called before it is closed.
    package func deregister(_ registration: Registration) {
        preconditionOnLoop()
        guard isLive(registration) else { return }
        let slot = registration.slot
        try? control(EPOLL_CTL_DEL, slots[slot].descriptor, [], registration)
        slots[slot].handler = nil
        slots[slot].descriptor = -1
        slots[slot].generation &+= 1
        freeSlots.append(slot)
    }

    private func isLive(_ registration: Registration) -> Bool {
        registration.slot < slots.count
            && slots[registration.slot].generation == registration.generation
            && slots[registration.slot].handler != nil
    }

    private func control(
        _ operation: Int32,
        _ descriptor: Int32,
        _ interest: Readiness,
        _ registration: Registration
    ) throws(SystemError) {
        let number = epoll.number
        try systemCall("epoll_ctl") {
            CLinux_epoll_control(
                number,
                operation,
                descriptor,
                interest.rawValue,
                registration.token
            )
        }
    }

    /// Tells `handler` when the loop ends even while it has no registered descriptor.
    func watchEnd(_ handler: any ReadinessHandler) {
        preconditionOnLoop()
        endWatchers[ObjectIdentifier(handler)] = handler
    }

    /// Ends what ``watchEnd(_:)`` began.
    func unwatchEnd(_ handler: any ReadinessHandler) {
        preconditionOnLoop()
        endWatchers[ObjectIdentifier(handler)] = nil
    }

    // MARK: - Timers and rounds

    /// Runs `action` at `deadline` or soon after.
    package func schedule(
        at deadline: MonotonicTime,
        _ action: @escaping () -> Void
    ) -> TimerToken {
        preconditionOnLoop()
        return timers.schedule(at: deadline, action)
    }

    /// Cancels a timer; does nothing if it has run.
    package func cancel(_ token: TimerToken) {
        preconditionOnLoop()
        timers.cancel(token)
    }

    /// Runs `action` in the next round, which then does not wait.
    package func performNextRound(_ action: @escaping () -> Void) {
        preconditionOnLoop()
        nextRound.append(action)
    }

    /// Runs `action` when the current round ends.
    package func performAtEndOfRound(_ action: @escaping () -> Void) {
        preconditionOnLoop()
        endOfRound.append(action)
    }
}
