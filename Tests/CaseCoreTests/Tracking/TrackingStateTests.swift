import Alerts
import Base
import CaseCore
import MerkleLog
import Testing

/// What becomes of an alert with each recipient.
@Suite struct TrackingStateTests {
    private static let due = CaseSample.minute(100)

    private func begin(
        _ sample: inout CaseSample,
        _ message: MessageType = .request
    ) throws -> TrackingState {
        try sample.add(
            message,
            by: "CO:PONAL",
            to: "MX:FGR",
            "US:DEA",
            replyBy: message == .request ? Self.due : nil
        )
        return TrackingState(sample.statements[0])
    }

    private func report(
        _ index: UInt64,
        _ act: DeliveryReport.Act,
        _ station: String
    ) -> DeliveryReport {
        DeliveryReport(
            index: index,
            time: CaseSample.minute(index),
            act: act,
            station: "urn:aviso:agency:\(station)"
        )
    }

    private func order(
        _ act: RedactionStatement.Act,
        by issuer: String
    ) throws
        -> RedactionStatement.Draft
    {
        RedactionStatement.Draft(
            act: act,
            issuer: try CaseSample.agency(issuer),
            identifier: CaseSample.uuid(900),
            issuedAt: CaseSample.start,
            index: 0,
            alert: CaseSample.uuid(0),
            basis: .zero,
            reason: nil
        )
    }

    @Test func deliveriesAreCountedOnceForEachStation() throws {
        var sample = CaseSample()
        var state = try begin(&sample)
        state.take(report(1, .skipped, "MX:FGR:laptop"))
        state.take(report(2, .delivered, "MX:FGR:desk"))
        state.take(report(3, .delivered, "MX:FGR:desk"))
        state.take(report(4, .delivered, "MX:FGR:mobile"))
        // Neither a recipient nor a station.
        state.take(report(5, .delivered, "PE:DEVIDA:desk"))
        state.take(report(6, .delivered, "nobody"))
        let (mexico, dea) = (state.recipients[0], state.recipients[1])
        #expect(mexico.deliveries.map(\.index) == [2, 4])
        #expect(mexico.deliveries[0].time == CaseSample.minute(2))
        #expect(mexico.skips.map(\.index) == [1])
        #expect(dea.deliveries.isEmpty)
    }

    @Test func repliesAreInTimeLateOrOverdue() throws {
        var sample = CaseSample()
        var state = try begin(&sample)
        try sample.add(.acknowledgement, by: "MX:FGR", to: "CO:PONAL", about: [0])
        try sample.add(.answer, by: "MX:FGR", to: "CO:PONAL", about: [0])
        let taken = sample.statements.dropFirst().map { state.take($0) }
        #expect(taken == [true, true])
        #expect(state.recipients[0].acknowledgement?.index == 1)
        #expect(state.answering(of: state.recipients[0], at: Self.due) == .answered)
        #expect(state.answering(of: state.recipients[1], at: CaseSample.minute(99)) == .awaited)
        #expect(state.answering(of: state.recipients[1], at: Self.due) == .overdue)
        while sample.statements.count < 110 {
            try sample.add(.alert, by: "US:DEA", to: "MX:FGR")
        }
        try sample.add(.answer, by: "US:DEA", to: "CO:PONAL", about: [0])
        let isTaken = state.take(try #require(sample.statements.last))
        #expect(isTaken)
        #expect(state.answering(of: state.recipients[1], at: CaseSample.minute(200)) == .late)
    }

    @Test func whatIsNotAboutTheAlertOrNotVerifiedChangesNothing() throws {
        var sample = CaseSample()
        var state = try begin(&sample)
        try sample.add(
            .acknowledgement,
            by: "MX:FGR",
            to: "CO:PONAL",
            about: [0],
            isVerified: false
        )
        try sample.add(.acknowledgement, by: "PE:DEVIDA", to: "CO:PONAL", about: [0])
        try sample.add(.acknowledgement, by: "MX:FGR", to: "CO:PONAL", about: [55])
        try sample.add(.cancel, by: "MX:FGR", to: "CO:PONAL", about: [0])
        try sample.add(.alert, by: "MX:FGR", to: "CO:PONAL", about: [0])
        let before = state.recipients
        let taken = sample.statements.map { state.take($0) }
        #expect(!taken.contains(true))
        #expect(state.recipients == before)
        #expect(state.cancel == nil)
    }

    @Test func aCancelEndsTheWaitingAndAnUpdateMarksTheAlert() throws {
        var sample = CaseSample()
        var state = try begin(&sample)
        #expect(state.state(at: Self.due) == .current)
        try sample.add(.update, by: "CO:PONAL", to: "MX:FGR", "US:DEA", about: [0])
        state.take(sample.statements[1])
        #expect(state.state(at: Self.due) == .replaced)
        try sample.add(.cancel, by: "CO:PONAL", to: "MX:FGR", "US:DEA", about: [0])
        state.take(sample.statements[2])
        #expect(state.state(at: Self.due) == .cancelled)
        #expect(state.answering(of: state.recipients[0], at: Self.due) == .none)
    }

    @Test func anInterimAnswerIsANoteAndNoAnswer() throws {
        var sample = CaseSample()
        try sample.add(
            .request,
            by: "CO:PONAL",
            to: "MX:FGR",
            "US:DEA",
            replyBy: Self.due,
            acknowledgeBy: CaseSample.minute(2)
        )
        var state = TrackingState(sample.statements[0])
        try sample.add(.answer, by: "MX:FGR", to: "CO:PONAL", about: [0], isInterim: true)
        try sample.add(.acknowledgement, by: "US:DEA", to: "CO:PONAL", about: [0])
        for statement in sample.statements.dropFirst() { state.take(statement) }
        let recipients = state.recipients
        #expect(state.answering(of: recipients[0], at: CaseSample.minute(9)) == .awaited)
        #expect(state.answering(of: recipients[0], at: Self.due) == .overdue)
        #expect(state.acknowledging(of: recipients[0], at: Self.due) == .answered)
        #expect(state.acknowledging(of: recipients[1], at: Self.due) == .late)
        #expect(try sample.thread.silent(on: sample.statements[0]).count == 2)
        // The update's own deadline takes the place of this one.
        try sample.add(
            .update,
            by: "CO:PONAL",
            to: "MX:FGR",
            "US:DEA",
            about: [0],
            replyBy: CaseSample.minute(500)
        )
        state.take(sample.statements[3])
        #expect(state.answering(of: state.recipients[1], at: Self.due) == .none)
        // Who answers the alert then is not late: nothing was due any more.
        for _ in 0..<100 { try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR") }
        let late = try sample.add(.answer, by: "US:DEA", to: "CO:PONAL", about: [0])
        state.take(sample.statements[Int(late)])
        #expect(state.recipients[1].answers.last.map { $0.time > Self.due } == true)
        #expect(state.answering(of: state.recipients[1], at: Self.due) == .answered)
    }

    @Test func anErasureIsConfirmedByEachRecipient() throws {
        var sample = CaseSample()
        var state = try begin(&sample, .alert)
        #expect(state.answering(of: state.recipients[0], at: Self.due) == .none)
        let time = CaseSample.minute(7)
        let taken = [
            state.take(try order(.order, by: "OAS:BROKER"), index: 7, time: time),
            state.take(try order(.confirmation, by: "US:DEA"), index: 8, time: time),
            state.take(try order(.confirmation, by: "PE:DEVIDA"), index: 9, time: time),
        ]
        #expect(taken == [true, true, false])
        #expect(state.erasure?.index == 7)
        #expect(state.recipients.map { $0.purge?.index } == [nil, 8])
    }
}
