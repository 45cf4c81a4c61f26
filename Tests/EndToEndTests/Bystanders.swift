import MQTTCodec
import Testing

/// Two agencies whose connections are open while somebody else misbehaves.
struct Bystanders {
    private let publisher: RawClient
    private let subscriber: RawClient
    private let forger: Forger

    init(_ network: TestNetwork) throws {
        forger = Forger(network: network)
        publisher = try RawClient(network, "agencies/CO-PONAL")
        subscriber = try RawClient(network, "agencies/US-DEA")
        for client in [publisher, subscriber] {
            #expect(try client.connect("bystander").reasonCode == .success)
        }
        #expect(try subscriber.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
    }

    /// Shows that both connections still work, the same ones as before.
    func expectUndisturbed() throws {
        let alert = try forger.seal { $0.to = ["US:DEA"] }
        #expect(try publisher.publish(alert, on: Forger.topic()).reasonCode == .success)
        #expect(try subscriber.delivery().payload == alert)
    }
}

extension TestNetwork {
    /// A refused attempt as the auditor reads it.
    struct Attempt: Equatable {
        let packet: String
        let reason: UInt8
        let text: String
        let station: String?
    }

    /// The refusals of the log, in order.
    func refusals() throws -> [Attempt] {
        try replay().filter { $0["type"] as? String == "refusal" }.map { record in
            Attempt(
                packet: try #require(record["packet"] as? String),
                reason: try #require((record["reason"] as? Int).flatMap { UInt8(exactly: $0) }),
                text: try #require(record["text"] as? String),
                station: record["station"] as? String
            )
        }
    }
}
