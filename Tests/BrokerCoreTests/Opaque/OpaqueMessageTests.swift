import Base
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

@Suite struct OpaqueMessageTests {
    private let now = WallTime(milliseconds: 1_000_000)

    private func message(
        qos: QoS = .atLeastOnce,
        expirySeconds: UInt32? = nil
    ) throws -> OpaqueMessage {
        var publish = PublishPacket(
            topicName: "",
            qos: qos,
            packetIdentifier: qos == .atMostOnce ? nil : 7,
            payload: [1, 2, 3]
        )
        publish.retain = true
        publish.properties.topicAlias = 3
        publish.properties.contentType = "text/plain"
        publish.properties.messageExpiryInterval = expirySeconds
        publish.properties.userProperties = [UserProperty(name: "a", value: "b")]
        let key = SessionKey(station: try makeStation(), clientIdentifier: "c")
        return OpaqueMessage(publish, topicName: "test/a", sender: key, now: now)
    }

    @Test(arguments: [QoS.atMostOnce, .atLeastOnce, .exactlyOnce])
    func theContentGivesTheMessageBack(qos: QoS) throws {
        let message = try message(qos: qos, expirySeconds: 60)
        let again = OpaqueMessage(
            content: message.content,
            expires: message.expires,
            sender: message.sender
        )
        #expect(again == message)
        #expect(message.properties.topicAlias == nil)
        #expect(message.properties.contentType == "text/plain")
    }

    @Test(arguments: [[], [0x30], [0xC0, 0x00], [0x32, 0x02, 0x00, 0x00]] as [[UInt8]])
    func aContentThatIsNoPublishIsNoMessage(content: [UInt8]) throws {
        let key = SessionKey(station: try makeStation(), clientIdentifier: "c")
        #expect(OpaqueMessage(content: content, expires: nil, sender: key) == nil)
    }

    @Test("MQTT-3.3.2-5, MQTT-3.3.2-6: the expiry interval counts down and ends the message")
    func expiry() throws {
        let message = try message(expirySeconds: 10)
        #expect(!message.hasExpired(now: now))
        #expect(message.secondsLeft(now: now.adding(milliseconds: 3500)) == 7)
        #expect(message.hasExpired(now: now.adding(milliseconds: 10_000)))
        #expect(message.secondsLeft(now: now.adding(milliseconds: 99_000)) == 0)
        #expect(try self.message().secondsLeft(now: now) == nil)
    }

    @Test func retainedMessagesAreReplacedRemovedAndBounded() {
        var limits = BrokerLimits()
        limits.retainedCountMax = 2
        limits.retainedByteCountMax = 100
        func body(_ topic: String?, _ length: UInt64, retain: Bool = true) -> OpaqueBody {
            OpaqueBody(
                station: "s",
                client: "c",
                topic: topic,
                qos: 0,
                isRetained: retain,
                payloadByteCount: length,
                expires: nil,
                digest: .zero
            )
        }
        var retained = RetainedProjection()
        retained.apply(body("a", 40), index: 1)
        retained.apply(body("b", 40), index: 2)
        retained.apply(body("c", 40, retain: false), index: 3)
        #expect(retained.indexes == [1, 2])
        #expect(!retained.hasRoom(for: body("c", 1), limits: limits), "as many as may be")
        #expect(retained.hasRoom(for: body("a", 60), limits: limits))
        #expect(!retained.hasRoom(for: body("a", 61), limits: limits), "as many bytes as may be")
        #expect(!retained.hasRoom(for: body(nil, 1), limits: limits), "the topic is too long")
        retained.apply(body("a", 10), index: 4)
        #expect(retained.indexes == [2, 4])
        retained.apply(body("b", 0), index: 5)
        #expect(retained.indexes == [4])
    }
}
