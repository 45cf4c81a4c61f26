import Foundation
import Testing

/// The sample of every kind goes from its author to its reader.
@Suite struct EveryKindTests {
    @Test func theTableOfSamplesIsPublished() throws {
        let network = try TestNetwork()
        try network.start()
        let table = TestNetwork.sample("new-behaviour").replacing(".json", with: ".csv")
        let outcome = try network.tool(
            "CO:PONAL",
            [
                "publish", "--csv", "--channel", "trafficking-trends", "--kind", "new-behaviour",
                "--to", "MX:FGR", table,
            ]
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.objects.count == 2)
    }

    @Test func everySampleIsPublishedAndOpened() throws {
        let network = try TestNetwork()
        try network.start()
        let listing = try TestNetwork.run(TestNetwork.program("aviso").path, ["form", "kinds"])
        var kinds: [String] = []
        try defineOperation(network)
        let files = try datedFiles(network)
        var notification: String?
        for line in listing.objects {
            let channel = try #require(line["channel"] as? String)
            let kind = try #require(line["kind"] as? String)
            let more =
                switch kind {
                case "pre-export-notification": ["--message", "request", "--reply-by", "7d"]
                case "pre-export-outcome": ["--reference", try #require(notification)]
                case "financial-intelligence": ["--handling", "H2"]
                default: [String]()
                }
            let to = kind == "joint-operation" ? ["--group", "operation"] : ["--to", "MX:FGR"]
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                [
                    "--profile", network.path("agencies/CO-PONAL"), "publish", "--channel",
                    channel, "--kind", kind, "--json", files[kind] ?? TestNetwork.sample(kind),
                ] + to + more
            )
            #expect(outcome.status == 0, "\(kind): \(outcome.error)")
            notification = notification ?? outcome.objects.first?["alert"] as? String
            kinds.append(kind)
        }
        #expect(kinds.count == 17)
        let received = try network.received(by: "MX:FGR", count: 17)
        let labels = received.objects.compactMap { $0["labels"] as? [String: Any] }
        #expect(labels.compactMap { $0["kind"] as? String } == kinds)
        // The evaluation is signed, and so seen before the form.
        #expect(labels.contains { $0["evaluation"] as? String == "B2" })
        for (object, kind) in zip(received.objects, kinds) {
            let sample = try JSONSerialization.jsonObject(
                with: Data(
                    contentsOf: URL(
                        fileURLWithPath: files[kind] ?? TestNetwork.sample(kind)
                    )
                )
            )
            #expect(object["form"] as? NSDictionary == sample as? NSDictionary, "\(kind)")
        }
        let place = try #require(kinds.firstIndex(of: "interdiction"))
        try checkExpiry(of: received.objects[place], network)
    }

    // Those that say when they end are given a later end than the samples have.
    private func datedFiles(_ network: TestNetwork) throws -> [String: String] {
        var files: [String: String] = [:]
        for (kind, text) in [
            ("interdiction", try TestNetwork.interdiction()),
            ("pre-export-notification", try TestNetwork.notification()),
        ] {
            let file = network.path("\(kind).json")
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            files[kind] = file
        }
        return files
    }

    private func defineOperation(_ network: TestNetwork) throws {
        try network.grouped(
            "CO-PONAL",
            "define",
            "operation",
            "--members",
            "MX:FGR,US:DEA,PE:DEVIDA",
            "--until",
            "2099-02-28T00:00:00Z"
        )
    }

    /// The signed header of an interdiction expires with its form, and with nothing else.
    private func checkExpiry(of interdiction: [String: Any], _ network: TestNetwork) throws {
        let form = try #require(interdiction["form"] as? [String: Any])
        let (signed, told) = (interdiction["expires"] as? String, form["expires"] as? String)
        #expect(signed?.replacing(".000Z", with: "Z") == told)
        let twice = try network.aviso(
            "agencies/CO-PONAL",
            "publish",
            "--channel",
            "intelligence",
            "--kind",
            "interdiction",
            "--to",
            "MX:FGR",
            "--expires-after",
            "60",
            network.path("interdiction.json")
        )
        #expect(twice.status == 2)
        #expect(twice.error.contains("expires when its form says"), "\(twice.error)")
    }
}
