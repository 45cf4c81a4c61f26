import Foundation
import Testing

/// Groups as agencies use them.
extension TestNetwork {
    /// Runs `aviso group --json`.
    func group(_ agency: String, _ arguments: String...) throws -> Outcome {
        try Self.run(
            Self.program("aviso").path,
            ["--profile", path("agencies/\(agency)"), "group", "--json"] + arguments
        )
    }

    /// Runs `aviso group --json`, which must succeed.
    ///
    /// - Returns: what it printed.
    @discardableResult
    func grouped(_ agency: String, _ arguments: String...) throws -> [String: Any] {
        let outcome = try Self.run(
            Self.program("aviso").path,
            ["--profile", path("agencies/\(agency)"), "group", "--json"] + arguments
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        return try #require(outcome.objects.first)
    }

    /// Publishes an incident to a group.
    func publish(_ agency: String, group: String, _ more: String...) throws -> Outcome {
        try Self.run(
            Self.program("aviso").path,
            ["--profile", path("agencies/\(agency)")] + Self.incident("publish", group) + more
                + ["--json", Self.sample("diversion-incident")]
        )
    }

    /// The words of a command that sends an incident to a group.
    static func incident(_ command: String, _ group: String) -> [String] {
        [
            command, "--channel", "chemical-diversion", "--kind", "diversion-incident", "--tlp",
            "AMBER", "--group", group,
        ]
    }

    /// The entries of the log about groups, as the auditor reads them, verified.
    func groupEntries() throws -> [[String: Any]] {
        try replay().filter { $0["type"] as? String == "group" }
    }
}

extension TestNetwork.Outcome {
    /// Whom an alert that was published went to.
    var recipients: [String] {
        (objects.first?["count"] as? [String: Int] ?? [:]).keys.sorted()
    }
}
