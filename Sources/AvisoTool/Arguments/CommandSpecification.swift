import Alerts

/// One option of a command, as `--help` shows it.
struct OptionSpecification: Sendable {
    /// The name without its two hyphens.
    let name: String
    /// What stands behind it, such as `FILE`; nil for a switch.
    let valueName: String?
    /// One line of help, in English.
    let help: String
    /// Whether the command is wrong without it.
    let isRequired: Bool

    /// The line of help, for readers of every language.
    var words: Wording { Wording(template: help, arguments: []) }

    /// An option with a value.
    static func value(
        _ name: String,
        _ valueName: String,
        _ help: String,
        isRequired: Bool = false
    ) -> OptionSpecification {
        OptionSpecification(name: name, valueName: valueName, help: help, isRequired: isRequired)
    }

    /// An option without a value.
    static func flag(_ name: String, _ help: String) -> OptionSpecification {
        OptionSpecification(name: name, valueName: nil, help: help, isRequired: false)
    }
}

/// One command, as `--help` shows it.
struct CommandSpecification: Sendable {
    /// Its name; the catalogue has one line on what it does as `help.` and the name.
    let name: String
    /// More, for `--help`, in English.
    let discussion: String
    /// Its options, in the order of showing.
    let options: [OptionSpecification]
    /// The names of what stands without an option, in order.
    let operands: [OperandSpecification]
}

/// What stands without an option.
struct OperandSpecification: Sendable {
    /// Its name, such as `FORM.json`.
    let name: String
    /// One line of help, in English.
    let help: String
    /// Whether the command is wrong without it.
    let isRequired: Bool
    /// Whether it may stand more than once; the last one alone.
    var isRepeated = false

    /// The line of help, for readers of every language.
    var words: Wording { Wording(template: help, arguments: []) }
}

/// A command line that means nothing; the exit code is 2.
struct UsageError: Error {
    /// What is wrong, and what to write instead.
    let message: Wording

    /// Makes an error of a sentence that the manual has in every language.
    init(message: Wording) {
        self.message = message
    }

    /// Makes an error of a sentence that came as it is.
    ///
    /// Generic and last in choice, so that the compiler takes literals for the other initializer.
    @_disfavoredOverload
    init<Text: StringProtocol>(message: Text) {
        self.message = Wording(verbatim: String(message))
    }
}
