import AvisoClient
import Foundation
import Testing

/// Readers of the SDK that come, go, and come back.
@Suite struct ReaderTests {
    @Test(.timeLimit(.minutes(2)))
    func readersThatEndTakeNoRoomFromThoseThatFollow() async throws {
        let network = try TestNetwork()
        try network.start()
        // More than the client takes without acknowledging.
        let published = try await publish(80, on: network)
        let profile = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        let client = try await AvisoClient.connect(profile: profile)
        for _ in 0..<3 {
            let alerts = try await client.subscribe(to: "alerts/#", from: .index(0))
            let first = try await alerts.next()
            #expect(first?.index == published.first)
            _ = try await client.checkpoint()
        }
        let alerts = try await client.subscribe(to: "alerts/#", from: .index(0))
        for index in published {
            let next = try await alerts.next()
            #expect(next?.index == index)
        }
        await client.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func aReaderThatHadGotNothingMissesNothing() async throws {
        let network = try TestNetwork()
        try network.start()
        // The same port again, so that the client finds the broker when it is back.
        let port = network.port
        try network.edit("broker/avisod.json5") { text in
            let place = try #require(text.range(of: "port: 0"))
            text.replaceSubrange(place, with: "port: \(port)")
        }
        #expect(network.stop() == 0)
        try network.start()
        try #require(network.port == port)
        let profile = try AvisoProfile(path: network.path("agencies/MX-FGR"))
        let client = try await AvisoClient.connect(profile: profile)
        let alerts = try await client.subscribe(to: "alerts/#")
        let notices = try await client.deadlineNotices()
        network.stop(SIGKILL)
        try network.start()
        let published = try await publish(3, on: network)
        for index in published {
            let next = try await alerts.next()
            #expect(next?.index == index)
        }
        withExtendedLifetime(notices) {}
        await client.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func aSessionThatIsFullOfOtherAlertsSaysSo() async throws {
        let network = try TestNetwork()
        try network.start()
        let first = try await publish(1, on: network)
        let chemical = ["--channel", "chemical-diversion"]
        let begun = try read(network, chemical + ["--from", "0", "--count", "1"])
        #expect(begun.objects.compactMap { $0["index"] as? Int } == first.map { Int($0) })
        let published = try await publish(70, on: network)
        let stalled = try read(network, ["--channel", "intelligence", "--count", "1"])
        #expect(stalled.status == 2)
        #expect(
            stalled.error.contains("alerts/chemical-diversion/diversion-incident"),
            "\(stalled.error)"
        )
        // Nothing is lost: whoever asks for it gets it.
        let rest = try read(network, chemical + ["--count", "70"])
        #expect(rest.objects.compactMap { $0["index"] as? Int } == published.map { Int($0) })
    }

    private func read(
        _ network: TestNetwork,
        _ arguments: [String]
    ) throws -> TestNetwork.Outcome {
        try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", network.path("agencies/MX-FGR"), "subscribe", "--session", "desk"]
                + ["--json"] + arguments
        )
    }

    private func publish(_ count: Int, on network: TestNetwork) async throws -> [UInt64] {
        let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
        let client = try await AvisoClient.connect(profile: profile)
        let draft = try TestNetwork.draft()
        var indexes: [UInt64] = []
        for _ in 0..<count { indexes.append(try await client.publish(draft).index) }
        await client.close()
        return indexes
    }
}
