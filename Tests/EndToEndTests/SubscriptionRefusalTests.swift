import Alerts
import MQTTCodec
import Testing

/// What a member may not read it cannot subscribe to, and does not get when the right is gone.
@Suite struct SubscriptionRefusalTests {
    private static let station = "urn:aviso:agency:MX:FGR:station-1"

    @Test func filtersThatReachNothingAreRefusedEachForItself() throws {
        let network = try TestNetwork()
        try network.permit("MX:FGR", "subscribe", ["chemical-diversion"])
        try network.start()
        let bystanders = try Bystanders(network)
        let client = try RawClient(network, "agencies/MX-FGR")
        try client.connect()
        let expected: [(filter: String, code: ReasonCode, text: String)] = [
            (
                "alerts/intelligence/#", .notAuthorized,
                "MX:FGR may read no channel that matches alerts/intelligence/#: subscribe to "
                    + "alerts/<channel>/<kind>, or ask the operator for the permission"
            ),
            (
                "weather", .notAuthorized,
                "MX:FGR may read no channel that matches weather: subscribe to "
                    + "alerts/<channel>/<kind>, or ask the operator for the permission"
            ),
            (
                "$aviso/log/#", .notAuthorized,
                "the log's entries are for auditors and operators"
            ),
            ("$SYS/#", .notAuthorized, "there is nothing to read under $SYS/#"),
            (
                "$share/desk/alerts/#", .sharedSubscriptionsNotSupported,
                "shared subscriptions are not served: alerts go to every subscriber they name"
            ),
        ]
        for (filter, code, text) in expected {
            let subAck = try client.subscribe(filter)
            #expect(subAck.reasonCodes == [code], "\(filter)")
            #expect(subAck.properties.reasonString == text)
        }
        // The connection goes on, and one refusal in a packet leaves the others alone.
        let requests = try ["alerts/intelligence/#", "alerts/chemical-diversion/#"].map {
            SubscribePacket.Request(
                filter: try TopicFilter($0),
                options: SubscriptionOptions(qos: .atLeastOnce)
            )
        }
        try client.send(.subscribe(SubscribePacket(packetIdentifier: 9, subscriptions: requests)))
        guard case .subAck(let both) = try client.next() else {
            throw RawClientFailure(expected: "SUBACK")
        }
        #expect(both.reasonCodes == [.notAuthorized, .grantedQoS1])
        #expect(both.properties.reasonString == expected[0].text)

        try bystanders.expectUndisturbed()
        let attempts = (expected + [expected[0]]).map {
            TestNetwork.Attempt(
                packet: "SUBSCRIBE",
                reason: $0.code.rawValue,
                text: $0.text,
                station: Self.station
            )
        }
        #expect(try network.refusals() == attempts)
    }

    @Test func aSessionThatResumesGetsNothingOfAChannelItLost() throws {
        let network = try TestNetwork()
        let forger = Forger(network: network)
        try network.start()
        do {
            let client = try RawClient(network, "agencies/MX-FGR")
            try client.connect("desk", expirySeconds: 600)
            for filter in ["alerts/intelligence/#", "alerts/#"] {
                #expect(try client.subscribe(filter).reasonCodes == [.grantedQoS1])
            }
        }
        let publisher = try RawClient(network, "agencies/CO-PONAL")
        try publisher.connect()
        func publish(_ kind: AlertKind, with client: RawClient) throws -> [UInt8] {
            let alert = try forger.seal { $0.kind = kind }
            let pubAck = try client.publish(alert, on: Forger.topic(kind))
            #expect(pubAck.reasonCode == .success)
            return alert
        }
        // These wait in the log, the first of them on the channel that will be lost.
        _ = try publish(.intelligenceReport, with: publisher)
        let waiting = try publish(.diversionIncident, with: publisher)
        #expect(network.stop() == 0)
        try network.permit("MX:FGR", "subscribe", ["chemical-diversion"])
        try network.start()

        let client = try RawClient(network, "agencies/MX-FGR")
        let connAck = try client.connect("desk", cleanStart: false, expirySeconds: 600)
        #expect(connAck.sessionPresent)
        #expect(try client.delivery().payload == waiting)
        // Live it is the same, though alerts/# still stands.
        let again = try RawClient(network, "agencies/CO-PONAL")
        try again.connect()
        _ = try publish(.intelligenceReport, with: again)
        let live = try publish(.diversionIncident, with: again)
        #expect(try client.delivery().payload == live)

        let refused = try client.subscribe("alerts/intelligence/#")
        #expect(refused.reasonCodes == [.notAuthorized])
        #expect(try network.refusals().map(\.text) == [refused.properties.reasonString])
        // The log says that the session's subscription ended, and that the other one did not.
        let ended = try network.replay().filter { $0["change"] as? String == "unsubscribed" }
        #expect(ended.compactMap { $0["filter"] as? String } == ["alerts/intelligence/#"])
    }
}
