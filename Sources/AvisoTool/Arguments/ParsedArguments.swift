import Alerts

/// The options and operands of one command line.
struct ParsedArguments: Sendable {
    private var values: [String: String] = [:]
    private var flags: Set<String> = []
    /// What stood without an option.
    private(set) var operands: [String] = []

    /// Reads what follows the command's name.
    ///
    /// Options stand anywhere, as `--name value` or `--name=value`; `--` ends them.
    ///
    /// - Parameters:
    ///   - arguments: the words of the command line.
    ///   - specification: what the command takes.
    /// - Throws: ``UsageError`` for an unknown or repeated option, a missing value or operand.
    init(_ arguments: [String], for specification: CommandSpecification) throws(UsageError) {
        var rest = arguments[...]
        var takesOptions = true
        while let word = rest.popFirst() {
            guard takesOptions, word.hasPrefix("--") else {
                operands.append(word)
                continue
            }
            guard word != "--" else {
                takesOptions = false
                continue
            }
            try readOption(String(word.dropFirst(2)), &rest, specification)
        }
        for option in specification.options where option.isRequired && values[option.name] == nil {
            throw UsageError(
                message: "--\(option.name) \(option.valueName ?? "") is missing: \(option.words)"
            )
        }
        let required = specification.operands.filter(\.isRequired)
        if operands.count < required.count {
            let missing = required[operands.count]
            throw UsageError(message: "\(missing.name) is missing: \(missing.words)")
        }
        let isOpen = specification.operands.last?.isRepeated == true
        if operands.count > specification.operands.count, !isOpen {
            throw UsageError(
                message: "\(operands[specification.operands.count]) is one word too many"
            )
        }
    }

    private mutating func readOption(
        _ text: String,
        _ rest: inout ArraySlice<String>,
        _ specification: CommandSpecification
    ) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = specification.options.first(where: { $0.name == name }) else {
            throw UsageError(message: "--\(name) is no option of \(specification.name)")
        }
        guard values[name] == nil, !flags.contains(name) else {
            throw UsageError(message: "--\(name) stands twice")
        }
        guard let valueName = option.valueName else {
            guard parts.count == 1 else {
                throw UsageError(message: "--\(name) takes no value")
            }
            flags.insert(name)
            return
        }
        if parts.count == 2 {
            values[name] = String(parts[1])
        } else if let value = rest.popFirst() {
            values[name] = value
        } else {
            throw UsageError(message: "--\(name) needs its \(valueName): \(option.words)")
        }
    }

    /// The value of an option, or nil.
    subscript(name: String) -> String? { values[name] }

    /// Whether to print JSON: when it was asked for, and where no terminal reads the output.
    var isJSON: Bool { has("json") || !Output.isTerminal }

    /// Whether a switch was given.
    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option as an unsigned integer.
    ///
    /// - Throws: ``UsageError`` if it is none.
    func unsigned(_ name: String) throws(UsageError) -> UInt64? {
        guard let text = values[name] else { return nil }
        guard let value = UInt64(text) else {
            throw UsageError(message: "--\(name) \(text) is no number")
        }
        return value
    }
}
