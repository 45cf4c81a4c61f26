import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// Alerts that came so long ago that only the log knows them exactly.
@Suite struct SequencerLookBackTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)

    init() throws {
        sample = try SealedAlertSample()
    }

    /// A log of some entries, the rest of which cannot be read.
    private struct Entries: EntrySource {
        var bytes: [UInt64: [UInt8]] = [:]

        func entry(at index: UInt64) -> [UInt8]? { bytes[index] }
    }

    private func sequence(
        _ alert: VerifiedAlert,
        _ sequencer: inout Sequencer
    )
        -> SequencingOutcome
    {
        sequencer.sequence(Submission(source: nil, body: .alert(alert)), now: now)
    }

    /// The same bytes under another identifier, to fill the window without signing each.
    private func other(_ alert: VerifiedAlert, _ number: UInt64) -> VerifiedAlert {
        VerifiedAlert(
            payload: alert.payload,
            statement: alert.statement,
            content: alert.content,
            isCanonical: alert.isCanonical,
            station: alert.station,
            issuer: alert.issuer,
            keyID: alert.keyID,
            alert: UUID(version7At: now, random: (number & 0xFFF, number)),
            statementDigest: alert.statementDigest,
            issuedAt: alert.issuedAt,
            expires: alert.expires,
            header: alert.header,
            channel: alert.channel,
            topicName: alert.topicName,
            recipients: alert.recipients,
            recipientMask: alert.recipientMask,
            acceptedAt: alert.acceptedAt
        )
    }

    @Test func anAlertOfLongAgoIsComparedWithTheLog() throws {
        var sequencer = Sequencer(
            limits: BrokerLimits(),
            coding: LibCBOR(),
            hasher: SHA256(),
            seed: 99
        )
        let genesis = GenesisBody(
            origin: "aviso.test/log",
            logKey: Ed25519SigningKey.generate().publicKey,
            createdBy: "test"
        )
        _ = sequencer.sequenceGenesis(genesis, now: now)
        for change in sequencer.directory.changes(to: sample.directory.members) {
            _ = sequencer.sequence(Submission(source: nil, body: .directory(change)), now: now)
        }
        let identifier = UUID(version7At: now, random: (9, 1 << 40))
        let first = try sample.check(try sample.seal(alert: identifier))
        let forged = try sample.check(try sample.seal(to: ["PE:DEVIDA"], alert: identifier))
        guard case .sequenced(let entry) = sequence(first, &sequencer) else {
            Issue.record("the first alert was refused")
            return
        }
        for number in 0..<UInt64(DuplicateWindow.freshCountMax) {
            guard case .sequenced = sequence(other(first, number), &sequencer) else {
                Issue.record("alert \(number) was refused")
                return
            }
        }
        #expect(sequencer.recentCount == DuplicateWindow.freshCountMax + 1)

        // What cannot be compared is not taken for new.
        guard case .refused(let unreadable, _) = sequence(first, &sequencer) else {
            Issue.record("an alert was accepted that nobody could compare")
            return
        }
        #expect(unreadable.reasonCode == .unspecifiedError)
        #expect(unreadable.text.contains("at \(entry.index), which cannot be read"))

        sequencer.entries = Entries(bytes: [entry.index: entry.bytes])
        guard case .repeated(entry.index) = sequence(first, &sequencer) else {
            Issue.record("the same alert was not known any more")
            return
        }
        guard case .refused(let replayed, _) = sequence(forged, &sequencer) else {
            Issue.record("other bytes under the same identifier were accepted")
            return
        }
        #expect(replayed.reasonCode == .packetIdentifierInUse)

        // A snapshot remembers it as well.
        let bytes = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        var restored = try #require(
            Sequencer(
                restoring: bytes[...],
                limits: BrokerLimits(),
                coding: LibCBOR(),
                hasher: SHA256()
            )
        )
        restored.entries = sequencer.entries
        guard case .repeated(entry.index) = sequence(first, &restored) else {
            Issue.record("the snapshot has forgotten the alert")
            return
        }
        #expect(restored.recentCount == sequencer.recentCount)
    }
}
