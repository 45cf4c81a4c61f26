import Alerts
import AvisoClient
import Base

/// The command `aviso publish`.
enum PublishCommand: Command {
    static let specification = CommandSpecification(
        name: "publish",
        summary: "Seal a form, publish it, and print the signed receipt.",
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
            """,
        options: [
            CommonOption.channel, CommonOption.kind, CommonOption.to, CommonOption.tlp,
            .flag("csv", "the file is a table, one form in each row"),
            .value("previous", "ALERT", "the custody-transfer before this one, as URN or index"),
            .value("attach", "FILES", "files that go with the alert, by commas"),
            .value("attach-type", "TYPES", "their media types, by commas (default: by name)"),
            .flag("https", "publish over HTTPS, where MQTT is not to be had"), CommonOption.json,
        ] + CommonOption.labels,
        operands: [CommonOption.form]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let files = try attachments(arguments)
        let sealed = try drafts(arguments, context, profile).map { draft in
            var draft = draft
            draft.attachments = files
            return try profile.seal(draft)
        }
        let bar = TransferBar(context.speech)
        guard !arguments.has("https") else {
            for alert in sealed {
                let published = try AvisoClient.publishOverHTTPS(alert, profile: profile) {
                    bar.show($0)
                }
                bar.clear()
                tell(published, alert, arguments, context)
            }
            return
        }
        // Before the connection is made, which would have nothing to do meanwhile.
        for alert in sealed { try profile.uploadAttachments(of: alert) { bar.show($0) } }
        bar.clear()
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        for alert in sealed { tell(try await client.publish(alert), alert, arguments, context) }
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

    private static func tell(
        _ published: PublishedAlert,
        _ sealed: SealedAlert,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        if arguments.has("json") || !Output.isTerminal {
            Output.line(json(published, sealed))
        } else {
            show(published, status: arguments["status"] ?? "actual", context.speech)
            let count = sealed.attachmentDigests.count
            if count > 0 { Output.line("  " + context.speech("publish.attached", "\(count)")) }
        }
    }

    private static func drafts(
        _ arguments: ParsedArguments,
        _ context: CommandContext,
        _ profile: AvisoProfile
    ) throws -> [AlertDraft] {
        let path = arguments.operands[0]
        guard arguments.has("csv") else {
            let draft = try CommonOption.draft(
                arguments,
                context,
                form: try FormFile.read(path)
            )
            guard let previous = arguments["previous"] else { return [draft] }
            return [try profile.linking(draft, behind: try CaseCommand.name(previous))]
        }
        guard arguments["previous"] == nil else {
            throw UsageError(message: "--previous goes without --csv: each link has its own")
        }
        guard let kind = AlertKind(rawValue: arguments["kind"] ?? "") else {
            throw UsageError(message: "there is no kind \(arguments["kind"] ?? "")")
        }
        let bytes = try Files.read(path)
        let table: FormTable
        do throws(FormTable.Failure) {
            table = try FormTable(csv: bytes, kind: kind)
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
                try profile.check(draft)
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

    private static func show(_ alert: PublishedAlert, status: String, _ speech: Speech) {
        Output.line(
            speech.mark(status: status) + speech("publish.accepted", "\(alert.index)", alert.alert)
        )
        for (agency, count) in alert.counts.sorted(by: { $0.key < $1.key }) {
            Output.line("  " + speech("publish.count", "\(count)", agency))
        }
        if let file = alert.file { Output.line(speech("publish.receipt", file)) }
    }

    private static func json(_ alert: PublishedAlert, _ sealed: SealedAlert) -> String {
        var json = JSONText()
        json.add("index", alert.index)
        json.add("alert", alert.alert)
        json.add("count", alert.counts)
        if !sealed.attachmentDigests.isEmpty {
            let digests = sealed.attachmentDigests.map(JSONText.quote).joined(separator: ",")
            json.add("attachments", json: "[\(digests)]")
        }
        json.add("receipt", Base64.encodeURL(alert.receipt))
        return json.text
    }
}
