import AvisoClient

/// Deadlines as text.
enum DeadlineText {
    /// Writes how the deadlines of an alert stand.
    ///
    /// - Parameters:
    ///   - standing: how they stand.
    ///   - isSigned: whether the log has signed it, and the signature was verified.
    ///   - arguments: the command line.
    ///   - context: how to speak.
    static func write(
        _ standing: DeadlineStanding,
        isSigned: Bool,
        _ arguments: ParsedArguments,
        _ context: CommandContext
    ) {
        let isJSON = arguments.isJSON
        Output.line(
            isJSON
                ? json(standing, isSigned: isSigned)
                : people(standing, isSigned: isSigned, context.speech)
        )
    }

    // MARK: - Standings

    private static func json(_ standing: DeadlineStanding, isSigned: Bool) -> String {
        var json = JSONText()
        json.add("alert", standing.alert)
        json.add("index", standing.index)
        json.add("from", standing.author)
        json.add("status", standing.status)
        json.add("origin", standing.origin)
        json.add("size", standing.size)
        json.add("root", standing.root)
        json.add("time", standing.time)
        if let reply = standing.reply { json.add("reply", json: self.json(reply)) }
        if let part = standing.acknowledgement {
            json.add("acknowledgement", json: self.json(part))
        }
        if isSigned { json.add("verified", true) }
        return json.text
    }

    private static func json(_ part: DeadlineStanding.Part) -> String {
        var agencies = JSONText()
        for fact in part.agencies {
            var json = JSONText()
            if let index = fact.index { json.add("index", index) }
            if let interim = fact.interim { json.add("interim-index", interim) }
            if fact.isLate { json.add("late", true) }
            if fact.index == nil { json.add("silent", true) }
            agencies.add(fact.agency, json: json.text)
        }
        var json = JSONText()
        json.add("due", part.due)
        json.add("state", part.state)
        if let index = part.changedBy { json.add("changed-by", index) }
        json.add("agencies", json: agencies.text)
        return json.text
    }

    private static func people(
        _ standing: DeadlineStanding,
        isSigned: Bool,
        _ speech: Speech
    ) -> String {
        let mark = speech.mark(status: standing.status)
        let heading = speech(
            "deadline.alert",
            standing.alert,
            "\(standing.index)",
            standing.author
        )
        var lines = [mark + heading]
        if let part = standing.reply {
            lines.append("  " + speech("deadline.reply", part.due, state(part, speech)))
            lines += facts(part, standing, speech)
        }
        if let part = standing.acknowledgement {
            lines.append("  " + speech("deadline.acknowledgement", part.due, state(part, speech)))
            lines += facts(part, standing, speech)
        }
        if isSigned {
            let size = "\(standing.size)"
            lines.append("  " + speech("deadline.signed", standing.origin, size, standing.time))
        }
        return lines.joined(separator: "\n")
    }

    private static func state(_ part: DeadlineStanding.Part, _ speech: Speech) -> String {
        if part.state == "open", part.isComplete { return speech("deadline.state.complete") }
        return speech("deadline.state.\(part.state)", part.changedBy.map { "\($0)" } ?? "")
    }

    private static func facts(
        _ part: DeadlineStanding.Part,
        _ standing: DeadlineStanding,
        _ speech: Speech
    ) -> [String] {
        part.agencies.map { fact in
            let text: String
            if let index = fact.index {
                text = speech(
                    fact.isLate ? "deadline.given-late" : "deadline.given",
                    fact.agency,
                    "\(index)"
                )
            } else if let interim = fact.interim {
                text = speech("deadline.interim", fact.agency, "\(interim)")
            } else {
                text = speech("deadline.silent", fact.agency, "\(standing.size)")
            }
            return "    " + text
        }
    }

    // MARK: - Notices

    static func json(_ notice: DeadlineNotice) -> String {
        var json = JSONText()
        json.add("index", notice.index)
        json.add("time", notice.time)
        json.add("event", notice.event.rawValue)
        json.add("of", notice.subject.rawValue)
        json.add("alert", notice.alert)
        json.add("alert-index", notice.alertIndex)
        json.add("from", notice.author)
        json.add("channel", notice.channel)
        json.add("status", notice.status)
        json.add("due", notice.due)
        json.add(
            "agencies",
            json: "[" + notice.agencies.map(JSONText.quote).joined(separator: ",") + "]"
        )
        if let answer = notice.answer { json.add("answer", answer) }
        if notice.isProved { json.add("proved", true) }
        return json.text
    }

    static func people(_ notice: DeadlineNotice, _ speech: Speech) -> String {
        let words = speech(
            "deadline.notice.\(notice.event.rawValue).\(notice.subject.rawValue)",
            notice.alert,
            notice.due,
            notice.agencies.joined(separator: ", "),
            notice.answer.map { "\($0)" } ?? ""
        )
        return speech.mark(status: notice.status) + "\(notice.index)  \(notice.time)  \(words)"
    }
}
