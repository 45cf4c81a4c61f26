import Base
import CBOR
import Testing

@testable import MerkleLog

/// Traces of alerts and notices, and what is to be said after each.
@Suite struct DeadlineBookTests {
    private static let start = WallTime(seconds: 1_790_000_000)
    private static let author = "CO:PONAL"

    private func time(_ seconds: UInt64) -> WallTime {
        Self.start.adding(milliseconds: seconds * 1000)
    }

    private func identifier(_ number: UInt64) -> UUID {
        UUID(version7At: Self.start, random: (1, number))
    }

    private func alert(
        _ number: UInt64,
        _ message: String = "request",
        from author: String = DeadlineBookTests.author,
        to recipients: [String] = ["US:DEA", "MX:FGR"],
        about cited: [UInt64] = [],
        replyBy: UInt64? = nil,
        acknowledgeBy: UInt64? = nil,
        isInterim: Bool = false,
        status: String = "actual"
    ) -> DeadlineBook.Alert {
        DeadlineBook.Alert(
            alert: identifier(number),
            author: author,
            recipients: recipients,
            channel: "intelligence",
            status: status,
            message: message,
            isInterim: isInterim,
            cited: cited.map { identifier($0) },
            replyBy: replyBy.map { time($0) },
            acknowledgeBy: acknowledgeBy.map { time($0) }
        )
    }

    private func answer(
        _ number: UInt64,
        from agency: String,
        about cited: [UInt64],
        _ message: String = "answer",
        isInterim: Bool = false
    ) -> DeadlineBook.Alert {
        alert(number, message, from: agency, to: [Self.author], about: cited, isInterim: isInterim)
    }

    private func book(percent: Int = 25, secondsMax: Int = 86_400) -> DeadlineBook {
        DeadlineBook(reminders: .init(percent: percent, secondsMax: secondsMax))
    }

    /// Takes everything that is to be said by a time, as entries from an index on.
    private func say(
        _ book: inout DeadlineBook,
        by seconds: UInt64,
        at index: UInt64
    ) -> [DeadlineBody] {
        var bodies: [DeadlineBody] = []
        while let body = book.next(upTo: time(seconds)) {
            #expect(book.expects(body))
            book.take(body, index: index + UInt64(bodies.count))
            bodies.append(body)
        }
        return bodies
    }

    @Test func theSilentAreRemindedAndThenNamed() throws {
        var book = book()
        book.take(alert(1, replyBy: 100), index: 7, time: time(0))
        #expect(book.nextTime() == time(75))
        #expect(book.next(upTo: time(74)) == nil)
        let offered = book.next(upTo: time(75))
        let reminder = try #require(offered)
        #expect(reminder.event == .reminder)
        #expect(reminder.subject == .reply)
        #expect(reminder.agencies == ["MX:FGR", "US:DEA"])
        #expect(reminder.alert == "urn:uuid:\(identifier(1))")
        #expect(reminder.index == 7)
        #expect(reminder.author == Self.author)
        #expect(reminder.due == time(100))
        // Until an entry says it, it is to be said.
        #expect(book.next(upTo: time(75)) == reminder)
        book.take(reminder, index: 8)
        #expect(book.next(upTo: time(99)) == nil)
        book.take(answer(2, from: "US:DEA", about: [1]), index: 9, time: time(80))
        let passed = say(&book, by: 100, at: 10)
        #expect(passed.map(\.event) == [.passed])
        #expect(passed.first?.agencies == ["MX:FGR"])
        #expect(book.nextTime() == nil)
        let record = try #require(book[7])
        #expect(record.reply?.state == .passed)
        #expect(record.reply?.changedBy == 10)
        #expect(record.reply?.replies.map(\.index) == [nil, 9])
    }

    @Test func whoHasSpokenIsNotToldAnything() {
        var book = book()
        book.take(alert(1, replyBy: 100), index: 1, time: time(0))
        book.take(answer(2, from: "US:DEA", about: [1]), index: 2, time: time(10))
        book.take(answer(3, from: "MX:FGR", about: [1]), index: 3, time: time(11))
        #expect(book.openCount(of: Self.author) == 0)
        #expect(book.nextTime() == nil)
        #expect(book.next(upTo: time(1000)) == nil)
        #expect(book[1]?.reply?.state == .open)
    }

    @Test func anAnswerCountsAsAcknowledgementAndNotTheReverse() {
        var book = book(percent: 0)
        book.take(alert(1, replyBy: 100, acknowledgeBy: 50), index: 1, time: time(0))
        #expect(book.openCount(of: Self.author) == 4)
        book.take(
            answer(2, from: "US:DEA", about: [1], "acknowledgement"),
            index: 2,
            time: time(10)
        )
        #expect(book.openCount(of: Self.author) == 3)
        book.take(answer(3, from: "MX:FGR", about: [1]), index: 3, time: time(11))
        #expect(book.openCount(of: Self.author) == 1)
        #expect(book[1]?.acknowledgement?.replies.map(\.index) == [3, 2])
        let said = say(&book, by: 100, at: 4)
        #expect(said.map(\.subject) == [.reply])
        #expect(said.first?.agencies == ["US:DEA"])
    }

    @Test func anInterimAnswerLeavesTheDeadlineOpen() {
        var book = book(percent: 0)
        book.take(alert(1, replyBy: 100), index: 1, time: time(0))
        book.take(
            answer(2, from: "US:DEA", about: [1], isInterim: true),
            index: 2,
            time: time(10)
        )
        #expect(book[1]?.reply?.replies.map(\.interim) == [nil, 2])
        #expect(say(&book, by: 100, at: 3).first?.agencies == ["MX:FGR", "US:DEA"])
    }

    @Test func anAuthorThatNamesItselfIsNotAsked() throws {
        var book = book()
        let to = ["US:DEA", Self.author]
        book.take(alert(1, to: to, replyBy: 100), index: 7, time: time(0))
        #expect(book.openCount(of: Self.author) == 1)
        #expect(book[7]?.recipients == ["US:DEA"])
        // One that asks only itself asks nobody.
        book.take(alert(2, to: [Self.author], replyBy: 100), index: 8, time: time(0))
        #expect(book[8] == nil)

        // Logs of before name it, beside the silent or alone, and open still.
        let next = book.next(upTo: time(100))
        let due = try #require(next)
        #expect(due.event == .passed && due.agencies == ["US:DEA"])
        #expect(book.expects(due))
        #expect(book.expects(due.naming([Self.author, "US:DEA"])))
        #expect(!book.expects(due.naming([Self.author])), "US:DEA is silent too")
        #expect(!book.expects(due.naming([Self.author, "MX:FGR"])))
        book.take(answer(3, from: "US:DEA", about: [1]), index: 9, time: time(50))
        #expect(book.expects(due.naming([Self.author])))
        #expect(!book.expects(due))
    }

    @Test func onlyTheAuthorCancels() {
        var book = book(percent: 0)
        book.take(alert(1, replyBy: 100, acknowledgeBy: 90), index: 1, time: time(0))
        book.take(alert(2, "cancel", from: "US:DEA", about: [1]), index: 2, time: time(1))
        #expect(book.openCount(of: Self.author) == 4)
        book.take(alert(3, "cancel", about: [1]), index: 3, time: time(2))
        #expect(book.openCount(of: Self.author) == 0)
        #expect(book[1]?.reply?.state == .cancelled)
        #expect(book[1]?.acknowledgement?.changedBy == 3)
        #expect(book.next(upTo: time(1000)) == nil)
    }

    @Test func anUpdateReplacesTheDeadlinesThatItSetsAnew() {
        var book = book(percent: 0)
        book.take(alert(1, replyBy: 100, acknowledgeBy: 90), index: 1, time: time(0))
        book.take(alert(2, "update", about: [1]), index: 2, time: time(1))
        #expect(book.openCount(of: Self.author) == 4)
        book.take(alert(3, "update", about: [1], replyBy: 300), index: 3, time: time(2))
        #expect(book[1]?.reply?.state == .replaced)
        #expect(book[1]?.reply?.changedBy == 3)
        #expect(book[1]?.acknowledgement?.state == .open)
        let said = say(&book, by: 1000, at: 4)
        #expect(said.map(\.index) == [1, 3])
        #expect(said.map(\.subject) == [.acknowledgement, .reply])
        #expect(said.map(\.due) == [time(90), time(300)])
    }

    @Test func aLateAnswerIsSaidToBeLateOnce() throws {
        var book = book(percent: 0)
        book.take(alert(1, replyBy: 100, acknowledgeBy: 100), index: 1, time: time(0))
        #expect(say(&book, by: 100, at: 2).count == 2)
        book.take(answer(2, from: "US:DEA", about: [1]), index: 4, time: time(120))
        book.take(answer(3, from: "US:DEA", about: [1]), index: 5, time: time(121))
        let said = say(&book, by: 121, at: 6)
        #expect(said.map(\.event) == [.late, .late])
        #expect(said.map(\.subject) == [.reply, .acknowledgement])
        #expect(said.map(\.agencies) == [["US:DEA"], ["US:DEA"]])
        #expect(said.map(\.answer) == [4, 4])
        let reply = try #require(book[1]?.reply)
        #expect(reply.state == .passed)
        #expect(reply.replies.map(\.isLate) == [false, true])
        #expect(say(&book, by: 500, at: 8).isEmpty)
    }

    @Test func whoComesTooLateToRemindSaysOnlyWhatBecameOfIt() {
        var book = book()
        book.take(alert(1, replyBy: 100), index: 1, time: time(0))
        #expect(say(&book, by: 5000, at: 2).map(\.event) == [.passed])
    }

    @Test func remindersHaveABound() {
        var book = book(percent: 50, secondsMax: 20)
        book.take(alert(1, replyBy: 1000), index: 1, time: time(0))
        book.take(alert(2, replyBy: 10), index: 2, time: time(0))
        #expect(book.nextTime() == time(5))
        #expect(say(&book, by: 5, at: 3).map(\.event) == [.reminder])
        #expect(say(&book, by: 10, at: 4).map(\.event) == [.passed])
        #expect(book.nextTime() == time(980))
    }

    @Test func whatIsDueAtOnceIsSaidInTheOrderOfTimeAndLog() {
        var book = book(percent: 0)
        book.take(alert(1, replyBy: 300), index: 1, time: time(0))
        book.take(alert(2, replyBy: 100, acknowledgeBy: 100), index: 2, time: time(0))
        book.take(alert(3, replyBy: 100), index: 3, time: time(0))
        let said = say(&book, by: 400, at: 4)
        #expect(said.map(\.index) == [2, 2, 3, 1])
        #expect(said.map(\.subject) == [.reply, .acknowledgement, .reply, .reply])
    }

    @Test func noticesThatTheAlertsDoNotBearOutAreNotExpected() throws {
        var book = book()
        book.take(alert(1, replyBy: 100), index: 1, time: time(0))
        let offered = book.next(upTo: time(100))
        let passed = try #require(offered)
        #expect(book.expects(passed))
        for (agencies, index, due) in [
            (["MX:FGR"], UInt64(1), passed.due), (passed.agencies, 2, passed.due),
            (passed.agencies, 1, time(101)), ([], 1, passed.due),
        ] {
            let other = DeadlineBody(
                event: .passed,
                subject: .reply,
                alert: passed.alert,
                index: index,
                author: passed.author,
                channel: passed.channel,
                status: passed.status,
                due: due,
                agencies: agencies
            )
            #expect(!book.expects(other))
        }
        book.take(passed, index: 2)
        #expect(!book.expects(passed), "what was said is not said again")
    }

    @Test func aBookOfItsRecordsGoesOnAsTheOriginal() throws {
        var book = book()
        book.take(alert(1, replyBy: 100, status: "exercise"), index: 1, time: time(0))
        book.take(alert(2, replyBy: 100, acknowledgeBy: 40), index: 2, time: time(0))
        book.take(alert(3, replyBy: 500), index: 3, time: time(0))
        #expect(say(&book, by: 30, at: 4).map(\.event) == [.reminder])
        #expect(say(&book, by: 40, at: 5).map(\.event) == [.passed])
        book.take(alert(4, "cancel", about: [3]), index: 6, time: time(51))
        #expect(say(&book, by: 75, at: 7).map(\.event) == [.reminder, .reminder])
        #expect(say(&book, by: 100, at: 9).map(\.event) == [.passed, .passed])
        book.take(answer(5, from: "US:DEA", about: [2]), index: 11, time: time(130))
        book.take(answer(6, from: "MX:FGR", about: [1, 2]), index: 12, time: time(131))
        let records = try book.records.map { record in
            let bytes = record.encode(using: LibCBOR())
            return try #require(DeadlineRecord(decoding: bytes[...], using: LibCBOR()))
        }
        var other = DeadlineBook(
            records: records,
            reminders: .init(percent: 25, secondsMax: 86_400)
        )
        #expect(other == book)
        let said = say(&book, by: 2000, at: 13)
        #expect(say(&other, by: 2000, at: 13) == said)
        #expect(said.map(\.event) == Array(repeating: .late, count: 5))
        #expect(other == book)
    }

    @Test func bytesOfNoRecordAreRefusedWhereverTheyEnd() throws {
        var book = book()
        book.take(alert(1, replyBy: 100), index: 1, time: time(0))
        let bytes = try #require(book.records.first).encode(using: LibCBOR())
        for count in 0..<bytes.count {
            #expect(DeadlineRecord(decoding: bytes.prefix(count), using: LibCBOR()) == nil)
        }
    }

    @Test func closedDeadlinesAreForgottenOldestFirstAndOpenOnesNever() {
        var book = book(percent: 0)
        book.take(alert(0, replyBy: 1_000_000), index: 0, time: time(0))
        let recipients = (0..<128).map { "CO:A\($0)" }
        let fitting = UInt64(DeadlineBook.closedCountMax / recipients.count)
        for number in 1...fitting + 2 {
            book.take(
                alert(number, to: recipients, replyBy: 100),
                index: number * 2,
                time: time(0)
            )
            book.take(
                alert(1_000_000 + number, "cancel", about: [number]),
                index: number * 2 + 1,
                time: time(0)
            )
        }
        #expect(book.records.count == Int(fitting) + 1)
        #expect(book[0] != nil)
        #expect(book[2] == nil && book[4] == nil && book[6] != nil)
        #expect(book.openCount(of: Self.author) == 2)
        #expect(book.nextTime() == time(1_000_000))
        #expect(
            book.latest(2, of: 100) { _ in true }.map(\.index) == [
                fitting * 2 + 4, fitting * 2 + 2,
            ]
        )
        #expect(book.latest(9, of: Int(fitting) + 64) { $0.index == 0 }.map(\.index) == [0])
        #expect(book.latest(9, of: 10) { $0.index == 0 }.isEmpty)
    }
}
