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
            """,
        options: [
            CommonOption.channel, CommonOption.kind, CommonOption.to, CommonOption.tlp,
            .flag("csv", "the file is a table, one form in each row"),
            .value("previous", "ALERT", "the custody-transfer before this one, as URN or index"),
            .flag("https", "publish over HTTPS, where MQTT is not to be had"), CommonOption.json,
        ] + CommonOption.labels,
        operands: [CommonOption.form]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let sealed = try drafts(arguments, context, profile).map { try profile.seal($0) }
        guard !arguments.has("https") else {
            for alert in sealed {
                let published = try AvisoClient.publishOverHTTPS(alert, profile: profile)
                tell(published, arguments, context)
            }
            return
        }
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        for alert in sealed { tell(try await client.publish(alert), arguments, context) }
        await client.close()
    }

    private static func tell(
        _ published: PublishedAlert,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        if arguments.has("json") || !Output.isTerminal {
            Output.line(json(published))
        } else {
            show(published, status: arguments["status"] ?? "actual", context.speech)
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
            return [try profile.link(draft, behind: try CaseCommand.name(previous))]
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

    private static func json(_ alert: PublishedAlert) -> String {
        var json = JSONText()
        json.add("index", alert.index)
        json.add("alert", alert.alert)
        json.add("count", alert.counts)
        json.add("receipt", Base64.encodeURL(alert.receipt))
        return json.text
    }
}
