import Foundation
import Testing

/// A chain of custody from hand to hand, verified by whoever is in it.
@Suite struct CustodyTests {
    private static let item = "DIJIN-2026-11-0457/S14"
    private static let all = "CO:PONAL,MX:FGR,US:DEA,PE:DEVIDA"

    /// A hand-over.
    private struct HandOver {
        var author: String?
        var giver: String
        var taker: String
        var hour: Int
        var recipients = CustodyTests.all
        var item = CustodyTests.item
        var seal = "BAG-00718822"
        var previous: String?
        var message = "alert"

        var form: String {
            """
            {"info": [{"language": "en", "headline": "Sample 14 handed over",
              "description": "The sealed sample goes from hand to hand."}],
             "item": "\(item)", "description": "Amber glass bottle, 250 mL",
             "from": {"agency": "\(giver)", "person": "Exhibit officer of \(giver)"},
             "to": {"agency": "\(taker)", "person": "Exhibit officer of \(taker)"},
             "at": "2026-11-22T\(hour):05:00Z", "place": {"country": "CO"},
             "seals": [{"number": "\(seal)", "state": "intact"}], "condition": "unchanged"}
            """
        }
    }

    private func publish(
        _ handOver: HandOver,
        _ network: TestNetwork
    ) throws -> TestNetwork.Outcome {
        try network.publish(
            TestNetwork.Statement(
                author: handOver.author ?? handOver.giver,
                recipients: handOver.recipients,
                message: handOver.message,
                form: handOver.form,
                kind: "custody-transfer",
                more: handOver.previous.map { ["--previous", $0] } ?? []
            )
        )
    }

    private func accepted(_ handOver: HandOver, _ network: TestNetwork) throws -> String {
        let outcome = try publish(handOver, network)
        return try #require(outcome.objects.first?["alert"] as? String, "\(outcome.error)")
    }

    private func fourLinks(_ network: TestNetwork) throws -> [String] {
        let holders = ["CO:PONAL", "MX:FGR", "US:DEA", "PE:DEVIDA", "CO:PONAL"]
        var links: [String] = []
        for place in 0..<4 {
            links.append(
                try accepted(
                    HandOver(
                        giver: holders[place],
                        taker: holders[place + 1],
                        hour: 10 + place,
                        previous: links.last
                    ),
                    network
                )
            )
        }
        return links
    }

    @Test func aForgedFifthLinkIsFound() throws {
        let network = try TestNetwork()
        try network.start()
        let links = try fourLinks(network)
        for agency in ["CO:PONAL", "MX:FGR", "US:DEA", "PE:DEVIDA"] {
            let whole = try network.tool(agency, ["custody", Self.item, "--json"])
            #expect(whole.status == 0, "\(whole.error)")
            try #require(whole.objects.count == 5)
            #expect(whole.objects.dropLast().map { $0["alert"] as? String } == links)
            #expect(whole.objects.last?["holds"] as? Bool == true)
            let holder = whole.objects.last?["holder"] as? String
            #expect(holder == "CO:PONAL, Exhibit officer of CO:PONAL")
        }
        // The broker reads no form: to it, who cites an alert that it was sent is in order.
        let forged = try accepted(
            HandOver(giver: "MX:FGR", taker: "US:DEA", hour: 14, previous: links[3]),
            network
        )
        let broken = try network.tool("PE:DEVIDA", ["custody", Self.item, "--json"])
        #expect(broken.status == 1)
        #expect(broken.error.contains("the chain breaks at link 5"), "\(broken.error)")
        #expect(broken.error.contains("expected CO:PONAL, Exhibit officer of CO:PONAL"))
        let fifth = try #require(broken.objects.first { $0["alert"] as? String == forged })
        #expect(fifth["link"] as? Int == 5)
        let breaks = fifth["breaks"] as? [[String: String]] ?? []
        #expect(breaks.map { $0["kind"] } == ["hand-over"])
        #expect(broken.objects.last?["first-break"] as? Int == 5)
        let holder = broken.objects.last?["holder"] as? String
        #expect(holder == "CO:PONAL, Exhibit officer of CO:PONAL")
        // By the number of the seal too; and the true fifth link goes on from the fourth.
        let bySeal = try network.tool("US:DEA", ["custody", "BAG-00718822", "--json"])
        #expect(bySeal.status == 1)
        _ = try accepted(
            HandOver(giver: "CO:PONAL", taker: "US:DEA", hour: 15, previous: links[3]),
            network
        )
        let after = try network.tool("MX:FGR", ["custody", Self.item, "--json"])
        #expect(after.status == 1)
        #expect(after.objects.last?["holder"] as? String == "US:DEA, Exhibit officer of US:DEA")
    }

    @Test func sealsTimesAndThirdPartiesAreCompared() throws {
        let network = try TestNetwork()
        try network.start()
        for (kind, change) in [
            ("seals", { $0.seal = "BAG-9" }), ("time", { $0.hour = 10 }),
            ("party", { $0.author = "PE:DEVIDA" }), ("item", { $0.item += "/other" }),
        ] as [(String, (inout HandOver) -> Void)] {
            let item = "item of \(kind)"
            let previous = try accepted(
                HandOver(giver: "CO:PONAL", taker: "MX:FGR", hour: 11, item: item),
                network
            )
            var next = HandOver(giver: "MX:FGR", taker: "US:DEA", hour: 12, item: item)
            next.previous = previous
            change(&next)
            _ = try accepted(next, network)
            let found = try network.tool("PE:DEVIDA", ["custody", item, "--json"])
            #expect(found.status == 1)
            #expect(found.error.contains("at link 2"), "\(found.error)")
            #expect(found.error.contains(": \(kind): expected"), "\(found.error)")
        }
    }

    @Test func whatIsKeptFromTheReaderIsABreak() throws {
        let network = try TestNetwork()
        try network.start()
        // Its author does not name itself, and cannot open it again.
        let first = HandOver(giver: "CO:PONAL", taker: "MX:FGR", hour: 10, recipients: "MX:FGR")
        let alert = try accepted(first, network)
        let second = HandOver(giver: "MX:FGR", taker: "CO:PONAL", hour: 11, previous: alert)
        _ = try accepted(second, network)
        #expect(try network.tool("MX:FGR", ["custody", Self.item, "--json"]).status == 0)
        let author = try network.tool("CO:PONAL", ["custody", Self.item, "--json"])
        #expect(author.status == 1)
        #expect(author.error.contains("link 1"), "\(author.error)")
        #expect(author.error.contains("unreadable"), "\(author.error)")
        // Another does not know at all that there is a link before.
        let other = try network.tool("US:DEA", ["custody", Self.item, "--json"])
        #expect(other.status == 1)
        #expect(other.error.contains(": missing: expected the link \(alert)"), "\(other.error)")
    }

    @Test func aKeptAlertThatWasAlteredIsFoundOffline() throws {
        let network = try TestNetwork()
        try network.start()
        let links = try fourLinks(network)
        let folder = network.path("kept")
        let received = try network.tool(
            "US:DEA",
            ["subscribe", "--from", "0", "--count", "4", "--keep", folder, "--json"]
        )
        try #require(received.status == 0, "\(received.error)")
        #expect(network.stop() == 0)
        let verify = ["custody", Self.item, "--kept", folder, "--json"]
        let whole = try network.tool("US:DEA", verify)
        #expect(whole.status == 0, "\(whole.error)")
        #expect(whole.objects.dropLast().map { $0["alert"] as? String } == links)

        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        try #require(names.count == 4)
        let third = URL(fileURLWithPath: "\(folder)/\(names[2])")
        let genuine = try Data(contentsOf: third)
        // A bit of the ciphertext, near its end.
        var altered = genuine
        altered[altered.count - 150] ^= 1
        try altered.write(to: third)
        let broken = try network.tool("US:DEA", verify)
        #expect(broken.status == 1)
        #expect(broken.error.contains("breaks at link 3"), "\(broken.error)")
        #expect(broken.error.contains(": signature: expected"), "\(broken.error)")
        // One that is gone is missed by the link behind it.
        try FileManager.default.removeItem(at: third)
        let missing = try network.tool("US:DEA", verify)
        #expect(missing.error.contains(": missing: expected the link \(links[2])"))
        // What is no alert at all.
        try Data("nothing".utf8).write(to: third)
        let nothing = try network.tool("US:DEA", verify)
        #expect(nothing.status == 1)
        #expect(nothing.error.contains(names[2]), "\(nothing.error)")
        #expect(try network.tool("US:DEA", ["custody", "x", "--kept", "/nowhere"]).status == 2)
    }

    @Test func whatCannotBeLinkedIsRefused() throws {
        let network = try TestNetwork()
        try network.start()
        let nothing = try network.tool("CO:PONAL", ["custody", Self.item])
        #expect(nothing.status == 1)
        #expect(nothing.error.contains("no custody transfer that CO:PONAL can read is about"))
        let incident = try network.publishAlert(to: "MX:FGR")
        var link = HandOver(giver: "CO:PONAL", taker: "MX:FGR", hour: 10, previous: incident)
        var refused = try publish(link, network)
        #expect(refused.status == 2)
        #expect(refused.error.contains("not a custody-transfer"), "\(refused.error)")
        link.previous = "urn:uuid:01990000-0000-7000-8000-000000000001"
        refused = try publish(link, network)
        #expect(refused.status == 1)
        #expect(refused.error.contains("the log has no alert"), "\(refused.error)")
        // A digest that is not that of the statement does not pass the broker.
        var other = TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
        other.more = ["--previous", incident]
        #expect(try network.publish(other).status == 2)
    }
}
