import Alerts
import AvisoClient
import Base

/// The command `aviso verify-receipt`.
enum VerifyReceiptCommand: Command {
    static let specification = CommandSpecification(
        name: "verify-receipt",
        discussion: """
            ALERT is a file (a transparent statement as publish keeps it, a statement, or a
            published payload, a tlog-proof file as prove writes it, or a statement as deadline
            writes it) or the identifier of an alert that this profile published.
            """,
        options: [
            .value("receipt", "BASE64URL", "the receipt, where the file does not carry it"),
            .value("receipt-file", "FILE", "the receipt as receipt --bare writes it"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(
                name: "ALERT",
                help: "a file, - for standard input, or urn:uuid:...",
                isRequired: true
            )
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        var receipt: [UInt8]?
        if let text = arguments["receipt"] {
            guard let bytes = Base64.decodeURL(text) else {
                throw UsageError(message: "--receipt is no base64url")
            }
            receipt = bytes
        }
        let operand = arguments.operands[0]
        let path = operand.hasPrefix("urn:uuid:") ? profile.receiptFile(alert: operand) : operand
        if let file = arguments["receipt-file"] { receipt = try Files.read(file) }
        let bytes = try Files.read(path)
        if AvisoProfile.isDeadlineStatement(bytes) {
            let standing = try profile.verifyDeadlineStatement(bytes)
            return DeadlineText.write(standing, isSigned: true, arguments, context)
        }
        if AvisoProfile.isProof(bytes) {
            return write(try profile.verifyProof(bytes), arguments, context)
        }
        let proof = try profile.verifyReceipt(receipt, statement: bytes)
        guard arguments.isJSON else {
            Output.line(
                context.speech.mark(status: proof.status)
                    + context.speech("receipt.stands", proof.alert, proof.author, "\(proof.index)")
            )
            Output.line(
                context.speech("receipt.log", proof.origin, "\(proof.treeSize)", proof.time)
            )
            return
        }
        var json = JSONText()
        json.add("alert", proof.alert)
        json.add("from", proof.author)
        json.add("status", proof.status)
        json.add("index", proof.index)
        json.add("size", proof.treeSize)
        json.add("origin", proof.origin)
        json.add("time", proof.time)
        json.add("count", proof.counts)
        json.add("verified", true)
        Output.line(json.text)
    }

    private static func write(
        _ proof: VerifiedEntry,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        guard arguments.isJSON else {
            Output.line(RecordText.people(proof.record, isRedacted: false, context.speech))
            Output.line(
                context.speech(
                    "receipt.log",
                    proof.origin,
                    "\(proof.treeSize)",
                    proof.record.time
                )
            )
            if !proof.cosigners.isEmpty {
                Output.line(CosignerText.people(proof.cosigners, proof.treeSize, context.speech))
            }
            return
        }
        var json = JSONText()
        json.add("entry", json: RecordText.json(proof.record, isRedacted: false))
        json.add("index", proof.record.index)
        json.add("size", proof.treeSize)
        json.add("origin", proof.origin)
        if !proof.cosigners.isEmpty {
            json.add("cosigned", json: CosignerText.json(proof.cosigners))
        }
        json.add("verified", true)
        Output.line(json.text)
    }
}
