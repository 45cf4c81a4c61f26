import Alerts
import Base
import CaseCore
import MerkleLog
import Testing

/// Who owes an answer: the log's notices, cases and tracking say the same of any story.
@Suite struct OwedAnswersTests {
    private static let agencies = ["CO:PONAL", "MX:FGR", "PE:DEVIDA", "US:DEA"]
    private static let due = CaseSample.minute(5000)

    @Test(arguments: 0..<40) func allSayTheSame(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var sample = CaseSample()
        var book = DeadlineBook(reminders: .none)
        for _ in 0..<24 {
            try add(to: &sample, &random)
            let statement = try #require(sample.statements.last)
            book.take(Self.alert(statement), index: statement.index, time: statement.time)
        }
        let now = CaseSample.minute(100)
        let threads = sample.threads
        for question in sample.statements where question.header.replyBy != nil {
            let thread = try #require(threads.first { $0.holds(question.alert) })
            let owed = thread.isQuestion(question) ? thread.silent(on: question) : []
            let names = owed.map(\.description).sorted()
            #expect(Self.open(book[question.index], \.reply) == names, "\(seed) \(question.index)")
            let tracked = Self.track(question, in: sample)
            let waiting = tracked.recipients.filter {
                tracked.answering(of: $0, at: now) == .awaited
            }
            #expect(waiting.map(\.agency.description).sorted() == names)
            let noting = tracked.recipients.filter {
                tracked.acknowledging(of: $0, at: now) == .awaited
            }
            #expect(
                Self.open(book[question.index], \.acknowledgement)
                    == noting.map(\.agency.description).sorted()
            )
        }
    }

    private func add(to sample: inout CaseSample, _ random: inout SplitMix64) throws {
        let count = UInt64(sample.statements.count)
        let messages: [MessageType] = [
            .alert, .request, .update, .update, .cancel, .answer, .answer, .acknowledgement,
        ]
        let message = count == 0 ? .request : messages.randomElement(using: &random) ?? .alert
        let cites = count > 0 && message != .alert && message != .request
        let asks = message == .request || message == .update && Bool.random(using: &random)
        let author = Self.agencies.randomElement(using: &random) ?? "CO:PONAL"
        let others = Self.agencies.filter { _ in Bool.random(using: &random) }
        try sample.add(
            message,
            by: author,
            toAll: others.isEmpty ? ["MX:FGR"] : others,
            about: cites ? [UInt64.random(in: 0..<count, using: &random)] : [],
            replyBy: asks ? Self.due : nil,
            acknowledgeBy: asks && Bool.random(using: &random) ? Self.due : nil,
            isInterim: message == .answer && Int.random(in: 0..<4, using: &random) == 0
        )
    }

    private static func alert(_ statement: CaseStatement) -> DeadlineBook.Alert {
        let header = statement.header
        return DeadlineBook.Alert(
            alert: statement.alert,
            author: statement.author.description,
            recipients: header.to.map(\.description),
            channel: header.channel.rawValue,
            status: header.status.rawValue,
            message: header.message.rawValue,
            isInterim: header.isInterim,
            cited: header.references.map(\.alert),
            replyBy: header.replyBy,
            acknowledgeBy: header.acknowledgeBy
        )
    }

    private static func open(
        _ record: DeadlineRecord?,
        _ deadline: KeyPath<DeadlineRecord, Deadline?>
    ) -> [String] {
        guard let record, let deadline = record[keyPath: deadline], deadline.state == .open else {
            return []
        }
        return zip(record.recipients, deadline.replies).filter { $1.index == nil }.map(\.0)
    }

    private static func track(_ question: CaseStatement, in sample: CaseSample) -> TrackingState {
        var state = TrackingState(question)
        for statement in sample.statements { state.take(statement) }
        return state
    }
}
