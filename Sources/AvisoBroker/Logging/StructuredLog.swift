package import Base
internal import EventLoop
internal import Glibc
internal import Synchronization

/// The daemon's own log: one line per event.
///
/// A kind of event that comes too often, for instance a peer that is refused again and again, is
/// held back and counted; the next line of its kind says how many were held back.
package final class StructuredLog: Sendable {
    /// The form of a line.
    package enum Form: Sendable {
        /// For people at a terminal.
        case text
        /// A JSON object, for machines.
        case json
    }

    /// How many lines of one kind are written per second.
    package static let lineCountPerSecondMax = 20

    private struct Window {
        var start: MonotonicTime
        var lineCount = 0
        var suppressedCount: UInt64 = 0
        var level = LogLevel.info
    }

    /// Events below this level are dropped.
    package let level: LogLevel
    private let form: Form
    private let now: @Sendable () -> (MonotonicTime, WallTime)
    private let write: @Sendable ([UInt8]) -> Void
    private let windows = Mutex<[LogEvent: Window]>([:])

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - level: the lowest level that is written.
    ///   - form: the form of the lines.
    ///   - now: the two clocks.
    ///   - write: takes each line with its line feed; called on any thread.
    package init(
        level: LogLevel,
        form: Form,
        now: @escaping @Sendable () -> (MonotonicTime, WallTime),
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.level = level
        self.form = form
        self.now = now
        self.write = write
    }

    /// A log to standard error: text if that is a terminal, else JSON.
    package static func standardError(level: LogLevel) -> StructuredLog {
        StructuredLog(
            level: level,
            form: isatty(STDERR_FILENO) == 1 ? .text : .json,
            now: { (SystemClock.monotonic(), SystemClock.wall()) },
            write: writeToStandardError
        )
    }

    /// Writes an event.
    ///
    /// - Parameters:
    ///   - level: how much it matters.
    ///   - event: its kind, by which its lines are bounded.
    ///   - message: a sentence for people; not evaluated if it is not written.
    ///   - fields: what machines look for.
    package func log(
        _ level: LogLevel,
        _ event: LogEvent,
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) {
        guard level >= self.level else { return }
        let (monotonic, wall) = now()
        guard let suppressedCount = admit(event, level, at: monotonic) else { return }
        var pairs = fields().map { ($0.key, $0.value) }
        if suppressedCount > 0 { pairs.append(("suppressed", LogValue(suppressedCount))) }
        emit(
            LogLine(time: wall, level: level, event: event, message: message(), fields: pairs)
        )
    }

    /// Writes how many events of each kind were held back and not yet told; for a slow timer.
    package func tellSuppressed() {
        let (monotonic, wall) = now()
        let due = windows.withLock { windows in
            let due = windows.filter { _, window in
                window.suppressedCount > 0 && Self.isOver(window, at: monotonic)
            }
            for event in due.keys { windows[event] = nil }
            return due
        }
        for (event, window) in due.sorted(by: { $0.key.name < $1.key.name }) {
            emit(
                LogLine(
                    time: wall,
                    level: window.level,
                    event: event,
                    message: "More of the same were not written.",
                    fields: [("suppressed", LogValue(window.suppressedCount))]
                )
            )
        }
    }

    private static func isOver(_ window: Window, at time: MonotonicTime) -> Bool {
        time >= window.start.adding(seconds: 1)
    }

    /// Counts an event.
    ///
    /// - Returns: nil if it is held back; else how many were held back before it.
    private func admit(_ event: LogEvent, _ level: LogLevel, at time: MonotonicTime) -> UInt64? {
        windows.withLock { windows in
            var window = windows[event] ?? Window(start: time)
            defer { windows[event] = window }
            var suppressedCount: UInt64 = 0
            if Self.isOver(window, at: time) {
                suppressedCount = window.suppressedCount
                window = Window(start: time)
            }
            guard window.lineCount < Self.lineCountPerSecondMax else {
                window.suppressedCount += 1
                window.level = level
                return nil
            }
            window.lineCount += 1
            return suppressedCount
        }
    }

    private func emit(_ line: LogLine) {
        switch form {
        case .text: write(line.text)
        case .json: write(line.json)
        }
    }
}

/// Writes a line at once, so that lines of several threads do not mix; what cannot be written is
/// lost, since there is nowhere left to say so.
private func writeToStandardError(_ line: [UInt8]) {
    var rest = line[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes {
            unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
        if count > 0 {
            rest = rest.dropFirst(count)
        } else if errno != EINTR {
            return
        }
    }
}
