import Alerts
import AvisoClient
import Glibc

/// `aviso`: the command line of a station.
@main struct AvisoTool {
    private static let commands: [any Command.Type] = [
        PublishCommand.self, SubscribeCommand.self, ConsentCommand.self, TrackCommand.self,
        CaseCommand.self, CustodyCommand.self, AuditCommand.self, ReplayCommand.self,
        StatsCommand.self, AttachmentCommand.self, FormCommand.self, GroupCommand.self,
        DeadlineCommand.self, DeadlinesCommand.self, ReceiptCommand.self, ProveCommand.self,
        VerifyReceiptCommand.self, SealCommand.self, KeygenCommand.self,
        StatusCommand.self, LogCommand.self, RedactCommand.self, RedactionsCommand.self,
        ProveCompleteCommand.self, WitnessCommand.self,
    ]

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(await run(arguments))
    }

    private static func run(_ arguments: [String]) async -> Int32 {
        var speech = Speech()
        var name: String?
        do {
            var rest = arguments
            speech = try Speech(option: take("lang", "LANGUAGE", from: &rest))
            let profile = try take("profile", "DIR", from: &rest)
            name = rest.first.flatMap { word in
                commands.contains { $0.specification.name == word } ? word : nil
            }
            if rest.first == "--version" {
                for line in Version.lines { Output.line(line) }
                return ExitCode.done
            }
            guard let name = rest.first, name != "--help" else {
                Output.line(
                    Help.overview(commands.map { $0.specification }, speech),
                    terminator: ""
                )
                return rest.isEmpty ? ExitCode.wrongUse : ExitCode.done
            }
            guard let command = commands.first(where: { $0.specification.name == name }) else {
                throw UsageError(message: "there is no command \(name)")
            }
            if rest.contains("--help") {
                Output.line(Help.command(command.specification, speech), terminator: "")
                return ExitCode.done
            }
            let parsed = try ParsedArguments(
                Array(rest.dropFirst()),
                for: command.specification
            )
            try await command.run(
                parsed,
                context: CommandContext(speech: speech, profilePath: profile)
            )
            return ExitCode.done
        } catch let error as UsageError {
            let hint =
                name.map { speech.say(" (see aviso \($0) --help)") }
                ?? speech.say(" (see aviso --help)")
            Output.error(speech.say(error.message) + hint)
            return ExitCode.wrongUse
        } catch let error as AvisoError {
            Output.error(error.message(in: speech.language.rawValue))
            return ExitCode.of(error)
        } catch {
            Output.error("\(error)")
            return ExitCode.refused
        }
    }

    // --profile and --lang may stand before the command or after it.
    private static func take(
        _ name: String,
        _ valueName: String,
        from words: inout [String]
    ) throws(UsageError) -> String? {
        let option = "--" + name
        let end = words.firstIndex(of: "--") ?? words.endIndex
        guard
            let place = words[..<end].firstIndex(where: {
                $0 == option || $0.hasPrefix(option + "=")
            })
        else { return nil }
        let word = words.remove(at: place)
        if word != option { return String(word.dropFirst(option.count + 1)) }
        guard place < words.count else {
            throw UsageError(message: "\(option) needs its \(valueName)")
        }
        return words.remove(at: place)
    }
}

/// What the process returns, as `Docs/OUTPUT.md` has it.
enum ExitCode {
    static let done: Int32 = 0
    static let refused: Int32 = 1
    static let wrongUse: Int32 = 2
    static let cannotConnect: Int32 = 3

    static func of(_ error: AvisoError) -> Int32 {
        switch error.code {
        case .invalidInput: wrongUse
        case .cannotConnect, .connectionLost, .timedOut, .tryLater: cannotConnect
        default: refused
        }
    }
}
