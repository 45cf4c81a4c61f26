import Testing

/// What `aviso subscribe` asks the broker for.
@Suite struct SubscribeFilterTests {
    @Test func aKindIsAskedForWithItsChannel() throws {
        let network = try TestNetwork()
        try network.start()
        for kind in ["diversion-incident", "pharmaceutical-diversion"] {
            try network.accepted(
                TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR", kind: kind)
            )
        }
        let received = try network.received(
            by: "MX:FGR",
            count: 1,
            ["--kind", "pharmaceutical-diversion"]
        )
        let labels = received.objects.first?["labels"] as? [String: Any]
        #expect(labels?["kind"] as? String == "pharmaceutical-diversion", "\(received.error)")
        for (wrong, words) in [
            (["--kind", "bogus"], "no kind bogus"), (["--channel", "bogus"], "no channel bogus"),
            (
                ["--channel", "intelligence", "--kind", "diversion-incident"],
                "channel intelligence has no kind diversion-incident"
            ),
        ] {
            let outcome = try network.received(by: "MX:FGR", count: 1, wrong)
            #expect(outcome.status == 2)
            #expect(outcome.error.contains(words), "\(outcome.error)")
        }
    }
}
