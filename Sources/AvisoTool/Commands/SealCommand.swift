import Alerts
import AvisoClient
import Base
import Glibc

/// The command `aviso seal`.
enum SealCommand: Command {
    static let specification = CommandSpecification(
        name: "seal",
        discussion: """
            With --count N the file holds N distinct payloads, each as [length: 4 bytes, big-endian]
            [bytes]; without it, one bare payload. Publish with QoS 1 to alerts/CHANNEL/KIND.
            With --group the members are those of now; when they have changed, the broker refuses.
            """,
        options: [
            CommonOption.channel, CommonOption.kind, CommonOption.to, CommonOption.group,
            CommonOption.tlp,
            .value("count", "N", "how many payloads, in frames"),
            .value("out", "FILE", "where to write them", isRequired: true),
        ] + CommonOption.labels,
        operands: [CommonOption.form]
    )

    private static let countMax: UInt64 = 10_000_000

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let draft = try CommonOption.draft(
            arguments,
            context,
            form: try FormFile.read(arguments.operands[0])
        )
        let path = arguments["out"] ?? ""
        let count = try arguments.unsigned("count")
        if let count, count == 0 || count > countMax {
            throw UsageError(message: "--count must be 1 to \(countMax)")
        }
        let groups = try profile.groups(named: draft.groups)
        let descriptor = try Files.create(path)
        defer { close(descriptor) }
        for _ in 0..<(count ?? 1) {
            let sealed = try profile.seal(draft, to: groups)
            var bytes: [UInt8] = []
            if count != nil { bytes.append(bigEndian: UInt32(sealed.payload.count)) }
            bytes.append(contentsOf: sealed.payload)
            try Files.write(bytes, to: descriptor, path)
        }
        Output.note(
            context.speech.mark(status: draft.status)
                + context.speech(
                    "seal.written",
                    "\(count ?? 1)",
                    "alerts/\(draft.channel)/\(draft.kind)",
                    path
                )
        )
    }
}
