import AvisoClient
import Base
import Synchronization

/// A bar with rate and time left for the transfer of attachments, on a terminal only.
final class TransferBar: Sendable {
    private struct State {
        var name = ""
        var start = Clock.now()
    }

    private let speech: Speech
    private let isShown = Output.errorIsTerminal
    private let state = Mutex(State())

    init(_ speech: Speech) {
        self.speech = speech
    }

    /// Shows how far a file is.
    func show(_ progress: AttachmentProgress) {
        guard isShown, progress.total > 0 else { return }
        let now = Clock.now()
        let start = state.withLock { state in
            if state.name != progress.name { state = State(name: progress.name, start: now) }
            return state.start
        }
        let line = Self.line(
            progress,
            milliseconds: max(1, now.milliseconds - start.milliseconds),
            speech
        )
        Output.overwrite(line)
    }

    /// The bar with its figures.
    static func line(
        _ progress: AttachmentProgress,
        milliseconds: UInt64,
        _ speech: Speech
    ) -> String {
        let rate = (progress.done - min(progress.start, progress.done)) * 1000 / milliseconds
        let left = rate > 0 ? (progress.total - progress.done) / rate : 0
        let text = speech(
            "attachment.progress",
            Printable.text(progress.name),
            "\(progress.done / 1024)",
            "\(progress.total / 1024)",
            "\(rate / 1024)",
            BarText.clock(seconds: left)
        )
        return BarText.bar(progress.done, of: progress.total) + text
    }

    /// Takes the bar away.
    func clear() {
        if isShown { Output.overwrite("") }
    }
}

/// The parts of bars that are alike.
enum BarText {
    private static let width: UInt64 = 24

    /// The bar itself, with a space behind it.
    static func bar(_ done: UInt64, of total: UInt64) -> String {
        let filled = Int(width * min(done, total) / max(1, total))
        return "[" + String(repeating: "#", count: filled)
            + String(repeating: "-", count: Int(width) - filled) + "] "
    }

    /// Minutes and seconds.
    static func clock(seconds: UInt64) -> String {
        "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
    }
}
