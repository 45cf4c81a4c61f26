import Alerts
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
    /// How the tool speaks to the reader.
    let speech: Speech
    /// The folder after `--profile`, if it was given.
    let profilePath: String?

    /// Reads the profile of `--profile` or `AVISO_PROFILE`.
    func profile() throws -> AvisoProfile {
        guard let path = profilePath ?? environment("AVISO_PROFILE") else {
            throw UsageError(message: "--profile DIR is missing, and AVISO_PROFILE is not set")
        }
        return try AvisoProfile(path: path, broker: environment("AVISO_BROKER"))
    }

    /// The lists of reference: those of the profile where one is given, else the embedded ones.
    func reference() throws -> ReferenceData {
        guard profilePath != nil || environment("AVISO_PROFILE") != nil else { return .embedded }
        return try profile().referenceData
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
        "who may read it, such as MX:FGR,US:DEA; needed unless --group says it"
    )
    static let group = OptionSpecification.value(
        "group",
        "NAMES",
        "groups whose members may read it, as they are now, by commas"
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
        help: "the form of the alert, JSON or JSON5; - for standard input",
        isRequired: true
    )
    /// What the signed header says beside channel, kind, recipients and TLP.
    static let labels: [OptionSpecification] = [
        status, expires,
        .value(
            "message",
            "TYPE",
            "alert, update, cancel, acknowledgement, request, answer, consent-request, "
                + "consent-grant or consent-refusal"
        ),
        .value("reference", "URNS", "the alerts that it is about, as urn:uuid:..., by commas"),
        .value("source", "URNS", "the alerts of others whose content it passes on, by commas"),
        .value("consent", "URNS", "the statements by which their authors consent to that"),
        .value("reply-by", "WHEN", "when an answer is due: 8h, 3d, 5wd, 5wd@CO or RFC 3339"),
        .value("acknowledge-by", "WHEN", "when each recipient is to have acknowledged it"),
        .value("urgency", "URGENCY", "immediate, expected, future, past or unknown"),
        .value("handling", "CODES", "H0, H1, H2, by commas, and last H3:TEXT"),
        .value("pap", "LABEL", "RED, AMBER, GREEN or CLEAR"),
        .value("evaluation", "CODE", "source and information, such as B2"),
    ]

    /// The draft that these options describe.
    static func draft(
        _ arguments: ParsedArguments,
        _ context: CommandContext,
        form: [UInt8]
    ) throws -> AlertDraft {
        var draft = AlertDraft(
            channel: arguments["channel"] ?? "",
            kind: arguments["kind"] ?? "",
            recipients: (arguments["to"] ?? "").split(separator: ",").map(String.init),
            tlp: arguments["tlp"] ?? "AMBER",
            form: form
        )
        draft.status = arguments["status"] ?? "actual"
        draft.expiresAfterSeconds = try arguments.unsigned("expires-after")
        draft.message = arguments["message"] ?? "alert"
        draft.references = list(arguments["reference"])
        draft.sources = list(arguments["source"])
        draft.consents = list(arguments["consent"])
        draft.replyBy = arguments["reply-by"]
        draft.acknowledgeBy = arguments["acknowledge-by"]
        draft.urgency = arguments["urgency"]
        draft.handling = handling(arguments["handling"])
        draft.pap = arguments["pap"]
        draft.evaluation = arguments["evaluation"]
        draft.groups = groups(arguments)
        guard !draft.recipients.isEmpty || !draft.groups.isEmpty else {
            throw UsageError(message: "--to AGENCIES or --group NAMES is missing: who may read it")
        }
        draft.language = context.speech.language.rawValue
        return draft
    }

    /// The groups that an alert goes to.
    static func groups(_ arguments: ParsedArguments) -> [String] { list(arguments["group"]) }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map(String.init)
    }

    // The text of H3 may hold commas, so that it stands last.
    private static func handling(_ text: String?) -> [String] {
        var codes: [String] = []
        var rest = (text ?? "")[...]
        while !rest.isEmpty {
            if rest.hasPrefix("H3:") { return codes + [String(rest)] }
            let code = rest.prefix { $0 != "," }
            codes.append(String(code))
            rest = rest[code.endIndex...].dropFirst()
        }
        return codes
    }
}
