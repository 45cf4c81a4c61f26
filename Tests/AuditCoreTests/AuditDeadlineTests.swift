import Alerts
import AuditCore
import Base
import CBOR
import MerkleLog
import Testing

/// An operator that says too much, too little, or at the wrong time of deadlines.
@Suite struct AuditDeadlineTests {
    private static let request = Base.UUID(version7At: AuditSample.start, random: (1, 1))
    // The request is entry 4, at second 6; what follows comes one second after the other.
    private static let due = AuditSample.start.adding(milliseconds: 8000)

    private func begun() throws -> AuditSample {
        var sample = try AuditSample()
        sample.append(
            .alert(
                try sample.alert(
                    to: ["MX:FGR", "US:DEA"],
                    id: Self.request,
                    message: .request,
                    replyBy: Self.due
                )
            )
        )
        return sample
    }

    private func answer(_ sample: inout AuditSample, from agency: String) throws -> EntryBody {
        .alert(
            try sample.alert(
                from: agency,
                to: ["CO:PONAL"],
                message: .answer,
                about: [Self.request]
            )
        )
    }

    private func notice(
        _ event: DeadlineBody.Event = .passed,
        _ agencies: [String] = ["US:DEA"],
        due: WallTime = AuditDeadlineTests.due,
        status: String = "actual",
        answer: UInt64? = nil
    ) -> EntryBody {
        .deadline(
            DeadlineBody(
                event: event,
                subject: .reply,
                alert: Self.request.urn,
                index: 4,
                author: "CO:PONAL",
                channel: "chemical-diversion",
                status: status,
                due: due,
                agencies: agencies,
                answer: answer
            )
        )
    }

    private func violation(in sample: AuditSample) throws -> AuditViolation {
        var machine = sample.machine()
        return try #require(sample.audit(&machine, sample.entries))
    }

    @Test func anHonestLogTellsWhoWasSilentAndWhoWasLate() throws {
        var sample = try begun()
        sample.append(try answer(&sample, from: "MX:FGR"))
        sample.append(notice())
        sample.append(try answer(&sample, from: "US:DEA"))
        sample.append(notice(.late, ["US:DEA"], answer: 7))
        sample.append(.alert(try sample.alert()))
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        #expect(machine.state.entryCounts["deadline"] == 2)
        // The state of an auditor holds it too, so that the next audit goes on there.
        let bytes = machine.state.encode(origin: AuditSample.origin, using: LibCBOR())
        let state = AuditState(decoding: bytes, origin: AuditSample.origin, using: LibCBOR())
        #expect(state == machine.state)
    }

    @Test func silenceThatIsNotToldIsFound() throws {
        var sample = try begun()
        sample.append(try answer(&sample, from: "MX:FGR"))
        sample.append(.alert(try sample.alert()))
        let violation = try violation(in: sample)
        #expect(violation.kind == .deadline)
        #expect(violation.index == 6)
        #expect(violation.text.contains("no entry tells it"))
        #expect(violation.expected.contains("US:DEA"))
    }

    @Test func silenceThatIsNotToldIsFoundByTheNextAuditToo() throws {
        var sample = try begun()
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        let bytes = machine.state.encode(origin: AuditSample.origin, using: LibCBOR())
        let state = try #require(
            AuditState(decoding: bytes, origin: AuditSample.origin, using: LibCBOR())
        )
        sample.append(.alert(try sample.alert()))
        sample.append(.alert(try sample.alert()))
        var next = sample.machine(state)
        #expect(sample.audit(&next, sample.entries)?.kind == .deadline)
    }

    @Test func whoHasAnsweredIsNotCalledSilent() throws {
        for agencies in [["MX:FGR"], ["MX:FGR", "US:DEA"], [], ["PE:DEVIDA"]] {
            var sample = try begun()
            sample.append(try answer(&sample, from: "MX:FGR"))
            sample.append(notice(.passed, agencies))
            let violation = try violation(in: sample)
            #expect(violation.kind == .deadline)
            #expect(violation.index == 6)
            #expect(violation.expected.contains("silent: US:DEA"))
        }
    }

    @Test func aNoticeIsOfAnAlertAsItWasSigned() throws {
        for body in [
            notice(due: Self.due.adding(milliseconds: 1000)), notice(status: "exercise"),
            notice(.late, ["US:DEA"], answer: 5),
        ] {
            var sample = try begun()
            sample.append(try answer(&sample, from: "MX:FGR"))
            sample.append(body)
            #expect(try violation(in: sample).kind == .deadline)
        }
    }

    @Test func noticesComeInTheirTimeAndOnce() throws {
        var early = try begun()
        early.append(notice(.passed, ["MX:FGR", "US:DEA"]))
        #expect(try violation(in: early).text.contains("wrong time"))

        var late = try begun()
        late.append(.alert(try late.alert()))
        late.append(notice(.reminder, ["MX:FGR", "US:DEA"]))
        #expect(try violation(in: late).text.contains("wrong time"))

        var twice = try begun()
        twice.append(try answer(&twice, from: "MX:FGR"))
        twice.append(notice())
        twice.append(notice())
        let violation = try violation(in: twice)
        #expect(violation.index == 7)
        #expect(violation.text.contains("what the entries before it do not"))
    }
}
