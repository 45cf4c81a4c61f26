import Alerts
import Base
import CBOR
import COSE
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// What was admitted under one directory and gets its place in the log under another.
@Suite struct SequencerMembersTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)

    init() throws {
        sample = try SealedAlertSample()
    }

    /// Changes one member in the log, which admission does not know of yet.
    private func change(
        _ id: String,
        in sequencer: inout Sequencer,
        _ change: (DirectoryMember) -> DirectoryMember
    ) throws {
        let members = sample.directory.members.map { $0.id.description == id ? change($0) : $0 }
        for body in sequencer.directory.changes(to: members) {
            _ = sequencer.sequence(Submission(source: nil, body: .directory(body)), now: now)
        }
    }

    private func withOtherKey(_ member: DirectoryMember) -> DirectoryMember {
        DirectoryMember(
            id: member.id,
            role: member.role,
            name: member.name,
            signingKey: Ed25519SigningKey.generate().publicKey,
            encryptionKey: member.encryptionKey,
            publish: member.publish,
            subscribe: member.subscribe
        )
    }

    private func refusal(
        of body: Submission.Body,
        by sequencer: inout Sequencer
    ) throws -> Refusal {
        let outcome = sequencer.sequence(Submission(source: nil, body: body), now: now)
        guard case .refused(let refusal, let entry) = outcome else {
            Issue.record("\(outcome)")
            throw NotRefused()
        }
        #expect(entry.type == .refusal)
        return refusal
    }

    private struct NotRefused: Error {}

    @Test func anAlertUnderAFormerKeyIsRefused() throws {
        var (sequencer, _) = sample.begun()
        let alert = try sample.check(try sample.seal())
        try change("CO:PONAL", in: &sequencer, withOtherKey)
        let refusal = try refusal(of: .alert(alert), by: &sequencer)
        #expect(refusal.reasonCode == .notAuthorized)
        #expect(refusal.text == Sentence.foreignKey(alert.issuer))
        #expect(refusal.alert == alert.alert)
    }

    @Test func anAlertToWhomCannotReceiveAnyMoreIsRefused() throws {
        var (sequencer, _) = sample.begun()
        let alert = try sample.check(try sample.seal(to: ["MX:FGR", "PE:DEVIDA"]))
        try change("PE:DEVIDA", in: &sequencer) { member in
            DirectoryMember(
                id: member.id,
                role: member.role,
                name: member.name,
                signingKey: member.signingKey,
                encryptionKey: nil,
                publish: member.publish,
                subscribe: member.subscribe
            )
        }
        let refusal = try refusal(of: .alert(alert), by: &sequencer)
        #expect(refusal.reasonCode == .payloadFormatInvalid)
        #expect(refusal.text == Sentence.unknownRecipient(try #require(AgencyID("PE:DEVIDA"))))
    }

    @Test func aStatementOnAGroupUnderAFormerKeyIsRefused() throws {
        var (sequencer, _) = sample.begun()
        let group = try sample.check(group: try sample.group())
        try change("CO:PONAL", in: &sequencer, withOtherKey)
        let refusal = try refusal(of: .group(group), by: &sequencer)
        #expect(refusal.reasonCode == .notAuthorized)
        #expect(refusal.text == Sentence.signatureInvalid(group.statement.issuer))
    }

    @Test func anOrderByWhoIsNoOperatorAnyMoreIsRefused() throws {
        var (sequencer, _) = sample.begun()
        let issuer = try #require(AgencyID("OAS:BROKER"))
        let statement = RedactionStatement.sign(
            RedactionStatement.Draft(
                act: .order,
                issuer: issuer,
                identifier: UUID(version7At: now, random: (3, 4)),
                issuedAt: now,
                index: 1,
                alert: UUID(version7At: now, random: (5, 6)),
                basis: SHA256().digest([1]),
                reason: nil
            ),
            key: Ed25519SigningKey.generate(),
            coding: LibCBOR(),
            hasher: SHA256()
        )
        let redaction = VerifiedRedaction(
            statement: try RedactionStatement(decoding: statement[...], using: LibCBOR()),
            station: try makeStation("urn:aviso:operator:OAS:BROKER:station-1"),
            acceptedAt: now
        )
        let refusal = try refusal(of: .redaction(redaction), by: &sequencer)
        #expect(refusal.text == Sentence.unknownAgency(issuer))
    }
}
