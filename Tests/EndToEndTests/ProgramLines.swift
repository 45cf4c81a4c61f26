import Foundation
import Synchronization

/// What a program says, read by a thread of its own until it has ended.
///
/// Not by a readability handler: libdispatch crashes at times when the handle of one is closed.
final class ProgramLines: Sendable {
    private struct State {
        var text = ""
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let condition = NSCondition()

    /// Begins to read.
    init(_ handle: FileHandle) {
        let source = Source(handle: handle)
        Thread.detachNewThread { [self] in
            while true {
                let data = source.handle.availableData
                guard !data.isEmpty else { break }
                take { $0.text += String(decoding: data, as: UTF8.self) }
            }
            take { $0.hasEnded = true }
        }
    }

    // Used by the thread alone.
    private struct Source: @unchecked Sendable {
        let handle: FileHandle
    }

    /// All that it has said so far.
    var text: String { state.withLock { $0.text } }

    /// Waits until it has said something.
    ///
    /// - Parameters:
    ///   - words: what to wait for.
    ///   - seconds: how long.
    /// - Returns: whether it has; false also when it has ended.
    func wait(for words: String, seconds: TimeInterval) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while true {
                let (hasSaid, hasEnded) = state.withLock { ($0.text.contains(words), $0.hasEnded) }
                if hasSaid || hasEnded { return hasSaid }
                guard condition.wait(until: end) else { return false }
            }
        }
    }

    private func take(_ change: (inout State) -> Void) {
        condition.withLock {
            state.withLock { change(&$0) }
            condition.broadcast()
        }
    }
}
