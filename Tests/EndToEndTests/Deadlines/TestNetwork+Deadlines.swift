import Foundation
import Testing

/// Deadlines of seconds, and what the log says of them.
extension TestNetwork {
    /// A moment so many whole seconds from now on, at least.
    static func due(in seconds: Double) -> Date {
        Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + seconds).rounded(.up))
    }

    /// A moment as RFC 3339 writes it.
    static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    /// The moment that a JSON object of the tool names.
    static func date(_ text: Any?) throws -> Date {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return try style.parse(try #require(text as? String))
    }

    /// Waits until a moment has passed.
    static func wait(until date: Date) {
        while Date() <= date { usleep(20_000) }
    }

    /// Publishes a statement of an agency, and wants it accepted.
    ///
    /// - Returns: its identifier and index.
    @discardableResult
    func say(
        _ message: String,
        as author: String,
        to recipients: String,
        kind: String = "pre-export-notification",
        form: String,
        _ more: String...
    ) throws -> (alert: String, index: Int) {
        let file = path("\(UUID().uuidString).json")
        try form.write(toFile: file, atomically: true, encoding: .utf8)
        let profile = author.replacingOccurrences(of: ":", with: "-")
        let outcome = try Self.run(
            Self.program("aviso").path,
            [
                "--profile", path("agencies/\(profile)"), "publish", "--channel",
                "chemical-diversion", "--kind", kind, "--to", recipients, "--message", message,
                "--json", file,
            ] + more
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        let object = try #require(outcome.objects.first)
        return (
            try #require(object["alert"] as? String), try #require(object["index"] as? Int)
        )
    }

    /// Runs a command of CO:PONAL that makes an incident for MX:FGR.
    func incident(_ command: String, _ more: String...) throws -> Outcome {
        try Self.run(
            Self.program("aviso").path,
            [
                "--profile", path("agencies/CO-PONAL"), command, "--channel",
                "chemical-diversion", "--kind", "diversion-incident", "--to", "MX:FGR",
                Self.sample("diversion-incident"),
            ] + more
        )
    }

    /// The notices that an agency gets, from the beginning of the log on.
    func notices(_ agency: String, count: Int) throws -> [[String: Any]] {
        let outcome = try aviso(
            "agencies/\(agency)",
            "deadlines",
            "--follow",
            "--from",
            "0",
            "--count",
            "\(count)",
            "--json"
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    /// The sample of a pre-export notification, with a dispatch in a month.
    static func notification() throws -> String {
        let text = try String(contentsOfFile: sample("pre-export-notification"), encoding: .utf8)
        let day = Date().addingTimeInterval(30 * 86_400).formatted(.iso8601.year().month().day())
        return text.replacing(#/"dispatch": "[0-9-]+"/#, with: "\"dispatch\": \"\(day)\"")
    }

    /// The sample of an interdiction, whose end is still to come.
    static func interdiction() throws -> String {
        let text = try String(contentsOfFile: sample("interdiction"), encoding: .utf8)
        let time = Date.ISO8601FormatStyle()
        let (position, end) = (Date(), Date().addingTimeInterval(7200))
        return text.replacing(
            #/"at": "2026-11-23T18:38:00Z"/#,
            with: "\"at\": \"\(time.format(position))\""
        ).replacing(
            #/"expires": "2026-11-23T21:30:00Z"\n}/#,
            with: "\"expires\": \"\(time.format(end))\"\n}"
        )
    }
}

/// What a notice says.
extension [String: Any] {
    var event: String? { self["event"] as? String }
    var isSnapshot: Bool { self["type"] as? String == "snapshot" }
    var agencies: [String] { self["agencies"] as? [String] ?? [] }
}
