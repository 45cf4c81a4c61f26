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
        var notification: String?
        let notificationFile = network.path("notification.json")
        for line in listing.objects {
            let channel = try #require(line["channel"] as? String)
            let kind = try #require(line["kind"] as? String)
            var more: [String] = []
            if kind == "pre-export-notification" {
                more = ["--message", "request", "--reply-by", "7d"]
                try TestNetwork.notification().write(
                    toFile: notificationFile,
                    atomically: true,
                    encoding: .utf8
                )
            } else if kind == "pre-export-outcome" {
                more = ["--reference", try #require(notification)]
            }
            let outcome = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                [
                    "--profile", network.path("agencies/CO-PONAL"), "publish", "--channel",
                    channel, "--kind", kind, "--to", "MX:FGR", "--json",
                    kind == "pre-export-notification"
                        ? notificationFile : TestNetwork.sample(kind),
                ] + more
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
                        fileURLWithPath: kind == "pre-export-notification"
                            ? notificationFile : TestNetwork.sample(kind)
                    )
                )
            )
            #expect(object["form"] as? NSDictionary == sample as? NSDictionary, "\(kind)")
        }
    }
}
