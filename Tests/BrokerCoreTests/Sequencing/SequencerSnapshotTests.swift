import Alerts
import Base
import CBOR
import Crypto
import MerkleLog
import Testing

@testable import BrokerCore

@Suite struct SequencerSnapshotTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)

    init() throws {
        sample = try SealedAlertSample()
    }

    private func submit(_ body: Submission.Body, to sequencer: inout Sequencer) -> SequencingOutcome
    {
        sequencer.sequence(Submission(source: nil, body: body), now: now)
    }

    /// A sequencer with something of every kind of state, and an alert that it has seen.
    private func full() throws -> (sequencer: Sequencer, alert: VerifiedAlert) {
        var sequencer = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        let genesis = GenesisBody(
            origin: "aviso.test/log",
            logKey: Ed25519SigningKey.generate().publicKey,
            createdBy: "test"
        )
        _ = sequencer.sequenceGenesis(genesis, now: now)
        let change = PolicyBody(
            oldKey: genesis.logKey,
            newKey: Ed25519SigningKey.generate().publicKey,
            continuedBy: "test"
        )
        _ = submit(.policy(change), to: &sequencer)
        let gone = try #require(sample.directory.members.last)
        for change in sequencer.directory.changes(to: sample.directory.members) {
            _ = submit(.directory(change), to: &sequencer)
        }
        let without = sample.directory.members.filter { $0.id != gone.id }
        for change in sequencer.directory.changes(to: without) {
            _ = submit(.directory(change), to: &sequencer)
        }
        let alert = try sample.check(try sample.seal(to: ["MX:FGR"]))
        let cited = try AttachmentFixture.attachment(7)
        sequencer.stored = AttachmentFixture.Store([cited])
        let other = try sample.seal(to: ["MX:FGR"], attachments: [cited])
        for each in [alert, try sample.check(other)] {
            _ = submit(.alert(each), to: &sequencer)
        }
        let station = try makeStation("urn:aviso:agency:MX:FGR:station-1")
        let key = SessionKey(station: station, clientIdentifier: "desk")
        let delivery = DeliveryBody(
            station: station.urn,
            client: "desk",
            cursor: 9,
            acknowledged: [8],
            skipped: []
        )
        let retained = OpaqueBody(
            station: station.urn,
            client: "desk",
            topic: "c/kept",
            qos: 1,
            isRetained: true,
            payloadByteCount: 4,
            expires: nil,
            digest: .zero
        )
        for change in [
            SessionChange.created(expirySeconds: 60, cursor: 3),
            .subscribed(try subscription("alerts/#", from: 2)),
            .subscribed(try subscription("alerts/chemical/#", from: 5)),
        ] {
            _ = submit(.session(change.body(of: key)), to: &sequencer)
        }
        _ = submit(.delivery(delivery), to: &sequencer)
        var state = sequencer.retained
        state.apply(retained, index: 4)
        #expect(state.indexes == [4])
        return (sequencer, alert)
    }

    private func restore(_ bytes: [UInt8]) -> Sequencer? {
        Sequencer(
            restoring: bytes[...],
            limits: BrokerLimits(),
            coding: LibCBOR(),
            hasher: SHA256()
        )
    }

    @Test func whatIsRestoredGoesOnAsTheOriginal() throws {
        var (sequencer, alert) = try full()
        let bytes = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        var restored = try #require(restore(bytes))
        #expect(restored.nextIndex == sequencer.nextIndex)
        #expect(restored.lastTime == sequencer.lastTime)
        #expect(restored.counts == sequencer.counts)
        #expect(restored.keyChanges == sequencer.keyChanges)
        #expect(restored.keyChanges.count == 1)
        #expect(restored.recentCount == 2)
        #expect(restored.attachments.count == 1)
        #expect(restored.attachments.all.map(\.digest) == sequencer.attachments.all.map(\.digest))
        #expect(restored.attachments.all.map(\.indexes) == sequencer.attachments.all.map(\.indexes))
        #expect(restored.directory.members == sequencer.directory.members)
        for member in sequencer.directory.members {
            #expect(restored.directory[member.id]?.mask == sequencer.directory[member.id]?.mask)
        }
        let session = try #require(restored.sessions.sessions.first)
        #expect(session.cursor(committed: sequencer.nextIndex) == 9)
        #expect(session.subscriptions.map(\.from) == [2, 5])
        // The same again is the same entry still, and the next alert gives the same bytes.
        guard case .repeated(let index) = submit(.alert(alert), to: &restored) else {
            Issue.record("the alert was not known any more")
            return
        }
        #expect(index < sequencer.nextIndex)
        let next = try sample.check(try sample.seal(to: ["MX:FGR"]))
        guard case .sequenced(let one) = submit(.alert(next), to: &sequencer),
            case .sequenced(let other) = submit(.alert(next), to: &restored)
        else {
            Issue.record("the next alert was refused")
            return
        }
        #expect(one.bytes == other.bytes)
        // A snapshot of what was restored is the same snapshot, but for the alert just added.
        let again = try #require(restore(bytes))
        #expect(SequencerSnapshot(again).encode(using: LibCBOR()) == bytes)
    }

    @Test func removedMembersKeepTheirSlots() throws {
        var (sequencer, _) = try full()
        let bytes = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        var restored = try #require(restore(bytes))
        let all = sample.directory.members
        for change in sequencer.directory.changes(to: all) {
            _ = submit(.directory(change), to: &sequencer)
            _ = submit(.directory(change), to: &restored)
        }
        for member in all {
            #expect(restored.directory[member.id]?.slot == sequencer.directory[member.id]?.slot)
        }
    }

    @Test func bytesOfNoSnapshotAreRefusedWhereverTheyEnd() throws {
        let (sequencer, _) = try full()
        let bytes = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        #expect(restore([]) == nil)
        for kind in [UInt8(0), 200, 255] { #expect(restore([kind] + bytes.dropFirst()) == nil) }
        // Whole items at the end may be missing without anybody noticing here: the file's digest
        // is what tells. Half an item never passes.
        let whole = itemEnds(of: bytes)
        for count in 0..<bytes.count where !whole.contains(count) {
            #expect(restore(Array(bytes.prefix(count))) == nil)
        }
    }

    private func itemEnds(of bytes: [UInt8]) -> Set<Int> {
        var ends: Set<Int> = []
        var end = 0
        while end < bytes.count {
            let length = bytes[(end + 1)..<(end + 5)].reduce(0) { $0 << 8 | Int($1) }
            end += 5 + length
            ends.insert(end)
        }
        return ends
    }
}
