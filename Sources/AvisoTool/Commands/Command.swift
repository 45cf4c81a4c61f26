import AvisoClient
import Glibc

/// One command of the tool.
protocol Command: SendableMetatype {
    /// What it takes.
    static var specification: CommandSpecification { get }
    /// Does it.
    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws
}

/// What all commands have in common.
struct CommandContext: Sendable {
    /// The folder after `--profile`, if it was given.
    let profilePath: String?

    /// Reads the profile of `--profile` or `AVISO_PROFILE`.
    func profile() throws -> AvisoProfile {
        guard let path = profilePath ?? environment("AVISO_PROFILE") else {
            throw UsageError(message: "--profile DIR is missing, and AVISO_PROFILE is not set")
        }
        return try AvisoProfile(path: path, broker: environment("AVISO_BROKER"))
    }

    private func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}

/// Options that several commands share.
enum CommonOption {
    static let json = OptionSpecification.flag("json", "print one JSON object per line")
    static let channel = OptionSpecification.value(
        "channel",
        "CHANNEL",
        "chemical-diversion, trafficking-trends or intelligence",
        isRequired: true
    )
    static let kind = OptionSpecification.value(
        "kind",
        "KIND",
        "the kind of alert, such as diversion-incident",
        isRequired: true
    )
    static let to = OptionSpecification.value(
        "to",
        "AGENCIES",
        "who may read it, such as MX:FGR,US:DEA",
        isRequired: true
    )
    static let tlp = OptionSpecification.value(
        "tlp",
        "LABEL",
        "RED, AMBER+STRICT, AMBER, GREEN or CLEAR (default AMBER)"
    )
    static let status = OptionSpecification.value(
        "status",
        "STATUS",
        "actual, exercise or test (default actual)"
    )
    static let expires = OptionSpecification.value(
        "expires-after",
        "SECONDS",
        "how long the alert stays valid (default: for ever)"
    )
    static let form = OperandSpecification(
        name: "FORM.json",
        help: "the form of the alert; - for standard input",
        isRequired: true
    )

    /// The draft that these options describe.
    static func draft(_ arguments: ParsedArguments) throws -> AlertDraft {
        var draft = AlertDraft(
            channel: arguments["channel"] ?? "",
            kind: arguments["kind"] ?? "",
            recipients: (arguments["to"] ?? "").split(separator: ",").map(String.init),
            tlp: arguments["tlp"] ?? "AMBER",
            form: try Files.read(arguments.operands[0])
        )
        draft.status = arguments["status"] ?? "actual"
        draft.expiresAfterSeconds = try arguments.unsigned("expires-after")
        return draft
    }
}
