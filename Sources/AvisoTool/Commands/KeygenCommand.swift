import AvisoClient

/// The command `aviso keygen`.
enum KeygenCommand: Command {
    static let specification = CommandSpecification(
        name: "keygen",
        discussion: """
            Writes signing.key (Ed25519) and encryption.key (X25519) into the folder, readable by
            the owner alone; keys that are there are never overwritten.
            """,
        options: [CommonOption.json],
        operands: [
            OperandSpecification(name: "DIR", help: "an existing folder", isRequired: true)
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let keys = try AgencyKeys.generate(in: arguments.operands[0])
        guard arguments.isJSON else {
            Output.line("signingKey:    \"\(keys.signingKey)\"")
            Output.line("encryptionKey: \"\(keys.encryptionKey)\"")
            return
        }
        var json = JSONText()
        json.add("signing-key", keys.signingKey)
        json.add("encryption-key", keys.encryptionKey)
        Output.line(json.text)
    }
}
