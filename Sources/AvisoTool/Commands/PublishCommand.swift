import Alerts
import AvisoClient
import Base

/// The command `aviso publish`.
enum PublishCommand: Command {
    static let specification = CommandSpecification(
        name: "publish",
        discussion: """
            The form is checked, encrypted to the agencies of --to, signed, and accepted by the
            broker only when it is on stable storage. The receipt is verified and kept in the
            profile. With --csv each row is a form, and the header row names the fields by their
            paths, such as goods[0].net.value; all rows are checked before the first is published.
            The broker looks up what --reference cites: only recipients acknowledge and answer, only
            the author updates and cancels, and a cancel names all recipients in --to. With
            --previous a custody-transfer cites the link before it by the digest of its statement.
            The files of --attach, up to 100 MiB each, are encrypted to the same agencies and
            uploaded over HTTPS before the alert; after an interruption the same command goes on
            with what the broker has. Recipients get them with aviso attachment.
            With --group the members of the moment are recipients too; if the membership changes
            before the broker has the alert, it is sealed anew, once.
            """,
        options: [
            CommonOption.channel, CommonOption.kind, CommonOption.to, CommonOption.group,
            CommonOption.tlp,
            .flag("csv", "the file is a table, one form in each row"),
            .value("previous", "ALERT", "the custody-transfer before this one, as URN or index"),
            .value("attach", "FILES", "files that go with the alert, by commas"),
            .value("attach-type", "TYPES", "their media types, by commas (default: by name)"),
            .flag("cap", "the file is a CAP 1.2 document, which gives status and TLP too"),
            .flag("https", "publish over HTTPS, where MQTT is not to be had"), CommonOption.json,
        ] + CommonOption.labels,
        operands: [CommonOption.form]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let mailing = try Mailing(profile: profile, names: CommonOption.groups(arguments))
        let files = try attachments(arguments)
        var drafts = try drafts(arguments, context, mailing)
        for place in drafts.indices { drafts[place].attachments = files }
        // Contents come over MQTT alone; where there is none, the broker's check has to do.
        if !arguments.has("https"), let draft = drafts.first, !draft.consents.isEmpty {
            try await AvisoClient.checkConsents(of: draft, profile: profile)
        }
        let sealed = try drafts.map { ($0, try mailing.seal($0)) }
        let bar = TransferBar(context.speech)
        guard !arguments.has("https") else {
            for (draft, alert) in sealed {
                let published = try await mailing.publish(draft, alert) { alert in
                    try AvisoClient.publishOverHTTPS(alert, profile: profile) { bar.show($0) }
                }
                bar.clear()
                tell(published, of: alert, status: draft.status, arguments, context)
            }
            return
        }
        // Before the connection is made, which would have nothing to do meanwhile.
        for (_, alert) in sealed { try profile.uploadAttachments(of: alert) { bar.show($0) } }
        bar.clear()
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        for (draft, alert) in sealed {
            let published = try await mailing.publish(draft, alert) { try await client.publish($0) }
            tell(published, of: alert, status: draft.status, arguments, context)
        }
        await client.close()
    }

    private static func attachments(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> [AttachmentFile] {
        let paths = (arguments["attach"] ?? "").split(separator: ",").map(String.init)
        let types = (arguments["attach-type"] ?? "").split(separator: ",").map(String.init)
        guard types.isEmpty || types.count == paths.count else {
            throw UsageError(
                message: "--attach-type names \(types.count) types for \(paths.count) files"
            )
        }
        return paths.enumerated().map { place, path in
            AttachmentFile(path: path, mediaType: types.isEmpty ? nil : types[place])
        }
    }

    /// Tells that an alert was accepted, and marks what is an exercise or a test.
    static func tell(
        _ published: PublishedAlert,
        of sealed: SealedAlert? = nil,
        status: String,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        if arguments.isJSON {
            Output.line(json(published, sealed, status: status))
        } else {
            show(published, status: status, context.speech)
            let count = sealed?.attachmentDigests.count ?? 0
            if count > 0 { Output.line("  " + context.speech("publish.attached", "\(count)")) }
        }
        if let failure = published.keepingFailure {
            let reason = failure.message(in: context.speech.language.rawValue)
            Output.error(context.speech("publish.unkept", published.alert, reason))
        }
    }

    private static func drafts(
        _ arguments: ParsedArguments,
        _ context: CommandContext,
        _ mailing: Mailing
    ) throws -> [AlertDraft] {
        let path = arguments.operands[0]
        let isForm = !arguments.has("cap") && !arguments.has("csv")
        guard isForm || arguments["previous"] == nil else {
            throw UsageError(message: "--previous goes without --csv and --cap")
        }
        if arguments.has("cap") { return [try capDraft(path, arguments, context)] }
        guard arguments.has("csv") else {
            let draft = try CommonOption.draft(
                arguments,
                context,
                form: try FormFile.read(path)
            )
            guard let previous = arguments["previous"] else { return [draft] }
            return [try mailing.linking(draft, behind: try CaseCommand.name(previous))]
        }
        let kind = try FormCommand.kind(named: arguments["kind"])
        let message = try FormCommand.message(arguments)
        let bytes = try Files.read(path)
        let table: FormTable
        do throws(FormTable.Failure) {
            table = try FormTable(csv: bytes, kind: kind, message: message)
        } catch {
            throw AvisoError(
                .invalidInput,
                "\(path): \(error.message(in: context.speech.language))"
            )
        }
        guard !table.rows.isEmpty else {
            throw AvisoError(.invalidInput, context.speech("csv.empty", path))
        }
        var drafts: [AlertDraft] = []
        var problems: [String] = []
        for row in table.rows {
            let form = Array(row.form.text.utf8)
            let draft = try CommonOption.draft(arguments, context, form: form)
            do throws(AvisoError) {
                try mailing.check(draft)
                drafts.append(draft)
            } catch {
                for line in error.message.split(separator: "\n").prefix(10) {
                    problems.append(context.speech("csv.row", "\(row.line)", String(line)))
                }
            }
        }
        guard problems.isEmpty else {
            throw AvisoError(.invalidInput, problems.prefix(100).joined(separator: "\n"))
        }
        return drafts
    }

    // What the document says of itself and the options have to agree: an exercise stays one.
    private static func capDraft(
        _ path: String,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) throws -> AlertDraft {
        guard !arguments.has("csv") else { throw UsageError(message: "--cap goes without --csv") }
        let alert = try FormCommand.capAlert(path, kind: arguments["kind"])
        var draft = try CommonOption.draft(
            arguments,
            context,
            form: Array(alert.form.text.utf8)
        )
        let given = [
            ("status", alert.status.rawValue, arguments["status"]),
            ("message", alert.message.rawValue, arguments["message"]),
        ]
        for (name, value, option) in given {
            if let option, option != value {
                throw UsageError(
                    message: "--\(name) is \(option), and \(path) has \(value): leave it out"
                )
            }
        }
        draft.status = alert.status.rawValue
        draft.message = alert.message.rawValue
        if arguments["tlp"] == nil { draft.tlp = alert.tlp.rawValue }
        let identifiers = alert.references.map(\.identifier)
        if arguments["reference"] == nil { draft.references = identifiers }
        return draft
    }

    private static func show(_ alert: PublishedAlert, status: String, _ speech: Speech) {
        Output.line(
            speech.mark(status: status) + speech("publish.accepted", "\(alert.index)", alert.alert)
        )
        for (agency, count) in alert.counts.sorted(by: { $0.key < $1.key }) {
            Output.line("  " + speech("publish.count", "\(count)", agency))
        }
        if let file = alert.file { Output.line(speech("publish.receipt", file)) }
    }

    private static func json(
        _ alert: PublishedAlert,
        _ sealed: SealedAlert?,
        status: String
    ) -> String {
        var json = JSONText()
        json.add("index", alert.index)
        json.add("alert", alert.alert)
        if status != "actual" { json.add("status", status) }
        json.add("count", alert.counts)
        if let attached = sealed?.attachmentDigests, !attached.isEmpty {
            let digests = attached.map(JSONText.quote).joined(separator: ",")
            json.add("attachment-digests", json: "[\(digests)]")
        }
        json.add("receipt", Base64.encodeURL(alert.receipt))
        return json.text
    }
}
