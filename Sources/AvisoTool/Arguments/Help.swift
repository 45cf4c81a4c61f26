import Alerts

/// The texts of `--help`.
enum Help {
    /// The overview of all commands.
    static func overview(_ commands: [CommandSpecification], _ speech: Speech) -> String {
        var text = """
            aviso: \(speech("help.title"))

            \(speech("help.usage")): aviso [--profile DIR] COMMAND [OPTIONS]
                   aviso COMMAND --help


            """
        text += speech("help.commands") + ":\n"
        text += table(commands.map { ($0.name, speech("help.\($0.name)")) })
        return text + "\n" + speech.say(notes) + "\n"
    }

    private static let notes: Wording = """
        The profile is a folder with profile.json5 and keys (default: AVISO_PROFILE).
        --lang es, en, pt or fr sets the language, else LC_ALL, LC_MESSAGES or LANG.
        AVISO_BROKER=host:port goes before the profile's broker.
        Where no terminal reads the output it is JSON, as with --json: one object per line.

        exit codes: 0 done, 1 refused, not there or not verified, 2 wrong use, 3 cannot connect
        """

    /// The help of one command.
    static func command(_ command: CommandSpecification, _ speech: Speech) -> String {
        let operands = command.operands.map { operand in
            let name = operand.isRepeated ? "\(operand.name)..." : operand.name
            return operand.isRequired ? name : "[\(name)]"
        }
        var text = "\(speech("help.usage")): aviso [--profile DIR] \(command.name) [OPTIONS]"
        text += operands.map { " " + $0 }.joined() + "\n\n\(speech("help.\(command.name)"))\n"
        if !command.discussion.isEmpty { text += "\n\(speech.discussion(of: command))\n" }
        if !command.operands.isEmpty {
            text += "\n" + table(command.operands.map { ($0.name, speech.say($0.words)) })
        }
        if !command.options.isEmpty {
            let rows = command.options.map { option in
                let value = option.valueName.map { " " + $0 } ?? ""
                return (
                    "--\(option.name)\(value)",
                    speech.say(option.words)
                        + (option.isRequired ? " (\(speech("help.needed")))" : "")
                )
            }
            text += "\n\(speech("help.options")):\n" + table(rows)
        }
        return text
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { left, right in
            "  " + left + String(repeating: " ", count: width - left.count + 2) + right + "\n"
        }.joined()
    }
}
