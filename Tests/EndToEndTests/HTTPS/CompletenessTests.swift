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

        // Another alert in its place, which was never addressed to this agency.
        let stranger = try #require(try network.replay().last { $0["type"] as? String == "alert" })
        let second = try #require(received.objects[1]["alert"] as? String)
        let name = try #require(stranger["alert"] as? String)
        #expect(name != second)
        let forged = received.output.replacing(second, with: name)
        try forged.write(toFile: file, atomically: true, encoding: .utf8)
        let exchanged = try prove(network, file)
        #expect(exchanged.status == 1)
        #expect(exchanged.objects.first?["missing"] as? [[Int]] == [[2, 2]])
        let problems = try #require(exchanged.objects.first?["problems"] as? [String])
        #expect(problems.count == 1)
        #expect(problems[0].hasPrefix("number 2, \(name)"))
    }

    @Test func whatSubscribeLeavesOutIsNotMissing() throws {
        let network = try TestNetwork()
        try network.start()
        for status in ["actual", "exercise", "test", "actual"] {
            try network.accepted(
                TestNetwork.Statement(
                    author: "CO:PONAL",
                    recipients: "MX:FGR",
                    more: ["--status", status]
                )
            )
        }
        let received = try network.received(by: "MX:FGR", count: 2)
        // Of what was left out nothing is told but that it came; two alerts are two lines.
        #expect(received.objects.map { $0["count"] as? Int } == [1, 4])
        let others = received.objects.last?["left-out-before"] as? [[String: Any]] ?? []
        #expect(others.map { $0["left-out"] as? String } == ["exercise", "test"])
        #expect(others.map { $0["count"] as? Int } == [2, 3])
        #expect(others.allSatisfy { Set($0.keys) == ["index", "count", "left-out"] })
        let file = network.path("received")
        try received.output.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try prove(network, file).status == 0)
        // Without an end each is a line of its own.
        let tool = try RunningTool(network, "MX:FGR", "subscribe", "--from", "0", "--json")
        let line = try tool.line { $0["left-out"] as? String == "exercise" }
        #expect(Set(line.keys) == ["index", "count", "left-out"])
        let shown = received.objects.map { $0.filter { $0.key != "left-out-before" } }
        let lines = try (shown + others).map { object in
            String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try prove(network, file).status == 0)
        // A line that claims to be of another alert does not count.
        let indexes = [0] + others.compactMap { $0["index"] as? Int }
        let moved = received.output.replacing(
            "{\"index\":\(indexes[1]),\"count\":2",
            with: "{\"index\":\(indexes[2]),\"count\":2"
        )
        #expect(moved != received.output)
        try moved.write(toFile: file, atomically: true, encoding: .utf8)
        let exchanged = try prove(network, file)
        #expect(exchanged.status == 1)
        #expect(exchanged.objects.first?["missing"] as? [[Int]] == [[2, 2]])
    }

    @Test func aBrokerCannotShowALowerCount() throws {
        let network = try TestNetwork()
        try network.start()
        for _ in 0..<2 { try publish(network, to: "MX:FGR,US:DEA") }
        let honest = try network.request("/tally/MX:FGR", as: Self.reader).text
        #expect(honest.contains("leaf 0 2 MX:FGR\n"))
        let late = try network.request("/tally/PE:DEVIDA", as: "auditor").text
        for (forged, complaint) in [
            (honest.replacing("leaf 0 2 ", with: "leaf 0 1 "), "does not lead to the signed tally"),
            (honest.replacing("leaf 0 2 ", with: "leaf 1 2 "), "does not lead to the signed tally"),
            (honest.replacing("\ntally 2 ", with: "\ntally 1 "), "not signed by the key"),
            // As if it had none: the neighbours of another.
            (late.replacing("agency PE:DEVIDA", with: "agency MX:FGR"), "neither that of MX:FGR"),
            (late, "no tally proof of MX:FGR"),
        ] {
            let broker = try FalseServer(network, answering: forged)
            try network.mislead(Self.reader, to: broker)
            let outcome = try network.aviso(Self.reader, "prove-complete", "--json")
            #expect(outcome.status == 1)
            #expect(outcome.error.contains(complaint), "\(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
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
        let outcome = try network.publish(
            TestNetwork.Statement(author: "CO:PONAL", recipients: recipients)
        )
        try #require(outcome.status == 0, "\(outcome.error)")
    }
}
