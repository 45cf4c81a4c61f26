import Alerts
import Base
import CaseCore
import Testing

/// How statements become cases, and what the cases are worth.
@Suite struct CaseThreadTests {
    private static let late = CaseSample.minute(1000)

    @Test func statementsJoinOverWhatTheyCite() throws {
        var sample = CaseSample()
        let first = try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR")
        try sample.add(.alert, by: "US:DEA", to: "MX:FGR")
        let follow = try sample.add(.alert, by: "MX:FGR", to: "CO:PONAL", about: [first])
        try sample.add(.acknowledgement, by: "CO:PONAL", to: "MX:FGR", about: [follow])
        #expect(sample.threads.map { $0.statements.map(\.index) } == [[0, 2, 3], [1]])
        // In any order.
        let again = CaseThread.threads(of: sample.statements.reversed())
        #expect(again == sample.threads)
        #expect(sample.threads[0].tree.map(\.depth) == [0, 1, 2])
        #expect(sample.threads[0].holds(CaseSample.uuid(3)))
        #expect(!sample.threads[0].holds(CaseSample.uuid(1)))
    }

    @Test func whatIsUsedJoinsNothing() throws {
        var sample = CaseSample()
        let source = try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR")
        let reference = AlertReference(alert: CaseSample.uuid(source), role: .source)
        try sample.add(.alert, by: "MX:FGR", to: "US:DEA", references: [reference])
        #expect(sample.threads.count == 2)
        #expect(sample.threads.allSatisfy { $0.unknown.isEmpty })
    }

    @Test func whatIsUnknownIsNamedAndJoins() throws {
        var sample = CaseSample()
        try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR", about: [77])
        try sample.add(.alert, by: "US:DEA", to: "MX:FGR", about: [77])
        let thread = try sample.thread
        #expect(thread.unknown == [CaseSample.uuid(77)])
        #expect(thread.tree.map(\.depth) == [0, 0])
    }

    @Test func theTreeEndsWhateverCitesWhat() throws {
        var sample = CaseSample()
        // A broker's lie: the first two cite each other, the third itself.
        try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR", about: [1])
        try sample.add(.update, by: "CO:PONAL", to: "MX:FGR", about: [0])
        try sample.add(.update, by: "CO:PONAL", to: "MX:FGR", about: [2, 1])
        let thread = try sample.thread
        #expect(thread.tree.map(\.statement.index) == [0, 1, 2])
        #expect(thread.tree.map(\.depth) == [0, 1, 2])
        _ = thread.state(at: Self.late)
        for question in thread.statements { _ = thread.silent(on: question) }
    }

    @Test func aQuestionIsOpenAnsweredOrOverdue() throws {
        var sample = CaseSample()
        let due = CaseSample.minute(10)
        let question = try sample.add(
            .request,
            by: "CO:PONAL",
            to: "MX:FGR",
            "US:DEA",
            "CO:PONAL",
            replyBy: due
        )
        try sample.add(.acknowledgement, by: "US:DEA", to: "CO:PONAL", about: [question])
        try sample.add(.answer, by: "MX:FGR", to: "CO:PONAL", about: [question])
        var thread = try sample.thread
        #expect(thread.silent(on: thread.opening).map(\.description) == ["US:DEA"])
        #expect(thread.state(at: CaseSample.minute(9)) == .open)
        #expect(thread.state(at: due) == .overdue)
        // Who signs with a key that is not its own answers nothing.
        try sample.add(
            .answer,
            by: "US:DEA",
            to: "CO:PONAL",
            about: [question],
            isVerified: false
        )
        #expect(try sample.thread.state(at: due) == .overdue)
        try sample.add(.answer, by: "US:DEA", to: "CO:PONAL", about: [question])
        thread = try sample.thread
        #expect(thread.state(at: Self.late) == .answered)
    }

    @Test func anUpdateTakesThePlaceOfAQuestion() throws {
        var sample = CaseSample()
        let question = try sample.add(
            .request,
            by: "CO:PONAL",
            to: "MX:FGR",
            replyBy: CaseSample.minute(3)
        )
        let update = try sample.add(
            .update,
            by: "CO:PONAL",
            to: "MX:FGR",
            about: [question],
            replyBy: CaseSample.minute(500)
        )
        #expect(try sample.state(question) == .replaced)
        #expect(try sample.thread.state(at: CaseSample.minute(100)) == .open)
        #expect(try sample.thread.state(at: Self.late) == .overdue)
        #expect(try sample.thread.questions.map(\.index) == [update])
        // It asks anew: an answer to the first question is none to the one in its place.
        try sample.add(.answer, by: "MX:FGR", to: "CO:PONAL", about: [question])
        #expect(try sample.thread.state(at: Self.late) == .overdue)
        try sample.add(.answer, by: "MX:FGR", to: "CO:PONAL", about: [update])
        #expect(try sample.thread.state(at: Self.late) == .answered)
    }

    @Test func anUpdateWithoutATimeLeavesTheQuestion() throws {
        var sample = CaseSample()
        let due = CaseSample.minute(3)
        let question = try sample.add(.request, by: "CO:PONAL", to: "MX:FGR", replyBy: due)
        try sample.add(.update, by: "CO:PONAL", to: "MX:FGR", about: [question])
        #expect(try sample.state(question) == .replaced)
        #expect(try sample.thread.questions.map(\.index) == [question])
        #expect(try sample.thread.state(at: Self.late) == .overdue)
        try sample.add(.answer, by: "MX:FGR", to: "CO:PONAL", about: [question])
        #expect(try sample.thread.state(at: Self.late) == .answered)
    }

    @Test func whatIsNotVerifiedChangesNoState() throws {
        var sample = CaseSample()
        let end = CaseSample.minute(5)
        let forged = try sample.add(
            .request,
            by: "CO:PONAL",
            to: "MX:FGR",
            replyBy: end,
            expires: end,
            isVerified: false
        )
        #expect(try sample.thread.questions.isEmpty)
        #expect(try sample.thread.state(at: Self.late) == .open)
        let question = try sample.add(
            .request,
            by: "US:DEA",
            to: "MX:FGR",
            about: [forged],
            replyBy: end
        )
        #expect(try sample.thread.state(at: Self.late) == .overdue)
        try sample.add(.answer, by: "MX:FGR", to: "US:DEA", about: [question])
        #expect(try sample.thread.state(at: Self.late) == .answered)
    }

    @Test func onlyItsAuthorEndsAStatement() throws {
        var sample = CaseSample()
        let alert = try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR")
        try sample.add(.cancel, by: "MX:FGR", to: "CO:PONAL", about: [alert])
        try sample.add(.cancel, by: "CO:PONAL", to: "MX:FGR", about: [alert], isVerified: false)
        #expect(try sample.state(alert) == .current)
        let update = try sample.add(.update, by: "CO:PONAL", to: "MX:FGR", about: [alert])
        let cancel = try sample.add(
            .cancel,
            by: "CO:PONAL",
            to: "MX:FGR",
            about: [alert, update]
        )
        #expect(try sample.state(alert) == .cancelled)
        #expect(try sample.thread.state(at: Self.late) == .cancelled)
        #expect(try sample.thread.end(of: sample.statements[0])?.index == cancel)
    }

    @Test func anEarlyWarningIsRetractedAndAnyAlertExpires() throws {
        var sample = CaseSample()
        let warning = try sample.add(.alert, by: "CO:PONAL", to: "MX:FGR", kind: .newSubstance)
        try sample.add(
            .cancel,
            by: "CO:PONAL",
            to: "MX:FGR",
            about: [warning],
            kind: .newSubstance
        )
        #expect(try sample.state(warning) == .retracted)
        #expect(try sample.thread.state(at: Self.late) == .retracted)

        var other = CaseSample()
        let end = CaseSample.minute(5)
        let short = try other.add(.alert, by: "CO:PONAL", to: "MX:FGR", expires: end)
        #expect(try other.state(short, at: CaseSample.minute(4)) == .current)
        #expect(try other.state(short, at: end) == .expired)
        #expect(try other.thread.state(at: end) == .expired)
        #expect(StatementState.allCases.filter { !$0.isStale } == [.current])
    }
}
