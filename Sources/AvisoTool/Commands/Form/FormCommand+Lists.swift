import Alerts
import AvisoClient

extension FormCommand {
    /// Writes the kinds by channel.
    static func writeKinds(_ arguments: ParsedArguments) throws {
        let lines = Channel.allCases.flatMap { channel in
            let kinds = AlertKind.allCases.filter { $0.channel == channel }
            guard isJSON(arguments) else { return ["\(channel)"] + kinds.map { "  \($0)" } }
            return kinds.map { kind in
                var json = JSONText()
                json.add("channel", channel.rawValue)
                json.add("kind", kind.rawValue)
                return json.text
            }
        }
        try write(lines.map { $0 + "\n" }.joined(), arguments)
    }

    /// Writes which lists of reference are in use.
    static func writeReference(_ reference: ReferenceData, _ arguments: ParsedArguments) throws {
        let lists = [
            ("precursors", reference.precursorsVersion, reference.precursors.count),
            ("member-states", reference.membersVersion, reference.members.count),
            ("calendars", reference.calendarsVersion, reference.calendars.count),
            ("pre-export-duties", reference.dutiesVersion, reference.duties.count),
        ]
        let lines = lines(lists, arguments)
        try write(lines.map { $0 + "\n" }.joined(), arguments)
    }

    private static func lines(
        _ lists: [(name: String, version: String, count: Int)],
        _ arguments: ParsedArguments
    ) -> [String] {
        lists.map { list in
            guard isJSON(arguments) else { return "\(list.version): \(list.count)" }
            var json = JSONText()
            json.add("list", list.name)
            json.add("version", list.version)
            json.add("rows", UInt64(list.count))
            return json.text
        }
    }

    /// Writes where exports have to be notified before they leave: everywhere, or in one country.
    static func writeDuties(
        _ reference: ReferenceData,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) throws {
        let country = arguments.operands.count > 1 ? arguments.operands[1] : nil
        if let country, !Identifier.country.accepts(country) {
            throw UsageError(message: "\(country) is no country, such as PE")
        }
        var lines: [String] = []
        for duty in reference.duties where country == nil || duty.country == country {
            let name =
                reference.precursors.first { $0.cas == duty.scope }?.name ?? duty.scope
            guard isJSON(arguments) else {
                lines.append("\(duty.country)  \(duty.since)  \(name)")
                continue
            }
            var json = JSONText()
            json.add("country", duty.country)
            json.add("substance", duty.scope)
            json.add("name", name)
            json.add("since", duty.since)
            if let note = duty.note { json.add("note", note) }
            lines.append(json.text)
        }
        if !isJSON(arguments) {
            lines.append(context.speech("duties.list", reference.dutiesVersion))
        }
        try write(lines.map { $0 + "\n" }.joined(), arguments)
    }
}
