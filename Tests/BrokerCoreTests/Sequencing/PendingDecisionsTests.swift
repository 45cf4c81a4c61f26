import Alerts
import Base
import CBOR
import COSE
import Crypto
import MQTTCodec
import Testing

@testable import BrokerCore

@Suite struct PendingDecisionsTests {
    private func source(_ token: UInt64) -> Submission.Source {
        Submission.Source(shard: 0, connection: 1, token: token)
    }

    private func refusal(_ token: UInt64?) -> Submission {
        let refusal = Refusal(.publish, .notAuthorized, "no")
        return Submission(
            source: token.map { source($0) },
            body: .refusal(refusal, station: nil, address: nil)
        )
    }

    private func redaction(_ token: UInt64) throws -> Submission {
        let draft = RedactionStatement.Draft(
            act: .order,
            issuer: try #require(AgencyID("OAS:BROKER")),
            identifier: UUID(version7At: WallTime(seconds: 1), random: (3, 4)),
            issuedAt: WallTime(seconds: 1),
            index: 1,
            alert: UUID(version7At: WallTime(seconds: 1), random: (5, 6)),
            basis: SHA256().digest([1]),
            reason: nil
        )
        let bytes = RedactionStatement.sign(
            draft,
            key: Ed25519SigningKey.generate(),
            coding: LibCBOR(),
            hasher: SHA256()
        )
        let redaction = VerifiedRedaction(
            statement: try RedactionStatement(decoding: bytes[...], using: LibCBOR()),
            station: try makeStation("urn:aviso:operator:OAS:BROKER:station-1"),
            acceptedAt: WallTime(seconds: 1)
        )
        return Submission(source: source(token), body: .redaction(redaction))
    }

    @Test func aConnectionWaitsForWhatWasHandedInBefore() {
        var decisions = PendingDecisions()
        let idle = decisions.wait(for: 5)
        #expect(!idle)
        decisions.submitted(refusal(1))
        decisions.submitted(refusal(nil))
        decisions.submitted(refusal(2))
        let waits = decisions.wait(for: 5)
        #expect(waits)
        decisions.submitted(refusal(3))
        let early = decisions.decided([source(1)])
        let ready = decisions.decided([source(2), source(3)])
        #expect(early.isEmpty && ready == [5])
    }

    @Test func anAnswerOutOfItsTurnHoldsNobodyUp() throws {
        var decisions = PendingDecisions()
        decisions.submitted(try redaction(1))
        decisions.submitted(refusal(2))
        let waits = decisions.wait(for: 5)
        #expect(waits)
        decisions.submitted(refusal(3))
        // The order is answered when its content has been erased, after all others.
        let ready = decisions.decided([source(2)])
        #expect(ready == [5])
        let waitsAgain = decisions.wait(for: 6)
        #expect(waitsAgain)
        let order = decisions.decided([source(1)])
        #expect(order.isEmpty, "it does not stand for the publish that is still undecided")
        let last = decisions.decided([source(3)])
        #expect(last == [6])
    }
}
