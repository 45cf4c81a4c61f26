import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// Deadlines in the order of the log: refused where they cannot be kept, noticed where they are
/// due, and the same after every kind of start.
@Suite struct SequencerDeadlineTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)
    private let request = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 2))

    init() throws {
        sample = try SealedAlertSample()
    }

    private func later(_ seconds: UInt64) -> WallTime { now.adding(milliseconds: seconds * 1000) }

    private func begun(_ limits: BrokerLimits = BrokerLimits()) -> (Sequencer, [[UInt8]]) {
        var sequencer = Sequencer(limits: limits, coding: LibCBOR(), hasher: SHA256())
        let genesis = GenesisBody(
            origin: "aviso.test/log",
            logKey: Ed25519SigningKey.generate().publicKey,
            createdBy: "test"
        )
        var entries = [sequencer.sequenceGenesis(genesis, now: now).bytes]
        for change in sequencer.directory.changes(to: sample.directory.members) {
            let submission = Submission(source: nil, body: .directory(change))
            if case .sequenced(let entry) = sequencer.sequence(submission, now: now) {
                entries.append(entry.bytes)
            }
        }
        return (sequencer, entries)
    }

    private func submission(_ payload: [UInt8], _ author: String = "CO:PONAL") throws -> Submission
    {
        let station = "urn:aviso:agency:\(author):station-1"
        return Submission(source: nil, body: .alert(try sample.check(payload, station: station)))
    }

    private func ask(
        _ alert: Base.UUID,
        dueIn seconds: UInt64,
        to recipients: [String] = ["MX:FGR", "PE:DEVIDA"],
        status: Status = .actual
    ) throws -> Submission {
        try submission(
            sample.seal(
                to: recipients,
                alert: alert,
                status: status,
                message: .request,
                replyBy: later(seconds)
            )
        )
    }

    private func answer(isInterim: Bool = false) throws -> Submission {
        try submission(
            sample.seal(
                from: "MX:FGR",
                to: ["CO:PONAL"],
                message: .answer,
                references: [AlertReference(alert: request)],
                isInterim: isInterim
            ),
            "MX:FGR"
        )
    }

    private func take(
        _ submission: Submission,
        at time: WallTime,
        _ sequencer: inout Sequencer,
        _ entries: inout [[UInt8]]
    ) {
        while let entry = sequencer.sequenceDeadline(now: time) { entries.append(entry.bytes) }
        switch sequencer.sequence(submission, now: time) {
        case .sequenced(let entry): entries.append(entry.bytes)
        default: Issue.record("it was not sequenced")
        }
    }

    private func notices(_ entries: [[UInt8]]) throws -> [DeadlineBody] {
        try entries.compactMap { bytes in
            let entry = try LogEntry(decoding: bytes[...], using: LibCBOR())
            guard case .deadline(let body) = entry.body else { return nil }
            return body
        }
    }

    @Test func aNoticeIsAnEntryForThoseWhomItConcerns() throws {
        var (sequencer, entries) = begun()
        take(try ask(request, dueIn: 100), at: now, &sequencer, &entries)
        let index = sequencer.nextIndex - 1
        #expect(sequencer.nextDeadline() == later(75))
        #expect(sequencer.sequenceDeadline(now: later(74))?.bytes == nil)
        take(try answer(), at: later(80), &sequencer, &entries)
        let due = sequencer.sequenceDeadline(now: later(100))
        let entry = try #require(due)
        #expect(sequencer.sequenceDeadline(now: later(200))?.bytes == nil)
        let notice = try #require(entry.notice)
        #expect(entry.type == .deadline)
        #expect(entry.time == later(100))
        #expect(notice.body.event == .passed)
        #expect(notice.body.index == index)
        #expect(notice.body.agencies == ["PE:DEVIDA"])
        #expect(notice.channel == .chemicalDiversion)
        let directory = sequencer.directory
        var mask: UInt64 = 0
        for name in ["CO:PONAL", "PE:DEVIDA"] {
            let agency = try #require(AgencyID(name))
            mask |= try #require(directory[agency]?.mask)
        }
        #expect(notice.recipientMask == mask)
        let told = CommittedEntry.Notice(notice.body, entry: entry.bytes[...])
        #expect(told.readers.map(\.agency.description) == ["CO:PONAL", "PE:DEVIDA"])
        #expect(told.alertIndex == index)
        let said = try notices(entries + [entry.bytes])
        #expect(said.map(\.event) == [.reminder, .passed])
        #expect(said.first?.agencies == ["MX:FGR", "PE:DEVIDA"])
    }

    @Test(arguments: [
        (MessageType.cancel, Deadline.State.cancelled), (.update, .replaced), (.alert, .open),
    ])
    func theAuthorEndsWhatItHasAsked(message: MessageType, state: Deadline.State) throws {
        var (sequencer, entries) = begun()
        take(try ask(request, dueIn: 100), at: now, &sequencer, &entries)
        let index = sequencer.nextIndex - 1
        let next = try sample.seal(
            to: ["MX:FGR", "PE:DEVIDA"],
            message: message,
            references: [AlertReference(alert: request)],
            replyBy: message == .cancel ? nil : later(200)
        )
        take(try submission(next), at: later(1), &sequencer, &entries)
        #expect(sequencer.deadlines[index]?.reply?.state == state)
        let open = sequencer.deadlines.openCount(of: "CO:PONAL")
        #expect(open == (state == .open ? 4 : state == .replaced ? 2 : 0))
    }

    @Test func whoAcknowledgesHasTakenNote() throws {
        var (sequencer, entries) = begun()
        let payload = try sample.seal(
            to: ["MX:FGR", "PE:DEVIDA"],
            alert: request,
            acknowledgeBy: later(100)
        )
        take(try submission(payload), at: now, &sequencer, &entries)
        let note = try sample.seal(
            from: "MX:FGR",
            to: ["CO:PONAL"],
            message: .acknowledgement,
            references: [AlertReference(alert: request)]
        )
        take(try submission(note, "MX:FGR"), at: later(1), &sequencer, &entries)
        let due = sequencer.sequenceDeadline(now: later(100))
        let notice = try #require(due?.notice?.body)
        #expect(notice.subject == .acknowledgement)
        #expect(notice.agencies == ["PE:DEVIDA"])
    }

    @Test func exercisesStayExercises() throws {
        var (sequencer, entries) = begun()
        take(try ask(request, dueIn: 1, status: .exercise), at: now, &sequencer, &entries)
        let due = sequencer.sequenceDeadline(now: later(1))
        let entry = try #require(due)
        #expect(entry.notice?.body.status == "exercise")
    }

    @Test func whatIsDueAlreadyIsRefused() throws {
        var (sequencer, _) = begun()
        guard
            case .refused(let refusal, _) = sequencer.sequence(
                try ask(request, dueIn: 100),
                now: later(100)
            )
        else {
            Issue.record("a deadline in the past was taken")
            return
        }
        #expect(refusal.reasonCode == .implementationSpecificError)
        #expect(refusal.text.contains("issue the alert anew with a later one"))
        #expect(sequencer.nextDeadline() == nil)
    }

    @Test(arguments: [0, -1])
    func admissionWantsTimeBehindTheIssue(milliseconds: Int) throws {
        let due = WallTime(
            milliseconds: SealedAlertSample.issuedAt.milliseconds
                &+ UInt64(bitPattern: Int64(milliseconds))
        )
        for payload in [
            try sample.seal(replyBy: due), try sample.seal(acknowledgeBy: due),
        ] {
            let error = #expect(throws: Refusal.self) { try sample.check(payload) }
            #expect(error?.reasonCode == .implementationSpecificError)
            #expect(error?.text.contains("not after the issue") == true)
        }
    }

    @Test func anAgencyHasOnlySoManyOpen() throws {
        var limits = BrokerLimits()
        limits.openDeadlinesPerAgencyMax = 3
        var (sequencer, entries) = begun(limits)
        take(try ask(request, dueIn: 100), at: now, &sequencer, &entries)
        let second = UUID(version7At: now, random: (9, 9))
        guard
            case .refused(let refusal, _) = sequencer.sequence(
                try ask(second, dueIn: 100),
                now: now
            )
        else {
            Issue.record("more deadlines were taken than may be open")
            return
        }
        #expect(refusal.reasonCode == .quotaExceeded)
        #expect(refusal.limit == .openDeadlinesPerAgencyMax)
        #expect(refusal.text.contains("as many as it may have open"))
        // One recipient fits, and so does everything once an answer has come.
        take(try ask(second, dueIn: 100, to: ["MX:FGR"]), at: now, &sequencer, &entries)
        take(try answer(), at: now, &sequencer, &entries)
        let third = UUID(version7At: now, random: (9, 10))
        take(try ask(third, dueIn: 100, to: ["MX:FGR"]), at: now, &sequencer, &entries)
    }

    @Test func everyStartGivesTheSameBook() throws {
        var (sequencer, entries) = begun()
        take(try ask(request, dueIn: 100), at: now, &sequencer, &entries)
        let other = UUID(version7At: now, random: (9, 9))
        take(try ask(other, dueIn: 50, status: .exercise), at: now, &sequencer, &entries)
        take(try answer(isInterim: true), at: later(40), &sequencer, &entries)
        take(try answer(), at: later(130), &sequencer, &entries)
        // The late answer is not said to be late yet: that is where a crash would be worst.
        let bytes = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        var restored = try #require(
            Sequencer(
                restoring: bytes[...],
                limits: BrokerLimits(),
                coding: LibCBOR(),
                hasher: SHA256()
            )
        )
        var folded = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        for (index, bytes) in entries.enumerated() {
            let entry = try LogEntry(decoding: bytes[...], using: LibCBOR())
            try folded.fold(entry, index: UInt64(index))
        }
        #expect(restored.deadlines == sequencer.deadlines)
        #expect(folded.deadlines == sequencer.deadlines)
        #expect(SequencerSnapshot(folded).treeSize == SequencerSnapshot(sequencer).treeSize)
        let due = sequencer.sequenceDeadline(now: later(131))
        let late = try #require(due)
        #expect(late.notice?.body.event == .late)
        #expect(restored.sequenceDeadline(now: later(131))?.bytes == late.bytes)
        #expect(folded.sequenceDeadline(now: later(131))?.bytes == late.bytes)
        #expect(folded.sequenceDeadline(now: later(9999))?.bytes == nil)
        let said = try notices(entries)
        #expect(said.map(\.event) == [.reminder, .passed, .passed])
        #expect(said.map(\.status) == ["exercise", "exercise", "actual"])
        #expect(
            said.map(\.due)
                == [later(50), later(50), later(100)].map { due in
                    WallTime(seconds: due.seconds)
                }
        )
        #expect(said.last?.agencies == ["MX:FGR", "PE:DEVIDA"], "an interim answer is none")
    }

    @Test func anEntryThatSaysWhatIsNotSoStopsTheFold() throws {
        var (sequencer, entries) = begun()
        take(try ask(request, dueIn: 100), at: now, &sequencer, &entries)
        let due = sequencer.sequenceDeadline(now: later(100))
        let entry = try #require(due)
        let again = try LogEntry(decoding: entry.bytes[...], using: LibCBOR())
        #expect(throws: FoldError.self) {
            try sequencer.fold(again, index: sequencer.nextIndex)
        }
    }
}
