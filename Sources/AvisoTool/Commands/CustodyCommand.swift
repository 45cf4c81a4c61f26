import Alerts
import AvisoClient

/// The command `aviso custody`.
enum CustodyCommand: Command {
    static let specification = CommandSpecification(
        name: "custody",
        discussion: """
            Every custody transfer about the item that this agency can read is held against the one
            before it: signature, digest, place in the log, who gives and who took, seals, quantity
            and time; with --kept all but the place in the log. A link that this agency cannot read
            is a break too: name all agencies of the chain in --to, your own included. The exit code
            is 1 unless the chain holds. `aviso publish --kind custody-transfer --previous ALERT`
            adds a link.
            """,
        options: [
            .value("kept", "DIR", "offline, from what aviso subscribe --keep has kept there"),
            CommonOption.json,
        ],
        operands: [
            OperandSpecification(
                name: "ITEM",
                help: "the item's identifier, or the number of a seal on it",
                isRequired: true
            )
        ]
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let (profile, item) = (try context.profile(), arguments.operands[0])
        let report =
            if let folder = arguments["kept"] {
                try profile.custody(of: item, kept: try KeptAlerts(folder).read())
            } else {
                try await profile.custody(of: item)
            }
        let isJSON = arguments.isJSON
        for chain in report.chains {
            if isJSON {
                for (place, link) in chain.links.enumerated() {
                    Output.line(CustodyText.json(link, place + 1, chain))
                }
                Output.line(CustodyText.json(chain, report.item))
            } else {
                for line in CustodyText.people(chain, context.speech) { Output.line(line) }
            }
        }
        guard let chain = report.chains.first(where: { $0.firstBreak != nil }),
            let link = chain.firstBreak, let finding = link.breaks.first
        else { return }
        throw AvisoError(
            .notVerified,
            context.speech.mark(status: chain.status)
                + context.speech(
                    "custody.broken",
                    "\(CustodyText.number(of: link, in: chain))",
                    "\(link.index)",
                    finding.kind,
                    Printable.text(finding.expected),
                    Printable.text(finding.found)
                )
        )
    }
}

/// A chain of custody as text.
enum CustodyText {
    /// Which link of the chain it is, from 1.
    static func number(of link: CustodyReport.Link, in chain: CustodyReport.Chain) -> Int {
        (chain.links.firstIndex { $0.alert == link.alert } ?? 0) + 1
    }

    static func json(
        _ link: CustodyReport.Link,
        _ number: Int,
        _ chain: CustodyReport.Chain
    ) -> String {
        var json = JSONText()
        json.add("link", UInt64(number))
        json.add("index", link.index)
        json.add("alert", link.alert)
        json.add("from", link.author)
        json.add("status", chain.status)
        json.add("logged", link.logged)
        json.add("digest", link.digest)
        for (name, value) in [
            ("item", link.item), ("giver", link.giver), ("taker", link.taker), ("at", link.time),
            ("condition", link.condition),
        ] {
            if let value { json.add(name, value) }
        }
        let seals = link.seals.map { seal in
            var json = JSONText()
            json.add("number", seal.name)
            json.add("state", seal.value)
            return json.text
        }
        json.add("seals", json: "[\(seals.joined(separator: ","))]")
        if link.isWithdrawn { json.add("withdrawn", true) }
        json.add("holds", link.breaks.isEmpty)
        let breaks = link.breaks.map(finding)
        json.add("breaks", json: "[\(breaks.joined(separator: ","))]")
        return json.text
    }

    static func json(_ chain: CustodyReport.Chain, _ item: String) -> String {
        var json = JSONText()
        json.add("item", chain.item ?? item)
        json.add("status", chain.status)
        json.add("links", UInt64(chain.links.count))
        json.add("holds", chain.firstBreak == nil)
        if let link = chain.firstBreak {
            json.add("first-break", UInt64(number(of: link, in: chain)))
        }
        if let holder = chain.holder { json.add("holder", holder) }
        return json.text
    }

    private static func finding(_ finding: CustodyReport.Finding) -> String {
        var json = JSONText()
        json.add("kind", finding.kind)
        json.add("expected", finding.expected)
        json.add("found", finding.found)
        return json.text
    }

    static func people(_ chain: CustodyReport.Chain, _ speech: Speech) -> [String] {
        let mark = speech.mark(status: chain.status)
        var lines: [String] = []
        for (place, link) in chain.links.enumerated() {
            var head = "\(place + 1)  \(link.index)  \(link.alert)  \(link.author)"
            if link.isWithdrawn { head += "  " + speech("custody.withdrawn") }
            lines.append(head)
            if let giver = link.giver, let taker = link.taker, let time = link.time {
                let people = (Printable.text(giver), Printable.text(taker))
                lines.append("   " + speech("custody.handed", people.0, people.1, time))
            }
            let seals = link.seals.map { "\(Printable.text($0.name)) (\($0.value))" }
            if let condition = link.condition {
                lines.append(
                    "   " + speech("custody.seals", seals.joined(separator: ", "), condition)
                )
            }
            for finding in link.breaks {
                let values = (Printable.text(finding.expected), Printable.text(finding.found))
                lines.append(
                    "   " + speech("custody.break", finding.kind, values.0, values.1)
                )
            }
        }
        if chain.firstBreak == nil {
            let holder = Printable.text(chain.holder ?? "")
            lines.append(speech("custody.holds", "\(chain.links.count)", holder))
        }
        return lines.map { mark + $0 }
    }
}
