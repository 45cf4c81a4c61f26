import Alerts
import AvisoClient
import Base

/// The command `aviso redact`.
enum RedactCommand: Command {
    static let specification = CommandSpecification(
        name: "redact",
        discussion: """
            The order is signed with the operator's key and names the SHA-256 of FILE, the document
            that orders it. When the command returns, the order stands in the log and the broker has
            erased the content for good; the statement and all proofs stay valid. Every recipient is
            told (aviso redactions).
            """,
        options: [
            .value(
                "order",
                "FILE",
                "the document that orders it, kept elsewhere",
                isRequired: true
            ),
            .value("reason", "TEXT", "the reason in words, which every recipient reads"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(
                name: "INDEX",
                help: "the alert's place in the log",
                isRequired: true
            )
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        guard let index = UInt64(arguments.operands[0]) else {
            throw UsageError(message: "INDEX must be a place in the log, such as 17")
        }
        let order = try Files.read(arguments["order"] ?? "")
        var options = AvisoClient.Options()
        options.reconnects = false
        let client = try await AvisoClient.connect(profile: context.profile(), options: options)
        let logged = try await client.redact(
            index: index,
            order: order,
            reason: arguments["reason"]
        )
        await client.close()
        Output.line(
            arguments.isJSON
                ? RedactionText.json(logged) : RedactionText.people(logged, context.speech)
        )
    }
}

/// The command `aviso redactions`.
enum RedactionsCommand: Command {
    static let specification = CommandSpecification(
        name: "redactions",
        discussion: """
            For an agency: the orders on alerts that were addressed to it. With --confirm each order
            is answered by a signed statement that this agency has erased its own copy: erase it
            first. Without --from it begins at the present, or where the session stands.
            """,
        options: [
            .value("from", "START", "an index of the log, or an RFC 3339 time"),
            .value("count", "N", "end after N orders"),
            .value(
                "session",
                "NAME",
                "a durable session of this name, for this command and these filters"
            ),
            .flag("confirm", "state for each order that the copy here has been erased"),
            CommonOption.json,
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let profile = try context.profile()
        let count = try arguments.unsigned("count")
        var options = AvisoClient.Options()
        options.session = arguments["session"]
        let start = try await arguments.start(profile)
        let client = try await AvisoClient.connect(profile: profile, options: options)
        let orders = try await client.redactionOrders(from: start)
        let isJSON = arguments.isJSON
        var received: UInt64 = 0
        while count.map({ received < $0 }) ?? true, let order = try await orders.next() {
            received += 1
            Output.line(
                isJSON ? RedactionText.json(order) : RedactionText.people(order, context.speech)
            )
            guard arguments.has("confirm") else { continue }
            let logged = try await client.confirm(order)
            Output.line(
                isJSON ? RedactionText.json(logged) : RedactionText.people(logged, context.speech)
            )
        }
        orders.acknowledge()
        await client.close()
    }
}

/// Orders and confirmations as text.
enum RedactionText {
    static func json(_ logged: LoggedRedaction) -> String {
        var json = JSONText()
        json.add("index", logged.index)
        json.add("alert-index", logged.alertIndex)
        json.add("alert", logged.alert)
        json.add("count", logged.counts)
        json.add("receipt", Base64.encodeURL(logged.receipt))
        return json.text
    }

    static func json(_ order: RedactionOrder) -> String {
        var json = JSONText()
        json.add("index", order.index)
        json.add("alert-index", order.alertIndex)
        json.add("alert", order.alert)
        json.add("count", order.count)
        json.add("by", order.by)
        json.add("issued", order.issuedAt)
        json.add("order", order.order)
        if let reason = order.reason { json.add("reason", reason) }
        json.add("verified", true)
        return json.text
    }

    static func people(_ logged: LoggedRedaction, _ speech: Speech) -> String {
        speech("redaction.logged", "\(logged.index)", logged.alert, "\(logged.alertIndex)")
    }

    static func people(_ order: RedactionOrder, _ speech: Speech) -> String {
        let alert = speech("redaction.order", order.alert, "\(order.alertIndex)", order.by)
        return alert + (order.reason.map { ": " + Printable.text($0) } ?? "")
    }
}
