internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread with a loop and the state that lives on it: a shard.
///
/// The state is made on the thread and never leaves it; other threads send it work.
package final class LoopThread<State>: Sendable {
    /// The loop's own way in, for work that needs no state.
    package let handle: LoopHandle

    private let bound: LoopBound<State>
    // Nil once the thread was joined.
    private let thread: Mutex<pthread_t?>

    /// Starts a thread, makes its loop and state and runs them.
    ///
    /// - Parameters:
    ///   - name: what the operating system shows; cut to 15 bytes.
    ///   - makeState: makes the state on the new thread.
    /// - Returns: the running thread.
    /// - Throws: what `makeState` throws, or a ``SystemError``; the thread is then gone.
    package static func start(
        name: String,
        _ makeState: @escaping @Sendable (Loop) throws -> State
    ) throws -> LoopThread<State> {
        let start = try ThreadStart(name: name, makeState)
        let descriptor = start.isDone.number
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(start as ThreadBody).toOpaque()
        let code = unsafe pthread_create(&thread, nil, threadEntry, argument)
        guard code == 0 else {
            unsafe Unmanaged<ThreadBody>.fromOpaque(argument).release()
            throw SystemError(call: "pthread_create", number: code)
        }
        var count: eventfd_t = 0
        try systemCall("eventfd_read") { unsafe eventfd_read(descriptor, &count) }
        let outcome = start.outcome.withLock { $0 }
        switch outcome {
        case .success(let (handle, bound)):
            return LoopThread(handle: handle, bound: bound, thread: thread)
        case .failure(let error):
            pthread_join(thread, nil)
            throw error
        case nil:
            preconditionFailure("the thread reported a start without an outcome")
        }
    }

    private init(handle: LoopHandle, bound: LoopBound<State>, thread: pthread_t) {
        self.handle = handle
        self.bound = bound
        self.thread = Mutex(thread)
    }

    /// Runs `work` with the state on the loop's thread, in the order of the calls of one thread.
    ///
    /// - Returns: false if the loop has ended or its mailbox is full; then `work` will never run.
    @discardableResult
    package func execute(_ work: @escaping @Sendable (State) -> Void) -> Bool {
        let bound = bound
        return handle.execute { loop in
            if let state = bound.value(on: loop) { work(state) }
        }
    }

    /// Makes the loop end: all its descriptors are closed and its state is dropped.
    package func stop() {
        handle.stop()
    }

    /// Waits until the thread has ended; to be called from another thread, after ``stop()``.
    package func join() {
        let ended = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let ended { pthread_join(ended, nil) }
    }
}

/// What a new thread runs.
private class ThreadBody {
    func run() {}
}

private final class ThreadStart<State>: ThreadBody {
    typealias Outcome = Result<(LoopHandle, LoopBound<State>), any Error>

    let outcome = Mutex<Outcome?>(nil)
    let isDone: Descriptor
    private let name: String
    private let makeState: @Sendable (Loop) throws -> State

    init(name: String, _ makeState: @escaping @Sendable (Loop) throws -> State) throws(SystemError)
    {
        isDone = Descriptor(
            takingOwnershipOf: try systemCall("eventfd") { eventfd(0, Int32(EFD_CLOEXEC)) }
        )
        self.name = name
        self.makeState = makeState
    }

    override func run() {
        unsafe CLinux_set_thread_name(String(name.utf8.prefix(15)))
        do {
            let loop = try Loop()
            let bound = LoopBound(try makeState(loop), on: loop)
            report(.success((loop.handle, bound)))
            loop.run()
            bound.release(on: loop)
        } catch {
            report(.failure(error))
        }
    }

    private func report(_ result: Outcome) {
        outcome.withLock { $0 = result }
        eventfd_write(isDone.number, 1)
    }
}

private func threadEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
