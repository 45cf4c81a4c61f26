import Alerts
import AvisoClient

/// The command `aviso consent`.
enum ConsentCommand: Command {
    static let specification = CommandSpecification(
        name: "consent",
        discussion: """
            request ALERT    ask the author of an alert whether --for agencies may have it
            grant REQUEST    consent to what was asked, for all agencies asked for or for --for
            refuse REQUEST   refuse it, with the --ground

            ALERT and REQUEST are alerts to this agency, by urn:uuid:... or index. Each statement is
            signed, sealed to the other side and logged. What is granted is then used with
            `aviso publish --source ALERT --consent GRANT`; the broker checks that the grant is by
            the author of the source, to this agency and for that source.
            """,
        options: [
            .value("for", "AGENCIES", "who may have the alert, such as US:DEA,PE:DEVIDA"),
            .value("purpose", "TEXT", "request: what for"),
            .value("conditions", "TEXT", "grant: under which conditions"),
            .value("ground", "TEXT", "refuse: why not"),
            .value("until", "TIME", "until when it is needed or granted, RFC 3339"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(
                name: "ACTION",
                help: "request, grant or refuse",
                isRequired: true
            ),
            OperandSpecification(
                name: "ALERT",
                help: "urn:uuid:... or an index of the log",
                isRequired: true
            ),
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let action = arguments.operands[0]
        guard let message = messages[action] else {
            throw UsageError(message: "consent has no action \(action)")
        }
        try checkOptions(arguments, action)
        let cited = try await AvisoClient.receivedAlert(
            try CaseCommand.name(arguments.operands[1]),
            profile: profile
        )
        let isRequest = cited.labels.contains {
            $0.name == "message" && $0.value == MessageType.consentRequest.rawValue
        }
        if message == .consentRequest, isRequest {
            throw UsageError(
                message: "\(cited.alert) is a consent-request itself: grant or refuse it"
            )
        }
        if message != .consentRequest, !isRequest {
            throw UsageError(
                message: "\(cited.alert) is no consent-request: name the one to be answered"
            )
        }
        let draft = try draft(message, about: cited, arguments, context)
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let published = try await client.publish(draft)
        await client.close()
        PublishCommand.tell(published, status: draft.status, arguments, context)
    }

    private static let messages: [String: MessageType] = [
        "request": .consentRequest, "grant": .consentGrant, "refuse": .consentRefusal,
    ]

    private static func checkOptions(
        _ arguments: ParsedArguments,
        _ action: String
    ) throws(UsageError) {
        let needed = ["request": ["for", "purpose"], "refuse": ["ground"]][action] ?? []
        for option in needed where arguments[option] == nil {
            throw UsageError(message: "consent \(action) needs --\(option)")
        }
        let allowed = [
            "request": ["for", "purpose", "until"], "grant": ["for", "conditions", "until"],
            "refuse": ["ground"],
        ]
        for option in ["for", "purpose", "conditions", "ground", "until"]
        where arguments[option] != nil && allowed[action]?.contains(option) != true {
            throw UsageError(message: "consent \(action) does not go with --\(option)")
        }
    }

    // The statement goes to the other side alone, with the labels of what it is about.
    private static func draft(
        _ message: MessageType,
        about cited: ReceivedAlert,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) throws -> AlertDraft {
        var draft = AlertDraft(
            channel: cited.channel,
            kind: cited.kind,
            recipients: [cited.author],
            tlp: cited.tlp,
            form: Array(form(message, about: cited, arguments).text.utf8)
        )
        draft.status = cited.status
        draft.message = message.rawValue
        draft.language = context.speech.language.rawValue
        draft.references = [cited.alert]
        if message != .consentRequest {
            // What is consented to is what the request is about.
            draft.references =
                cited.labels.filter { $0.name == "reference" }.map(\.value) + draft.references
        }
        return draft
    }

    private static func form(
        _ message: MessageType,
        about cited: ReceivedAlert,
        _ arguments: ParsedArguments
    ) -> JSONValue {
        var form = JSONObject()
        if let purpose = arguments["purpose"] { form.append("purpose", .string(purpose)) }
        if let agencies = arguments["for"] {
            form.append(
                "agencies",
                .array(agencies.split(separator: ",").map { .string(String($0)) })
            )
        } else if message == .consentGrant, let asked = try? JSONValue(parsing: cited.form[...]),
            let agencies = asked.objectValue?["agencies"]
        {
            form.append("agencies", agencies)
        }
        for name in ["conditions", "ground", "until"] {
            if let text = arguments[name] { form.append(name, .string(text)) }
        }
        return .object(form)
    }
}
