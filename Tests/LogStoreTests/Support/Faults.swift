import Glibc
import Synchronization

@testable import LogStore

/// Makes one of the calls that change something fail, counted from the time of arming.
final class Faults: Sendable {
    /// How a call fails.
    enum Mode: CaseIterable {
        /// Nothing was done.
        case notDone
        /// All of it was done, and failure reported.
        case done
        /// Half of a write was done; for other calls as ``notDone``.
        case half
    }

    private struct State {
        var count = 0
        var calls: [String] = []
        var step: Int?
        var mode = Mode.notDone
        var errorNumber = EIO
    }

    private let state = Mutex(State())

    /// Lets the call after `step` others fail.
    func arm(step: Int, mode: Mode, errorNumber: Int32 = EIO) {
        state.withLock {
            $0.count = 0
            $0.calls = []
            $0.step = step
            $0.mode = mode
            $0.errorNumber = errorNumber
        }
    }

    func disarm() {
        state.withLock { $0.step = nil }
    }

    /// The calls since arming.
    var calls: [String] { state.withLock { $0.calls } }

    /// Whether the armed call has failed.
    var hasStruck: Bool { state.withLock { state in state.step.map { state.count > $0 } ?? false } }

    private func next(_ call: String) -> (mode: Mode, errorNumber: Int32)? {
        state.withLock { state in
            defer { state.count += 1 }
            state.calls.append(call)
            return state.count == state.step ? (state.mode, state.errorNumber) : nil
        }
    }

    private func run<Result>(
        _ call: String,
        _ half: (() throws(FileFailure) -> Void)? = nil,
        _ body: () throws(FileFailure) -> Result
    ) throws(FileFailure) -> Result {
        guard let fault = next(call) else { return try body() }
        switch fault.mode {
        case .notDone: break
        case .done: _ = try body()
        case .half: try half?()
        }
        throw FileFailure(call: call, fault.errorNumber)
    }

    var operations: FileOperations {
        let system = FileOperations.system
        return FileOperations(
            make: { path throws(FileFailure) in
                try self.run("make") { () throws(FileFailure) in try system.make(path) }
            },
            reserve: { descriptor, count throws(FileFailure) in
                try self.run("reserve") { () throws(FileFailure) in
                    try system.reserve(descriptor, min(count, 1 << 16))
                }
            },
            write: { descriptor, bytes, offset throws(FileFailure) in
                try self.run(
                    "write",
                    { () throws(FileFailure) in
                        try system.write(descriptor, bytes.prefix(bytes.count / 2), offset)
                    },
                    { () throws(FileFailure) in try system.write(descriptor, bytes, offset) }
                )
            },
            truncate: { descriptor, count throws(FileFailure) in
                try self.run("truncate") { () throws(FileFailure) in
                    try system.truncate(descriptor, count)
                }
            },
            // Tests that end a process, not a machine, need no disk to be waited for.
            sync: { _ throws(FileFailure) in
                try self.run("sync") { () throws(FileFailure) in }
            },
            syncFolder: { _ throws(FileFailure) in
                try self.run("syncFolder") { () throws(FileFailure) in }
            },
            rename: { path, newPath throws(FileFailure) in
                try self.run("rename") { () throws(FileFailure) in
                    try system.rename(path, newPath)
                }
            },
            freeByteCount: { path throws(FileFailure) in
                try self.run("freeByteCount") { () throws(FileFailure) in
                    try system.freeByteCount(path)
                }
            },
            remove: { path throws(FileFailure) in
                try self.run("remove") { () throws(FileFailure) in try system.remove(path) }
            }
        )
    }
}
