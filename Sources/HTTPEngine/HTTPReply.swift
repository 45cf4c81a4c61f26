internal import Glibc
internal import Synchronization

/// The way to answer a request later, from any thread.
package final class HTTPReply: Sendable {
    private let exchange: UInt64
    private let inbox: HTTPInbox

    init(exchange: UInt64, inbox: HTTPInbox) {
        self.exchange = exchange
        self.inbox = inbox
    }

    /// Answers the request.
    ///
    /// Only the first answer counts, and none if the client has gone or the server has
    /// given it up.
    package func send(_ response: HTTPResponse) {
        inbox.put(exchange, response)
    }
}

/// What other threads hand to the server's thread, which a pipe wakes.
final class HTTPInbox: Sendable {
    private struct State {
        var answers: [(exchange: UInt64, response: HTTPResponse)] = []
        // The end of the pipe that the loop does not read; nil once the server stops.
        var wakeDescriptor: Int32?
    }

    private let state: Mutex<State>

    /// Takes over the writing end of the loop's pipe.
    init(wakeDescriptor: Int32) {
        state = Mutex(State(wakeDescriptor: wakeDescriptor))
    }

    deinit {
        close()
    }

    /// Hands over an answer; one that comes after the end is dropped.
    func put(_ exchange: UInt64, _ response: HTTPResponse) {
        state.withLock { state in
            guard let descriptor = state.wakeDescriptor else { return }
            state.answers.append((exchange, response))
            guard state.answers.count == 1 else { return }
            var byte: UInt8 = 1
            // At most one byte is in the pipe for each look of the loop, so that it has room.
            unsafe _ = write(descriptor, &byte, 1)
        }
    }

    /// Takes all answers out; called by the loop when the pipe has woken it.
    func take() -> [(exchange: UInt64, response: HTTPResponse)] {
        state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    /// Ends the pipe, which ends the loop; the answers that are there already still go out.
    func close() {
        state.withLock { state in
            if let descriptor = state.wakeDescriptor { _ = Glibc.close(descriptor) }
            state.wakeDescriptor = nil
        }
    }
}
