import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// Groups and the alerts to them, in the order of the log.
@Suite struct SequencerGroupsTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)
    private let all = ["MX:FGR", "PE:DEVIDA"]

    init() throws {
        sample = try SealedAlertSample()
    }

    private func group(_ payload: [UInt8], by owner: String = "CO:PONAL") throws -> Submission {
        let station = "urn:aviso:agency:\(owner):station-1"
        let statement = try sample.check(group: payload, station: station)
        return Submission(source: nil, body: .group(statement))
    }

    private func alert(
        from author: String = "CO:PONAL",
        to recipients: [String],
        groups: [String] = ["andean"]
    ) throws -> Submission {
        let payload = try sample.seal(from: author, to: recipients, groups: groups)
        let station = "urn:aviso:agency:\(author):station-1"
        return Submission(source: nil, body: .alert(try sample.check(payload, station: station)))
    }

    private func entry(_ outcome: SequencingOutcome) throws -> SequencedEntry {
        guard case .sequenced(let entry) = outcome else {
            Issue.record("\(outcome)")
            throw NotSequenced()
        }
        return entry
    }

    private struct NotSequenced: Error {}

    private func refusal(_ outcome: SequencingOutcome) -> Refusal? {
        guard case .refused(let refusal, let entry) = outcome else { return nil }
        #expect(entry.type == .refusal)
        #expect(refusal.payloadDigest != nil)
        return refusal
    }

    @Test func aChangedMembershipCountsFromTheNextAlert() throws {
        var (sequencer, _) = sample.begun()
        let first = try sample.group()
        let defined = try entry(sequencer.sequence(try group(first), now: now))
        #expect(defined.type == .group)
        #expect(sequencer.groups["andean"]?.index == defined.index)
        let before = try alert(to: all)
        #expect(try entry(sequencer.sequence(before, now: now)).counts.count == 2)
        // Sealed under the old membership, and late.
        let late = try alert(to: all)
        let fewer = try sample.group(
            version: 2,
            replacing: sample.hasher.digest(first[...]),
            ["CO:PONAL", "MX:FGR"]
        )
        _ = try entry(sequencer.sequence(try group(fewer), now: now))
        let refused = refusal(sequencer.sequence(late, now: now))
        #expect(refused?.reasonCode == .payloadFormatInvalid)
        #expect(refused?.text.contains("`to` names PE:DEVIDA") == true)
        #expect(refused?.text.contains("seal the alert anew") == true)
        let next = try entry(sequencer.sequence(try alert(to: ["MX:FGR"]), now: now))
        #expect(next.counts.map(\.agency.description) == ["MX:FGR"])
        // The same alert again is no new one, whatever became of the group.
        guard case .repeated = sequencer.sequence(before, now: now) else {
            Issue.record("an accepted alert was forgotten")
            return
        }
    }

    @Test func theSameStatementAgainIsTheSameEntry() throws {
        var (sequencer, _) = sample.begun()
        let submission = try group(try sample.group())
        let first = try entry(sequencer.sequence(submission, now: now))
        guard case .repeated(let index) = sequencer.sequence(submission, now: now) else {
            Issue.record("the statement became two entries")
            return
        }
        #expect(index == first.index)
        #expect(sequencer.nextIndex == first.index + 1)
    }

    @Test func whatDoesNotFollowIsRefusedWithItsCode() throws {
        var (sequencer, _) = sample.begun()
        let first = try sample.group()
        let basis = sample.hasher.digest(first[...])
        _ = try entry(sequencer.sequence(try group(first), now: now))
        for (payload, owner, code, text) in [
            (
                try sample.group(by: "MX:FGR", version: 2, replacing: basis, ["MX:FGR"]), "MX:FGR",
                ReasonCode.notAuthorized, "its owner alone changes or dissolves it"
            ),
            (
                try sample.group(version: 3, replacing: basis), "CO:PONAL",
                .packetIdentifierInUse, "2 is due"
            ),
            (
                try sample.group(version: 2), "CO:PONAL", .payloadFormatInvalid,
                "is not SHA-256 of the statement in force"
            ),
            (
                try sample.group(version: 2, replacing: basis, ["CO:PONAL", "ZZ:NOBODY"]),
                "CO:PONAL", .payloadFormatInvalid, "ZZ:NOBODY cannot be a member"
            ),
            (
                try sample.group(version: 2, replacing: basis, until: now), "CO:PONAL",
                .implementationSpecificError, "has passed"
            ),
            (
                try sample.group(named: "other", nil), "CO:PONAL", .payloadFormatInvalid,
                "no group other to dissolve"
            ),
        ] {
            let refusal = refusal(sequencer.sequence(try group(payload, by: owner), now: now))
            #expect(refusal?.reasonCode == code)
            #expect(refusal?.text.contains(text) == true, "\(refusal?.text ?? "accepted")")
        }
        let text = "there is no group nowhere that CO:PONAL belongs to"
        let nowhere = try alert(to: all, groups: ["nowhere"])
        let unknown = refusal(sequencer.sequence(nowhere, now: now))
        #expect(unknown?.reasonCode == .notAuthorized)
        #expect(unknown?.text.contains(text) == true)
    }

    @Test func anEndIsThatOfTheEntrysTime() throws {
        var (sequencer, _) = sample.begun()
        let end = WallTime(seconds: now.seconds + 60)
        _ = try entry(sequencer.sequence(try group(try sample.group(until: end)), now: now))
        let last = end.subtracting(milliseconds: 1)
        _ = try entry(sequencer.sequence(try alert(to: all), now: last))
        let over = refusal(sequencer.sequence(try alert(to: all), now: end))
        #expect(over?.reasonCode == .implementationSpecificError)
        #expect(over?.text.contains("group andean ended at") == true)
        // A clock that goes back makes no group come back: an entry is never before the last.
        let back = refusal(sequencer.sequence(try alert(to: all), now: now))
        #expect(back?.text.contains("group andean ended at") == true)
    }

    @Test func thereAreOnlySoManyGroups() throws {
        var limits = BrokerLimits()
        limits.groupsPerAgencyMax = 1
        limits.groupsMax = 2
        var (sequencer, _) = sample.begun(limits)
        let first = try sample.group(named: "a")
        _ = try entry(sequencer.sequence(try group(first), now: now))
        let own = refusal(sequencer.sequence(try group(try sample.group(named: "b")), now: now))
        #expect(own?.reasonCode == .quotaExceeded)
        #expect(own?.limit == .groupsPerAgencyMax)
        let dissolved = try sample.group(
            named: "a",
            version: 2,
            replacing: sample.hasher.digest(first[...]),
            nil
        )
        _ = try entry(sequencer.sequence(try group(dissolved), now: now))
        #expect(
            refusal(sequencer.sequence(try group(try sample.group(named: "b")), now: now))?.limit
                == .groupsPerAgencyMax
        )
        let theirs = try sample.group(named: "c", by: "MX:FGR", ["MX:FGR"])
        _ = try entry(sequencer.sequence(try group(theirs, by: "MX:FGR"), now: now))
        let more = try sample.group(named: "d", by: "PE:DEVIDA", ["PE:DEVIDA"])
        let all = refusal(sequencer.sequence(try group(more, by: "PE:DEVIDA"), now: now))
        #expect(all?.limit == .groupsMax)
    }

    @Test func entriesAndSnapshotFoldToTheSameGroups() throws {
        var (sequencer, entries) = sample.begun()
        let first = try sample.group()
        let second = try sample.group(
            version: 2,
            replacing: sample.hasher.digest(first[...]),
            ["CO:PONAL", "MX:FGR"]
        )
        for submission in [
            try group(first), try alert(to: all), try group(second),
            try group(try sample.group(named: "gone")),
        ] {
            entries.append(try entry(sequencer.sequence(submission, now: now)))
        }
        var folded = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        for sequenced in entries {
            let entry = try LogEntry(decoding: sequenced.bytes[...], using: LibCBOR())
            try folded.fold(entry, index: sequenced.index)
        }
        #expect(folded.groups == sequencer.groups)
        let bytes = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        var restored = try #require(
            Sequencer(
                restoring: bytes[...],
                limits: BrokerLimits(),
                coding: LibCBOR(),
                hasher: SHA256()
            )
        )
        #expect(restored.groups == sequencer.groups)
        #expect(restored.groups.count == 2)
        #expect(SequencerSnapshot(restored).encode(using: LibCBOR()) == bytes)
        #expect(refusal(restored.sequence(try alert(to: all), now: now)) != nil)
        _ = try entry(restored.sequence(try alert(to: ["MX:FGR"]), now: now))
    }

    @Test func aLogWhoseGroupsDoNotFollowIsNotFolded() throws {
        var (sequencer, _) = sample.begun()
        let body = AlertEntryBody(
            statement: try sample.group(version: 2)[...],
            accepted: now,
            counts: []
        )
        let index = sequencer.nextIndex
        #expect(throws: FoldError.self) {
            try sequencer.fold(LogEntry(time: now, body: .group(body)), index: index)
        }
        let none = AlertEntryBody(statement: [1, 2], accepted: now, counts: [])
        #expect(throws: FoldError.self) {
            try sequencer.fold(LogEntry(time: now, body: .group(none)), index: index)
        }
    }
}
