import Alerts
import AvisoClient
import Base

/// The command `aviso group`.
enum GroupCommand: Command {
    static let specification = CommandSpecification(
        name: "group",
        discussion: """
            define NAME         a group of --members that this agency owns, in the place of what it
                                was before; closed, unless --list makes it a distribution list
            add NAME AGENCY     further members; who is added gets the next alert
            remove NAME AGENCY  fewer members; who is removed gets no further alert
            dissolve NAME       the end of a group
            list                the groups that this agency is in or owns
            show NAME           one of them, with its members
            Members of a closed group write to one another; alerts to it name nobody else. To a list
            write its members and its owner. Only members and owner, auditors and the operator see a
            group. Each change is a signed statement, an entry of the log; list, show and changes
            need the broker's HTTPS server. Publish with aviso publish --group NAME.
            """,
        options: [
            .value("members", "AGENCIES", "define: its members, such as MX:FGR,US:DEA"),
            .flag("closed", "define: a closed group, whose owner is a member (the default)"),
            .flag("list", "define: a distribution list"),
            .value("until", "TIME", "define: when the group ends, RFC 3339 (default: never)"),
            .value("title", "TEXT", "define: what it is called among people"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(name: "ACTION", help: "one of the above", isRequired: true),
            OperandSpecification(name: "NAME", help: "the group", isRequired: false),
            OperandSpecification(
                name: "AGENCY",
                help: "add, remove: one or more agencies",
                isRequired: false,
                isRepeated: true
            ),
        ]
    )

    // What each action takes behind its name, and which of them take agencies.
    private static let definitionOptions = ["members", "until", "title"]

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let action = arguments.operands[0]
        try check(arguments, action)
        let profile = try context.profile()
        switch action {
        case "list":
            let groups = try profile.groups()
            for group in groups { show(group, arguments, context, inFull: false) }
            if groups.isEmpty { Output.note(context.speech("group.none", profile.member)) }
        case "show":
            show(try profile.group(arguments.operands[1]), arguments, context, inFull: true)
        default:
            var options = AvisoClient.Options()
            options.reconnects = false
            let client = try await AvisoClient.connect(profile: profile, options: options)
            tell(try await change(action, arguments, client), arguments, context)
            await client.close()
        }
    }

    private static func check(
        _ arguments: ParsedArguments,
        _ action: String
    ) throws(UsageError) {
        let operandCount = arguments.operands.count
        switch action {
        case "define", "dissolve", "show":
            guard operandCount == 2 else {
                throw UsageError(message: "group \(action) takes NAME, one group")
            }
        case "add", "remove":
            guard operandCount > 2 else {
                throw UsageError(message: "group \(action) takes NAME and one AGENCY or more")
            }
        case "list":
            guard operandCount == 1 else {
                throw UsageError(message: "group list takes no NAME: see group show")
            }
        default:
            throw UsageError(message: "group has no action \(action)")
        }
        guard action == "define" else {
            let isOfDefinition =
                definitionOptions.contains { arguments[$0] != nil } || arguments.has("closed")
                || arguments.has("list")
            guard !isOfDefinition else {
                throw UsageError(message: "group \(action) takes no option but --json")
            }
            return
        }
        guard arguments["members"] != nil else {
            throw UsageError(message: "group define needs --members AGENCIES")
        }
        guard !arguments.has("closed") || !arguments.has("list") else {
            throw UsageError(message: "a group is --closed or a --list, not both")
        }
    }

    private static func change(
        _ action: String,
        _ arguments: ParsedArguments,
        _ client: AvisoClient
    ) async throws -> LoggedGroup {
        let name = arguments.operands[1]
        let agencies = arguments.operands.dropFirst(2)
            .flatMap { $0.split(separator: ",").map(String.init) }
        switch action {
        case "add": return try await client.changeGroup(name, adding: agencies)
        case "remove": return try await client.changeGroup(name, removing: agencies)
        case "dissolve": return try await client.dissolveGroup(name)
        default:
            var draft = GroupDraft(
                name: name,
                members: (arguments["members"] ?? "").split(separator: ",").map(String.init)
            )
            draft.isClosed = !arguments.has("list")
            draft.until = arguments["until"]
            draft.title = arguments["title"]
            return try await client.defineGroup(draft)
        }
    }

    private static func tell(
        _ logged: LoggedGroup,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        guard !arguments.isJSON else {
            Output.line(GroupText.json(logged.group, receipt: logged.receipt))
            return
        }
        Output.line(GroupText.logged(logged.group, context.speech))
        for line in GroupText.details(logged.group, context.speech) { Output.line(line) }
    }

    private static func show(
        _ group: AgencyGroup,
        _ arguments: ParsedArguments,
        _ context: CommandContext,
        inFull: Bool
    ) {
        guard !arguments.isJSON else {
            Output.line(GroupText.json(group))
            return
        }
        Output.line(GroupText.head(group, context.speech))
        guard inFull else { return }
        for line in GroupText.details(group, context.speech) { Output.line(line) }
    }
}

/// Groups as text.
enum GroupText {
    static func json(_ group: AgencyGroup, receipt: [UInt8]? = nil) -> String {
        var json = JSONText()
        json.add("group", group.name)
        json.add("owner", group.owner)
        json.add("version", group.version)
        json.add("index", group.index)
        if let form = group.form { json.add("form", form) }
        json.add("members", group.members)
        if let until = group.until { json.add("until", until) }
        if let title = group.title { json.add("title", title) }
        if group.isDissolved { json.add("dissolved", true) }
        if group.isOver { json.add("over", true) }
        json.add("issued", group.issuedAt)
        json.add("verified", group.isVerified)
        if let receipt { json.add("receipt", Base64.encodeURL(receipt)) }
        return json.text
    }

    static func logged(_ group: AgencyGroup, _ speech: Speech) -> String {
        speech("group.logged", group.name, "\(group.version)", "\(group.index)")
    }

    /// One line on a group.
    static func head(_ group: AgencyGroup, _ speech: Speech) -> String {
        var parts = [
            speech("group.\(group.form ?? "dissolved")", group.name, group.owner),
            speech("group.version", "\(group.version)", "\(group.index)"),
        ]
        if let until = group.until {
            parts.append(speech(group.isOver ? "group.over" : "group.until", until))
        }
        if let title = group.title { parts.append(Printable.text(title)) }
        return parts.joined(separator: "  ")
    }

    static func details(_ group: AgencyGroup, _ speech: Speech) -> [String] {
        guard !group.isDissolved else { return [] }
        return [
            "  " + speech("group.members", group.members.joined(separator: ", ")),
            "  " + speech(group.isVerified ? "group.verified" : "group.unverified", group.owner),
        ]
    }
}
