import AvisoClient
import Glibc

/// `aviso`: the command line of a station.
@main struct AvisoTool {
    private static let commands: [any Command.Type] = [
        PublishCommand.self, SubscribeCommand.self, ReplayCommand.self,
        VerifyReceiptCommand.self, SealCommand.self, KeygenCommand.self, StatusCommand.self,
    ]

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(await run(arguments))
    }

    private static func run(_ arguments: [String]) async -> Int32 {
        do {
            let (profile, rest) = try splitProfile(arguments)
            guard let name = rest.first, name != "--help" else {
                Output.line(Help.overview(commands.map { $0.specification }), terminator: "")
                return rest.isEmpty ? ExitCode.wrongUse : ExitCode.done
            }
            guard let command = commands.first(where: { $0.specification.name == name }) else {
                throw UsageError(message: "there is no command \(name)")
            }
            if rest.contains("--help") {
                Output.line(Help.command(command.specification), terminator: "")
                return ExitCode.done
            }
            let parsed = try ParsedArguments(
                Array(rest.dropFirst()),
                for: command.specification
            )
            try await command.run(parsed, context: CommandContext(profilePath: profile))
            return ExitCode.done
        } catch let error as UsageError {
            Output.error(error.message + " (see aviso --help)")
            return ExitCode.wrongUse
        } catch let error as AvisoError {
            Output.error(error.message)
            return ExitCode.of(error)
        } catch {
            Output.error("\(error)")
            return ExitCode.refused
        }
    }

    // --profile may stand before the command or after it.
    private static func splitProfile(
        _ arguments: [String]
    ) throws(UsageError) -> (profile: String?, rest: [String]) {
        var rest = arguments
        guard
            let place = rest.firstIndex(where: { $0 == "--profile" || $0.hasPrefix("--profile=") })
        else { return (nil, rest) }
        let word = rest.remove(at: place)
        if word != "--profile" { return (String(word.dropFirst("--profile=".count)), rest) }
        guard place < rest.count else {
            throw UsageError(message: "--profile needs its DIR")
        }
        return (rest.remove(at: place), rest)
    }
}

/// What the process returns.
enum ExitCode {
    static let done: Int32 = 0
    static let refused: Int32 = 1
    static let wrongUse: Int32 = 2
    static let cannotConnect: Int32 = 3

    static func of(_ error: AvisoError) -> Int32 {
        switch error.code {
        case .invalidInput, .fileFailed: wrongUse
        case .cannotConnect, .connectionLost, .timedOut: cannotConnect
        default: refused
        }
    }
}
