import Alerts
import AvisoClient
import Base

extension FormCommand {
    /// Writes a form as a CAP 1.2 document.
    static func writeCAP(_ arguments: ParsedArguments) throws {
        let kind = try kind(named: arguments["kind"])
        let bytes = try FormFile.read(try operand(arguments))
        guard let from = arguments["from"], let to = arguments["to"] else {
            throw UsageError(message: "cap needs --from AGENCY and --to AGENCIES")
        }
        guard let tlp = TLP(label: arguments["tlp"] ?? "AMBER"),
            let status = Status(rawValue: arguments["status"] ?? "actual")
        else { throw UsageError(message: "--tlp or --status is no label that there is") }
        let now = Clock.now()
        var generator = SystemRandomNumberGenerator()
        do {
            let alert = try CAPAlert(
                identifier: UUID(
                    version7At: now,
                    random: (generator.next(), generator.next())
                ).urn,
                sender: from,
                sent: now,
                status: status,
                message: try message(arguments),
                references: try CAPAlert.citations(arguments["cites"] ?? ""),
                addresses: to.split(separator: ",").map(String.init),
                tlp: tlp,
                kind: kind,
                form: try JSONValue(parsing: bytes[...])
            )
            try write(alert.xml, arguments)
        } catch let error as CAPError {
            throw AvisoError(.invalidInput, error.wording)
        } catch let error as JSONError {
            throw AvisoError(.invalidInput, error.wording)
        }
    }

    /// Writes the form of a CAP 1.2 document, and says what else of it the form does not carry.
    static func readCAP(_ arguments: ParsedArguments, _ context: CommandContext) throws {
        let alert = try capAlert(try operand(arguments), kind: arguments["kind"])
        try write(alert.form.indentedText + "\n", arguments)
        let speech = context.speech
        Output.note(
            speech.mark(status: alert.status.rawValue)
                + speech(
                    "cap.header",
                    "\(alert.kind.channel)/\(alert.kind)",
                    alert.status.rawValue,
                    alert.message.rawValue,
                    alert.tlp.rawValue
                )
        )
    }

    /// Reads a CAP 1.2 document.
    static func capAlert(_ path: String, kind name: String?) throws -> CAPAlert {
        let kind = try name.map { try Self.kind(named: $0) }
        let bytes = try Files.read(path)
        do throws(CAPError) {
            return try CAPAlert(xml: bytes, kind: kind)
        } catch {
            throw AvisoError(.invalidInput, error.wording)
        }
    }
}
