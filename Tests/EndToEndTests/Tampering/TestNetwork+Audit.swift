import Foundation
import Testing

/// Audits of a network, as an auditor makes them.
extension TestNetwork {
    /// Three alerts, and a broker that was stopped.
    static func stoppedWithAlerts() throws -> TestNetwork {
        let network = try TestNetwork()
        try network.start()
        for _ in 0..<3 { try network.publishAlert() }
        #expect(network.stop() == 0)
        return network
    }

    /// Starts avisod where it is to refuse, and gives what it said.
    func tryToStart() throws -> Outcome {
        try Self.run(Self.program("avisod").path, ["--config", path("broker/avisod.json5")])
    }

    /// Publishes an alert to MX:FGR.
    ///
    /// - Returns: its identifier.
    @discardableResult
    func publishAlert(to recipients: String = "MX:FGR") throws -> String {
        let outcome = try tryToPublish(to: recipients)
        try #require(outcome.status == 0, "\(outcome.error)")
        return try #require(outcome.objects.first?["alert"] as? String)
    }

    /// Publishes an alert, which may be refused.
    func tryToPublish(to recipients: String = "MX:FGR") throws -> Outcome {
        try aviso(
            "agencies/CO-PONAL",
            "publish",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            recipients,
            "--json",
            Self.sample("diversion-incident")
        )
    }

    /// Lets MX:FGR take alerts, and acknowledge them.
    func take(_ count: Int) throws -> Outcome {
        try aviso(
            "agencies/MX-FGR",
            "subscribe",
            "--session",
            "desk",
            "--from",
            "0",
            "--count",
            "\(count)",
            "--json"
        )
    }

    /// Runs `aviso audit --json`.
    func audit(_ arguments: String...) throws -> Outcome {
        try Self.run(
            Self.program("aviso").path,
            ["--profile", path("auditor"), "audit", "--json"] + arguments
        )
    }

    /// Runs `aviso log check --json` on the broker's log.
    func check() throws -> Outcome {
        try aviso("auditor", "log", "check", path("broker/log"), "--json")
    }
}

extension TestNetwork.Outcome {
    /// The first broken rule that an audit has found.
    var violation: [String: Any] { objects.first?["violation"] as? [String: Any] ?? [:] }
    /// Its name.
    var kind: String { violation["kind"] as? String ?? "" }
    /// Its place.
    var index: Int { violation["index"] as? Int ?? -1 }
    /// What a check of a folder has found.
    var damages: [[String: Any]] { objects.first?["damages"] as? [[String: Any]] ?? [] }
}
