import Alerts
import Base
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// What a SUBSCRIBE costs the log.
@Suite struct SubscribeRecordTests {
    private func packet(_ filters: [String], qos: QoS = .atLeastOnce) throws -> ControlPacket {
        .subscribe(
            SubscribePacket(
                packetIdentifier: 1,
                subscriptions: try filters.map {
                    SubscribePacket.Request(
                        filter: try TopicFilter($0),
                        options: SubscriptionOptions(qos: qos)
                    )
                }
            )
        )
    }

    private func records(_ actions: [ConnectionAction]) -> [UInt64?] {
        actions.compactMap { action -> UInt64?? in
            if case .recordSession(_, let token) = action { .some(token) } else { nil }
        }
    }

    @Test func whatTheLogHasAlreadyIsAnsweredAtOnce() throws {
        var harness = try Harness.connected(expirySeconds: 60)
        let first = harness.receive(try packet(["alerts/#"]))
        let token = try #require(records(first).first ?? nil)
        #expect(first.sentSubAck == nil)
        // As long as the log may still lack it, the same again waits for the log too.
        #expect(records(harness.receive(try packet(["alerts/#"]))).count == 1)
        for token in [token, token + 1] {
            var recorded: [ConnectionAction] = []
            harness.machine.sessionRecorded(token: token, into: &recorded)
            #expect(recorded.sentSubAck?.reasonCodes == [.grantedQoS1])
        }
        let again = harness.receive(try packet(["alerts/#", "alerts/#"]))
        #expect(records(again).isEmpty)
        #expect(again.sentSubAck?.reasonCodes == [.grantedQoS1, .grantedQoS1])
        let other = harness.receive(try packet(["alerts/#"], qos: .atMostOnce))
        #expect(records(other).count == 1)
    }

    @Test func theLogIsToldOfNoMoreRefusalsThanASessionMayHaveSubscriptions() throws {
        var harness = try Harness.connected()
        let filters = (0..<1000).map { "elsewhere/\($0)" }
        let actions = harness.receive(try packet(filters))
        #expect(actions.sentSubAck?.reasonCodes.count == 1000)
        #expect(actions.refusals.count == harness.limits.subscriptionsPerSessionMax)
    }

    @Test func whoAsksTooMuchIsToldWhenToAskAgain() throws {
        var harness = try Harness.connected(expirySeconds: 60)
        let refusal = Refusal.subscribeRate(
            try #require(AgencyID("MX:FGR")),
            harness.limits,
            retryMilliseconds: 70
        )
        var actions: [ConnectionAction] = []
        harness.machine.requestRefused(
            try packet(["alerts/#", "$aviso/redactions"]),
            refusal,
            now: harness.now,
            into: &actions
        )
        #expect(actions.refusals == [refusal])
        let subAck = try #require(actions.sentSubAck)
        #expect(subAck.reasonCodes == [.quotaExceeded, .quotaExceeded])
        #expect(subAck.properties.reasonString == refusal.text)
        #expect(subAck.properties.userProperty(Refusal.retryPropertyName) == "70")
        #expect(harness.machine.session?.subscriptions.isEmpty == true)
        #expect(harness.machine.isConnected == true)
    }

    @Test func aSubmissionIsAsLargeAsItsTexts() throws {
        let station = try makeStation()
        let key = SessionKey(station: station, clientIdentifier: String(repeating: "c", count: 200))
        let filter = String(repeating: "f", count: 4000)
        let bodies: [(Submission.Body, Int)] = [
            (.session(SessionChange.unsubscribed(filter: filter).body(of: key)), 4200),
            (
                .refusal(
                    Refusal(.publish, .notAuthorized, String(repeating: "x", count: 900)),
                    station: station,
                    address: nil
                ), 900
            ),
            (
                .delivery(
                    DeliveryBody(
                        station: station.urn,
                        client: "",
                        cursor: 0,
                        acknowledged: Array(0..<500),
                        skipped: Array(0..<10)
                    )
                ), 4080
            ),
        ]
        for (body, byteCount) in bodies {
            let submission = Submission(source: nil, body: body)
            #expect((byteCount...byteCount + 512).contains(submission.byteCount))
        }
    }
}
