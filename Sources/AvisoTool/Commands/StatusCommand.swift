import AvisoClient

/// The command `aviso status`.
enum StatusCommand: Command {
    static let specification = CommandSpecification(
        name: "status",
        discussion: "",
        options: [CommonOption.json],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let status = try await client.status()
        await client.close()
        guard arguments.isJSON else {
            Output.line(context.speech("status.server", status.server, profile.station))
            Output.line(
                context.speech("status.log", status.origin, "\(status.checkpoint.size)")
            )
            Output.line(context.speech("status.root", status.checkpoint.root))
            return
        }
        var json = JSONText()
        json.add("server", status.server)
        json.add("station", profile.station)
        json.add("origin", status.origin)
        json.add("size", status.checkpoint.size)
        json.add("root", status.checkpoint.root)
        json.add("verified", true)
        Output.line(json.text)
    }
}
