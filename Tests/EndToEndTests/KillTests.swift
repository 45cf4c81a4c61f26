import AvisoClient
import Foundation
import Testing

/// Nothing that was acknowledged is lost, whenever the broker dies.
@Suite struct KillTests {
    @Test(.timeLimit(.minutes(10)))
    func everyAcknowledgedAlertSurvivesFiftyKills() async throws {
        let network = try TestNetwork()
        try network.start()
        var generator = SystemRandomNumberGenerator()
        var acknowledged: [UInt64: String] = [:]
        for _ in 0..<50 {
            let profile = try AvisoProfile(path: network.path("agencies/CO-PONAL"))
            var options = AvisoClient.Options()
            options.reconnects = false
            let client = try await AvisoClient.connect(profile: profile, options: options)
            let draft = try TestNetwork.draft()
            let answerCount = Int.random(in: 1...12, using: &generator)
            let published = await withTaskGroup(of: PublishedAlert?.self) { group in
                for _ in 0..<24 { group.addTask { try? await client.publish(draft) } }
                var published: [PublishedAlert] = []
                for await alert in group {
                    if let alert { published.append(alert) }
                    if published.count == answerCount { network.stop(SIGKILL) }
                }
                return published
            }
            for alert in published {
                #expect(acknowledged[alert.index] == nil, "index \(alert.index) was given twice")
                acknowledged[alert.index] = alert.alert
            }
            await client.close()
            if network.broker != nil { network.stop(SIGKILL) }
            try network.start()
        }
        let alerts = try network.replay().filter { $0["type"] as? String == "alert" }
        var logged: [UInt64: String] = [:]
        for alert in alerts {
            let index = try #require(alert["index"] as? Int)
            logged[UInt64(index)] = alert["alert"] as? String
        }
        for (index, alert) in acknowledged { #expect(logged[index] == alert) }
        #expect(acknowledged.count >= 50)
        let received = try network.received(by: "MX:FGR", count: alerts.count)
        #expect(
            Set(received.objects.compactMap { $0["alert"] as? String }) == Set(logged.values)
        )
    }
}
