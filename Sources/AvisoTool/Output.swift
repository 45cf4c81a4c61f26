import Glibc

/// Text for people and machines.
enum Output {
    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether standard input is a terminal.
    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Whether standard error is a terminal.
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes over the line of the terminal behind standard error.
    static func overwrite(_ text: String) {
        write("\r\u{1B}[K" + text, to: STDERR_FILENO)
    }

    /// Writes a line to standard output.
    static func line(_ text: String, terminator: String = "\n") {
        write(text + terminator, to: STDOUT_FILENO)
    }

    /// Writes a line to standard error.
    static func note(_ text: String) {
        write(Printable.lines(text) + "\n", to: STDERR_FILENO)
    }

    /// Writes a question to standard error, without a line's end.
    static func prompt(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// Writes an error to standard error.
    static func error(_ text: String) {
        write("aviso: \(Printable.lines(text))\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            // Whoever read the output has gone: there is nobody left to tell.
            guard count > 0 else { exit(ExitCode.refused) }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// What other people wrote, made safe for a terminal.
enum Printable {
    /// The same for several lines.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { self.text(String($0)) }.joined(separator: "\n")
    }

    /// Replaces control characters, so that a form cannot move the cursor or change the colours.
    static func text(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let category = scalar.properties.generalCategory
                    return category == .control || category == .format ? "\u{FFFD}" : scalar
                }
            )
        )
    }
}
