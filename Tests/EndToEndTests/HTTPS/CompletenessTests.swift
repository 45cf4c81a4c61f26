import Foundation
import Testing

/// `aviso prove-complete`, and who is told how many alerts an agency has.
@Suite struct CompletenessTests {
    private static let reader = "agencies/MX-FGR"

    @Test func anAgencyProvesThatItHoldsAllAndNamesWhatIsMissing() throws {
        let network = try TestNetwork()
        try network.start()
        // Nothing yet: the absence is proved.
        let none = try network.aviso(Self.reader, "prove-complete", "--json")
        #expect(none.status == 0, "\(none.error)")
        #expect(none.objects.first?["count"] as? Int == 0)
        for _ in 0..<3 { try publish(network, to: "MX:FGR,US:DEA") }
        try publish(network, to: "US:DEA")

        let all = try network.aviso(Self.reader, "prove-complete", "--json")
        #expect(all.status == 0, "\(all.error)")
        let report = try #require(all.objects.first)
        #expect(report["complete"] as? Bool == true)
        #expect(report["count"] as? Int == 3)
        #expect(report["held"] as? Int == 3)
        let absent = try network.aviso("agencies/PE-DEVIDA", "prove-complete", "--json")
        #expect(absent.status == 0, "\(absent.error)")
        #expect(absent.objects.first?["count"] as? Int == 0)

        // What subscribe printed, whole and with one alert gone.
        let received = try network.aviso(
            Self.reader,
            "subscribe",
            "--from",
            "0",
            "--count",
            "3",
            "--json"
        )
        let file = network.path("received")
        try received.output.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try prove(network, file).status == 0)
        let lines = received.output.split(separator: "\n")
        try #require(lines.count == 3)
        try (lines[0] + "\n" + lines[2] + "\n").write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        let part = try prove(network, file)
        #expect(part.status == 1)
        #expect(part.objects.first?["complete"] as? Bool == false)
        #expect(part.objects.first?["held"] as? Int == 2)
        #expect(part.objects.first?["missing"] as? [[Int]] == [[2, 2]])
        #expect(part.error.contains("does not hold all 3 alerts"))
    }

    @Test func whatIsWithheldIsMissedAfterTheSilence() throws {
        let network = try TestNetwork()
        try network.start()
        try publish(network, to: "MX:FGR")
        #expect(network.stop() == 0)
        // To the agency, a channel that it may no longer read is alerts that are kept from it.
        try network.permit("MX:FGR", "subscribe", ["intelligence"])
        try network.start()
        let outcome = try network.aviso(
            Self.reader,
            "prove-complete",
            "--wait",
            "1",
            "--json"
        )
        #expect(outcome.status == 1, "\(outcome.error)")
        #expect(outcome.objects.first?["missing"] as? [[Int]] == [[1, 1]])
    }

    @Test func onlyTheAgencyItselfAndOverseersAreToldItsCount() throws {
        let network = try TestNetwork()
        try network.start()
        try publish(network, to: "MX:FGR")
        for member in [Self.reader, "auditor", "operator"] {
            let answer = try network.request("/tally/MX:FGR", as: member)
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("aviso-tally/v1\nagency MX:FGR\nleaf 0 1 MX:FGR\n\n"))
            #expect(answer.header.contains("Cache-Control: no-store\r\n"))
        }
        let other = try network.request("/tally/MX:FGR", as: "agencies/CO-PONAL")
        #expect(other.status == 403)
        for path in ["/tally/", "/tally/mx:fgr", "/tally/MX", "/tally/MX:FGR/", "/tally/MX%3AFGR"] {
            #expect(try network.request(path, as: "auditor").status == 404, "\(path)")
        }
        let refused = try network.aviso("auditor", "prove-complete")
        #expect(refused.status == 2)
    }

    private func prove(_ network: TestNetwork, _ file: String) throws -> TestNetwork.Outcome {
        try network.aviso(Self.reader, "prove-complete", "--received", file, "--json")
    }

    private func publish(_ network: TestNetwork, to recipients: String) throws {
        let outcome = try network.aviso(
            "agencies/CO-PONAL",
            "publish",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            recipients,
            "--json",
            TestNetwork.sample("diversion-incident")
        )
        try #require(outcome.status == 0, "\(outcome.error)")
    }
}
