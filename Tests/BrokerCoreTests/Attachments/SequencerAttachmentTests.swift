import Alerts
import Base
import CBOR
import COSE
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// What the sequencer knows of attachments: which are stored, and who needs them.
@Suite struct SequencerAttachmentTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)
    private let broker = Ed25519SigningKey.generate()

    init() throws {
        sample = try SealedAlertSample()
    }

    private func begun(_ stored: [SealedAttachment]) throws -> Sequencer {
        var sequencer = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        let genesis = GenesisBody(
            origin: "aviso.test/log",
            logKey: broker.publicKey,
            createdBy: "test"
        )
        _ = sequencer.sequenceGenesis(genesis, now: now)
        let operation = DirectoryMember(
            id: try #require(AgencyID("OAS:BROKER")),
            role: .operatorStation,
            name: "Operator",
            signingKey: broker.publicKey,
            encryptionKey: nil,
            publish: [],
            subscribe: []
        )
        for change in sequencer.directory.changes(to: sample.directory.members + [operation]) {
            _ = sequencer.sequence(Submission(source: nil, body: .directory(change)), now: now)
        }
        sequencer.stored = AttachmentFixture.Store(stored)
        return sequencer
    }

    private func submit(
        _ attachments: [SealedAttachment],
        to sequencer: inout Sequencer
    ) throws -> SequencingOutcome {
        let alert = try sample.check(try sample.seal(attachments: attachments))
        return sequencer.sequence(Submission(source: nil, body: .alert(alert)), now: now)
    }

    private func publish(
        _ attachments: [SealedAttachment],
        to sequencer: inout Sequencer
    ) throws -> SequencedEntry {
        guard case .sequenced(let entry) = try submit(attachments, to: &sequencer) else {
            Issue.record("the alert was refused")
            throw AlertError.contentAltered
        }
        return entry
    }

    private func redact(_ entry: SequencedEntry, in sequencer: inout Sequencer) throws {
        let statement = RedactionStatement.sign(
            RedactionStatement.Draft(
                act: .order,
                issuer: try #require(AgencyID("OAS:BROKER")),
                identifier: UUID(version7At: now, random: (3, 4)),
                issuedAt: now,
                index: entry.index,
                alert: try #require(entry.alert?.alert),
                basis: SHA256().digest([1]),
                reason: nil
            ),
            key: broker,
            coding: LibCBOR(),
            hasher: SHA256()
        )
        let redaction = VerifiedRedaction(
            statement: try RedactionStatement(decoding: statement[...], using: LibCBOR()),
            station: try makeStation("urn:aviso:operator:OAS:BROKER:station-1"),
            acceptedAt: now
        )
        _ = sequencer.sequence(Submission(source: nil, body: .redaction(redaction)), now: now)
    }

    @Test func whatIsNotStoredIsRefusedByName() throws {
        let (one, two) = (
            try AttachmentFixture.attachment(1), try AttachmentFixture.attachment(2)
        )
        var sequencer = try begun([one])
        guard case .refused(let refusal, _) = try submit([one, two], to: &sequencer) else {
            Issue.record("an alert with a missing attachment was accepted")
            return
        }
        #expect(refusal.reasonCode == .payloadFormatInvalid)
        let digest = two.reference.digest
        #expect(
            refusal.text == "attachment \(digest) is not stored: upload its 1041 bytes over HTTPS "
                + "to /attachments/\(digest), then publish the alert again"
        )
        #expect(sequencer.attachments.count == 0)
        // The same file with another size in the header.
        let other = try AttachmentFixture.attachment(1, byteCount: 1001)
        guard case .refused(let size, _) = try submit([other], to: &sequencer) else {
            Issue.record("an alert with a wrong size was accepted")
            return
        }
        #expect(size.text.contains("has 1041 bytes, and the signed header says 1042"))
    }

    @Test func aRepeatedAlertNeedsItsFilesNoMore() throws {
        let one = try AttachmentFixture.attachment(1)
        var sequencer = try begun([one])
        let alert = try sample.check(try sample.seal(attachments: [one]))
        let submission = Submission(source: nil, body: .alert(alert))
        guard case .sequenced(let entry) = sequencer.sequence(submission, now: now) else {
            Issue.record("the alert was refused")
            return
        }
        try redact(entry, in: &sequencer)
        sequencer.stored = AttachmentFixture.Store([])
        guard case .repeated(let index) = sequencer.sequence(submission, now: now) else {
            Issue.record("the same alert got another answer")
            return
        }
        #expect(index == entry.index)
    }

    @Test func aFileStaysWhileAnAlertWithItsContentCitesIt() throws {
        let (one, two) = (
            try AttachmentFixture.attachment(1), try AttachmentFixture.attachment(2)
        )
        var sequencer = try begun([one, two])
        // Twice in one alert is once.
        let first = try publish([one, two, one], to: &sequencer)
        let second = try publish([one], to: &sequencer)
        let citing = sequencer.attachments.all.map(\.indexes)
        #expect(citing == [[first.index, second.index], [first.index]])
        try redact(first, in: &sequencer)
        #expect(sequencer.takeOrphanedAttachments() == [two.reference.digest])
        #expect(sequencer.takeOrphanedAttachments() == [])
        #expect(sequencer.attachments.isCited(one.reference.digest))
        // Cited again before anybody has erased it, it stays.
        try redact(second, in: &sequencer)
        let third = try publish([one], to: &sequencer)
        #expect(sequencer.takeOrphanedAttachments() == [])
        try redact(third, in: &sequencer)
        #expect(sequencer.takeOrphanedAttachments() == [one.reference.digest])
        #expect(sequencer.attachments.count == 0)
    }

    @Test func theLogTellsTheSame() throws {
        let (one, two) = (
            try AttachmentFixture.attachment(1), try AttachmentFixture.attachment(2)
        )
        var sequencer = try begun([one, two])
        let first = try publish([one, two], to: &sequencer)
        let second = try publish([two], to: &sequencer)
        var folded = try begun([])
        for entry in [first, second] {
            let decoded = try LogEntry(decoding: entry.bytes[...], using: LibCBOR())
            try folded.fold(decoded, index: entry.index)
        }
        #expect(folded.attachments.all.map(\.digest) == sequencer.attachments.all.map(\.digest))
        #expect(folded.attachments.all.map(\.indexes) == sequencer.attachments.all.map(\.indexes))
    }
}
