import Alerts
import AvisoClient

/// The command `aviso log`.
enum LogCommand: Command {
    static let specification = CommandSpecification(
        name: "log",
        discussion: """
            log export FOLDER DIR   copy the log of a broker, which may be running, into a new
                                    folder, attachments included; every byte is verified on
                                    the way
            log import DIR FOLDER   make the log's folder of a new broker that goes on where the
                                    copy ends; its first entry is the change to its own key
            log check FOLDER        verify a folder offline, from the bytes of its entries; says
                                    which file is damaged, where, and which entries that costs
            The profile says which log and key are trusted.
            """,
        options: [CommonOption.json],
        operands: [
            OperandSpecification(name: "ACTION", help: "one of the above", isRequired: true),
            OperandSpecification(name: "FROM", help: "the folder to read", isRequired: true),
            OperandSpecification(name: "TO", help: "the folder to make", isRequired: false),
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let (action, source) = (arguments.operands[0], arguments.operands[1])
        if action == "check" { return try check(source, profile, arguments, context) }
        guard arguments.operands.count == 3 else {
            throw UsageError(message: "log \(action) needs TO, the folder to make")
        }
        let target = arguments.operands[2]
        switch action {
        case "export":
            let copied = try LogArchive.export(source, to: target, profile: profile)
            write(copied, target, arguments, context)
        case "import":
            let copied = try LogArchive.import(source, to: target, profile: profile)
            write(copied, target, arguments, context)
            if !arguments.isJSON { Output.line(context.speech("log.continue")) }
        default:
            throw UsageError(message: "log has no action \(action)")
        }
    }

    private static func check(
        _ folder: String,
        _ profile: AvisoProfile,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) throws {
        guard arguments.operands.count == 2 else {
            throw UsageError(message: "log check reads one folder")
        }
        let report = try LogArchive.check(folder, profile: profile)
        if arguments.isJSON {
            Output.line(FolderText.json(report))
        } else {
            for line in FolderText.people(report, context.speech) { Output.line(line) }
        }
        guard report.damageCount == 0 else {
            throw AvisoError(.notVerified, "\(folder): \(report.damageCount) damaged pieces")
        }
    }

    private static func write(
        _ copied: LogArchive,
        _ target: String,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        guard arguments.isJSON else {
            Output.line(context.speech("log.copied", "\(copied.size)", copied.origin, target))
            return
        }
        var json = JSONText()
        json.add("origin", copied.origin)
        json.add("size", copied.size)
        json.add("root", copied.root)
        json.add("bytes", copied.byteCount)
        json.add("segments", UInt64(copied.segmentCount))
        json.add("attachment-count", UInt64(copied.attachmentCount))
        json.add("attachment-bytes", copied.attachmentByteCount)
        json.add("folder", target)
        Output.line(json.text)
    }
}

/// What a check of a folder found, as text.
enum FolderText {
    static func json(_ report: LogFolderReport) -> String {
        var json = JSONText()
        json.add("origin", report.origin)
        json.add("entries", report.entryCount)
        json.add("contents", report.contentCount)
        json.add("attachment-count", UInt64(report.attachmentCount))
        json.add("attachment-bytes", report.attachmentByteCount)
        json.add("checkpoints", report.checkpointCount)
        json.add("tree-hashes", report.treeHashCount)
        if let size = report.publishedSize { json.add("size", size) }
        json.add("holds", report.damageCount == 0)
        json.add("damaged", UInt64(report.damageCount))
        let damages = report.damages.map { damage in
            var json = JSONText()
            json.add("file", damage.file)
            json.add("offset", damage.offset)
            json.add("reason", damage.reason)
            if let first = damage.firstEntry, let last = damage.lastEntry {
                json.add("first", first)
                json.add("last", last)
            }
            return json.text
        }
        json.add("damages", json: "[\(damages.joined(separator: ","))]")
        return json.text
    }

    static func people(_ report: LogFolderReport, _ speech: Speech) -> [String] {
        var lines = [
            speech(
                "log.checked",
                report.origin,
                "\(report.entryCount)",
                "\(report.contentCount)",
                "\(report.checkpointCount)",
                "\(report.treeHashCount)"
            )
        ]
        if report.attachmentCount > 0 {
            let (count, bytes) = ("\(report.attachmentCount)", "\(report.attachmentByteCount)")
            lines.append("  " + speech("log.attachments", count, bytes))
        }
        for damage in report.damages {
            let reason = Printable.text(damage.reason)
            lines.append(speech("log.damage", damage.file, "\(damage.offset)", reason))
            if let first = damage.firstEntry, let last = damage.lastEntry {
                lines.append("  " + speech("log.lost", "\(first)", "\(last)"))
            }
        }
        if report.damageCount == 0 { lines.append(speech("log.whole")) }
        return lines
    }
}
