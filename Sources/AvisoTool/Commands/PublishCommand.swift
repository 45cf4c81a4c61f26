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
            profile.
            """,
        options: [
            CommonOption.channel, CommonOption.kind, CommonOption.to, CommonOption.tlp,
            CommonOption.status, CommonOption.expires, CommonOption.json,
        ],
        operands: [CommonOption.form]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let sealed = try profile.seal(try CommonOption.draft(arguments))
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let alert = try await client.publish(sealed)
        await client.close()
        guard arguments.has("json") || !Output.isTerminal else {
            Output.line("accepted at index \(alert.index): \(alert.alert)")
            for (agency, count) in alert.counts.sorted(by: { $0.key < $1.key }) {
                Output.line("  alert \(count) addressed to \(agency)")
            }
            if let file = alert.file { Output.line("receipt verified and kept in \(file)") }
            return
        }
        var json = JSONText()
        json.add("index", alert.index)
        json.add("alert", alert.alert)
        json.add("count", alert.counts)
        json.add("receipt", Base64.encodeURL(alert.receipt))
        Output.line(json.text)
    }
}
