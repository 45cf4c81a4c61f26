import Base
import Crypto
import MQTTCodec
import Testing

/// What waits for a subscriber who is away costs the daemon no memory, and arrives in order.
@Suite struct WaitingAlertTests {
    private static let alertByteCount = 4 << 10
    /// More than the tail of the log that avisod keeps for the live case, 16 MiB, and than the
    /// alerts that it knows exactly, 8192.
    private static let warmUpCount = 10_000
    private static let waitingCount = 20_000
    /// What avisod may grow by while 80 MiB begin to wait: ten bytes for each, and the heap's own
    /// ups and downs.
    private static let growthKilobytesMax = 4 << 10
    private static let inFlightCount = 64

    /// Publishes the same form again and again, each time as another alert.
    private struct Source {
        let forger: Forger
        let key: Ed25519SigningKey
        let first: [UInt8]
        let client: RawClient
        var number: UInt64 = 0

        init(_ network: TestNetwork) throws {
            forger = Forger(network: network)
            key = try forger.signingKey("CO:PONAL")
            first = try forger.seal {
                $0.form = [UInt8](repeating: 0x20, count: WaitingAlertTests.alertByteCount)
            }
            client = try RawClient(network, "agencies/CO-PONAL")
            #expect(try client.connect().reasonCode == .success)
        }

        /// Publishes so many, and returns the indexes that the broker gave them.
        mutating func publish(_ count: Int) throws -> [Int] {
            var indexes: [Int] = []
            var sentCount = 0
            while indexes.count < count {
                while sentCount < count,
                    sentCount - indexes.count < WaitingAlertTests.inFlightCount
                {
                    try send()
                    sentCount += 1
                }
                guard case .pubAck(let pubAck) = try client.next() else {
                    throw RawClientFailure(expected: "PUBACK")
                }
                try #require(
                    pubAck.reasonCode == .success,
                    "\(pubAck.properties.reasonString ?? pubAck.reasonCode.name)"
                )
                indexes.append(try WaitingAlertTests.index(pubAck.properties))
            }
            return indexes
        }

        private mutating func send() throws {
            number += 1
            let identifier = UUID(version7At: Forger.now(), random: (number & 0xFFF, number))
            try client.send(
                .publish(
                    PublishPacket(
                        topicName: Forger.topic(),
                        qos: .atLeastOnce,
                        packetIdentifier: UInt16(number % 60_000 + 1),
                        payload: try forger.again(first, as: identifier, author: key)
                    )
                )
            )
        }
    }

    private static func index(_ properties: Properties) throws -> Int {
        try #require(properties.userProperty("aviso-index").flatMap { Int($0) })
    }

    @Test func twentyThousandAlertsWaitInTheLogAndNotInMemory() throws {
        let network = try TestNetwork(limits: ["sessionExpirySecondsMax": 86_400])
        try network.start()
        let absent = try RawClient(network, "agencies/MX-FGR")
        #expect(try absent.connect("desk", expirySeconds: 3600).reasonCode == .success)
        #expect(try absent.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
        try absent.send(.disconnect(DisconnectPacket(reasonCode: .normalDisconnection)))
        #expect(try absent.next() == nil)

        var source = try Source(network)
        var published = try source.publish(Self.warmUpCount)
        let before = try network.residentKilobytes()
        published += try source.publish(Self.waitingCount)
        let growth = try network.residentKilobytes() - before
        #expect(growth < Self.growthKilobytesMax, "avisod grew by \(growth) KiB")

        let back = try RawClient(network, "agencies/MX-FGR")
        let connAck = try back.connect("desk", cleanStart: false, expirySeconds: 3600)
        #expect(connAck.sessionPresent)
        for (place, index) in published.enumerated() {
            let properties = try back.delivery().properties
            try #require(try Self.index(properties) == index)
            try #require(properties.userProperty("aviso-count") == String(place + 1))
        }
        let then = try network.residentKilobytes() - before
        #expect(then < 2 * Self.growthKilobytesMax, "avisod grew by \(then) KiB")
    }
}
