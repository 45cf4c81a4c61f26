import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

@Suite struct SequencerTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)

    init() throws {
        sample = try SealedAlertSample()
    }

    private func submission(_ payload: [UInt8]) throws -> Submission {
        Submission(source: nil, body: .alert(try sample.check(payload)))
    }

    private func sequenced(_ outcome: SequencingOutcome) throws -> SequencedEntry {
        guard case .sequenced(let entry) = outcome else {
            Issue.record("\(outcome)")
            throw SequencingFailed()
        }
        return entry
    }

    private struct SequencingFailed: Error {}

    @Test func indexesAndCountsRunOn() throws {
        var (sequencer, entries) = sample.begun()
        let first = entries.count
        for number in 0..<5 {
            let recipients = number.isMultiple(of: 2) ? ["MX:FGR", "PE:DEVIDA"] : ["MX:FGR"]
            let outcome = sequencer.sequence(
                try submission(try sample.seal(to: recipients)),
                now: now
            )
            let entry = try sequenced(outcome)
            #expect(entry.index == UInt64(first + number))
            #expect(entry.counts.map(\.agency.description) == recipients)
            #expect(entry.counts.first?.count == UInt64(number + 1))
        }
        let counts = sequencer.counts.map { "\($0.key) \($0.value)" }.sorted()
        #expect(counts == ["MX:FGR 5", "PE:DEVIDA 3"])
    }

    @Test func timeNeverGoesBack() throws {
        var (sequencer, _) = sample.begun()
        let payload = try sample.seal()
        let late = sequencer.sequence(
            try submission(payload),
            now: now.adding(milliseconds: 60_000)
        )
        let early = sequencer.sequence(try submission(try sample.seal()), now: now)
        #expect(try sequenced(late).time == now.adding(milliseconds: 60_000))
        #expect(try sequenced(early).time == now.adding(milliseconds: 60_000))
    }

    @Test func theSameAlertAgainIsTheSameEntry() throws {
        var (sequencer, _) = sample.begun()
        let payload = try sample.seal()
        let first = try sequenced(sequencer.sequence(try submission(payload), now: now))
        let size = sequencer.nextIndex
        let again = sequencer.sequence(try submission(payload), now: now)
        guard case .repeated(let index) = again else {
            Issue.record("\(again)")
            return
        }
        #expect(index == first.index)
        #expect(sequencer.nextIndex == size)
    }

    @Test func theSameIdentifierWithOtherBytesIsRefusedAndLogged() throws {
        var (sequencer, _) = sample.begun()
        let alert = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 2))
        _ = sequencer.sequence(try submission(try sample.seal(alert: alert)), now: now)
        let other = sequencer.sequence(try submission(try sample.seal(alert: alert)), now: now)
        guard case .refused(let refusal, let entry) = other else {
            Issue.record("\(other)")
            return
        }
        #expect(refusal.reasonCode == .packetIdentifierInUse)
        #expect(entry.type == .refusal)
    }

    @Test func whatTheDirectoryNoLongerAllowsIsRefused() throws {
        var (sequencer, _) = sample.begun()
        let alert = try submission(try sample.seal(to: ["MX:FGR"]))
        var without = sample.directory.members
        without.removeAll { $0.id.description == "MX:FGR" }
        for change in sequencer.directory.changes(to: without) {
            _ = sequencer.sequence(Submission(source: nil, body: .directory(change)), now: now)
        }
        guard case .refused(let refusal, _) = sequencer.sequence(alert, now: now) else {
            Issue.record("it was sequenced")
            return
        }
        #expect(refusal.reasonCode == .payloadFormatInvalid)
        #expect(refusal.text.contains("MX:FGR"))
    }

    @Test func foldingTheEntriesGivesTheSameState() throws {
        var (sequencer, entries) = sample.begun()
        let payload = try sample.seal(to: ["MX:FGR", "PE:DEVIDA"])
        let station = try makeStation("urn:aviso:agency:MX:FGR:station-1")
        let key = SessionKey(station: station, clientIdentifier: "desk")
        let bodies: [Submission.Body] = [
            .alert(try sample.check(payload)),
            .session(SessionChange.created(expirySeconds: 60, cursor: 3).body(of: key)),
            .session(
                SessionChange.subscribed(try subscription("alerts/#", from: 2)).body(of: key)
            ),
            .refusal(Refusal(.publish, .notAuthorized, "no"), station: station, address: nil),
        ]
        for body in bodies {
            let outcome = sequencer.sequence(Submission(source: nil, body: body), now: now)
            switch outcome {
            case .sequenced(let entry), .refused(_, let entry): entries.append(entry)
            case .repeated, .refusedUnrecorded: Issue.record("\(outcome)")
            }
        }
        var folded = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        for entry in entries {
            let decoded = try LogEntry(decoding: entry.bytes[...], using: LibCBOR())
            try folded.fold(decoded, index: entry.index)
        }
        #expect(folded.nextIndex == sequencer.nextIndex)
        #expect(folded.counts == sequencer.counts)
        #expect(folded.lastTime == sequencer.lastTime)
        #expect(folded.recentCount == sequencer.recentCount)
        let session = try #require(folded.sessions.sessions.first)
        #expect(session.key == key && session.subscriptions.map(\.from) == [2])
        // The same next submission gives the same bytes.
        let next = try submission(try sample.seal())
        let one = try sequenced(sequencer.sequence(next, now: now))
        let other = try sequenced(folded.sequence(next, now: now))
        #expect(one.bytes == other.bytes)
    }

    @Test func anEntryOutOfItsPlaceIsNoEntryOfThisLog() throws {
        let (_, entries) = sample.begun()
        var folded = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        let second = try LogEntry(decoding: entries[1].bytes[...], using: LibCBOR())
        #expect(throws: FoldError.self) { try folded.fold(second, index: 1) }
    }

    // A letter with its combining marks is one character of any length.
    @Test(arguments: ["x", "\u{301}", "\u{20D0}"])
    func refusalsAreCutToASentence(mark: String) throws {
        var (sequencer, _) = sample.begun()
        let text = "e" + String(repeating: mark, count: 200_000)
        let long = Refusal(.publish, .topicNameInvalid, text)
        let body = Submission.Body.refusal(long, station: nil, address: nil)
        guard
            case .refused(_, let entry) = sequencer.sequence(
                Submission(source: nil, body: body),
                now: now
            )
        else {
            Issue.record("it was not recorded")
            return
        }
        #expect(entry.bytes.count < 2 * Refusal.textByteCountMax)
    }

    @Test func whatNoLogTakesIsRefusedAndChangesNothing() throws {
        var (sequencer, _) = sample.begun()
        let size = sequencer.nextIndex
        let member = DirectoryBody(
            change: .added,
            member: "CL:SII",
            role: "agency",
            name: String(repeating: "x", count: LogEntry.byteCountMax),
            signingKey: nil,
            encryptionKey: nil,
            publish: [],
            subscribe: []
        )
        let outcome = sequencer.sequence(
            Submission(source: nil, body: .directory(member)),
            now: now
        )
        guard case .refused(let refusal, let entry) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusal.reasonCode == .quotaExceeded)
        #expect(entry.type == .refusal && entry.index == size)
        #expect(sequencer.nextIndex == size + 1)
        #expect(try sequencer.directory[#require(AgencyID("CL:SII"))] == nil)
    }
}
