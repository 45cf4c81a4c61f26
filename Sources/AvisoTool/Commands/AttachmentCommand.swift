import Alerts
import AvisoClient

/// The command `aviso attachment`.
enum AttachmentCommand: Command {
    static let specification = CommandSpecification(
        name: "attachment",
        discussion: """
            attachment list ALERT   what the alert's author attached
            attachment get ALERT    download, verify and decrypt them, each to a file of its own
            ALERT is an index of the log or urn:uuid:..., of an alert that was addressed to this
            agency. Files are made with mode 0600 and never replaced; names that lead to another
            folder are not followed. A download that was interrupted goes on where it was, from
            the file *.aviso-part beside it; what is there whole is held against the signed digest
            and not fetched again.
            """,
        options: [
            .value("number", "N", "only the N-th of them (default: all)"),
            .value("out", "PATH", "the file to make, or with several the folder (default: .)"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(name: "ACTION", help: "list or get", isRequired: true),
            OperandSpecification(name: "ALERT", help: "index or identifier", isRequired: true),
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let (action, text) = (arguments.operands[0], arguments.operands[1])
        guard ["list", "get"].contains(action) else {
            throw UsageError(message: "attachment has no action \(action)")
        }
        guard action == "get" || arguments["out"] == nil else {
            throw UsageError(message: "--out goes with attachment get")
        }
        guard let name = LogEntryName(text) else {
            throw UsageError(message: "\(text) is neither an index nor urn:uuid:...")
        }
        guard profile.isAgency else {
            throw UsageError(message: "attachments are for agencies; use an agency's profile")
        }
        let alert = try await AvisoClient.receivedAlert(name, profile: profile)
        guard !alert.isRedacted else {
            throw AvisoError(.refused, context.speech("alert.redacted"))
        }
        let chosen = try choose(alert, arguments)
        let isJSON = arguments.isJSON
        if chosen.isEmpty, !isJSON { Output.line(context.speech("attachment.none")) }
        let bar = TransferBar(context.speech)
        for attachment in chosen {
            var file: String?
            if action == "get" {
                let path = path(of: attachment, alert, arguments)
                if try !profile.isDownloaded(attachment, at: path) {
                    try profile.download(attachment, to: path) { bar.show($0) }
                    bar.clear()
                }
                file = path
            }
            Output.line(
                isJSON
                    ? AttachmentText.json(attachment, file: file)
                    : AttachmentText.people(attachment, file: file, context.speech)
            )
        }
    }

    private static func choose(
        _ alert: ReceivedAlert,
        _ arguments: ParsedArguments
    ) throws -> [ReceivedAttachment] {
        guard let number = try arguments.unsigned("number") else { return alert.attachments }
        let chosen = alert.attachments.filter { UInt64($0.number) == number }
        guard !chosen.isEmpty else {
            throw UsageError(
                message: "--number \(number): the alert has \(alert.attachments.count) attachments"
            )
        }
        return chosen
    }

    // --out names the file where there is one, and a folder where there can be several.
    private static func path(
        of attachment: ReceivedAttachment,
        _ alert: ReceivedAlert,
        _ arguments: ParsedArguments
    ) -> String {
        guard let out = arguments["out"] else { return attachment.fileName }
        let isOne = arguments["number"] != nil || alert.attachments.count == 1
        return isOne && !Files.isFolder(out) ? out : "\(out)/\(attachment.fileName)"
    }
}

/// An attachment as text.
enum AttachmentText {
    static func json(_ attachment: ReceivedAttachment, file: String?) -> String {
        var json = JSONText()
        json.add("number", UInt64(attachment.number))
        json.add("name", attachment.name)
        json.add("type", attachment.mediaType)
        json.add("size", attachment.byteCount)
        json.add("digest", attachment.digest)
        if let file { json.add("file", file) }
        return json.text
    }

    static func people(
        _ attachment: ReceivedAttachment,
        file: String?,
        _ speech: Speech
    ) -> String {
        let line = speech(
            "attachment.line",
            "\(attachment.number)",
            Printable.text(attachment.name),
            attachment.mediaType,
            "\(attachment.byteCount)"
        )
        return line + (file.map { "; " + speech("attachment.saved", Printable.text($0)) } ?? "")
    }
}
