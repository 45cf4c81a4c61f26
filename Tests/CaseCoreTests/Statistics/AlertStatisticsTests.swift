import Alerts
import Base
import CBOR
import COSE
import CaseCore
import Crypto
import Testing

/// Figures of a log, counted entry by entry.
@Suite struct AlertStatisticsTests {
    private static let key = Ed25519SigningKey.generate()
    private static let readers = X25519PrivateKey.generate().publicKey

    private func statement(
        _ number: UInt64,
        _ message: MessageType,
        by author: String,
        to recipients: [String],
        about cited: [UInt64] = [],
        kind: AlertKind = .diversionIncident,
        status: Status = .actual,
        replyBy: WallTime? = nil
    ) throws -> AlertStatement {
        let header = try AlertHeader(
            kind: kind,
            to: recipients.map { try CaseSample.agency($0) },
            tlp: .amber,
            status: status,
            message: message,
            references: cited.map { AlertReference(alert: CaseSample.uuid($0)) },
            replyBy: replyBy
        )
        let sealer = AlertSealer(
            coding: LibCBOR(),
            hasher: SHA256(),
            cryptography: Cryptography()
        )
        let payload = try sealer.seal(
            form: Array("{}".utf8),
            draft: AlertSealer.Draft(
                header: header,
                issuer: CaseSample.agency(author),
                alert: CaseSample.uuid(number),
                issuedAt: CaseSample.start,
                expires: nil
            ),
            key: Self.key,
            recipients: recipients.map { _ in Self.readers }
        )
        let parts = try AlertPayload(
            decoding: payload[...],
            using: LibCBOR(),
            limits: AlertLimits()
        )
        return try AlertStatement(parts.statementItem, using: LibCBOR())
    }

    private func run(
        _ story: [AlertStatement],
        by dimensions: Set<StatisticsDimension> = [],
        from start: WallTime? = nil,
        to end: WallTime? = nil,
        at now: WallTime = CaseSample.minute(1000)
    ) throws -> [(key: StatisticsKey, row: StatisticsRow)] {
        var statistics = AlertStatistics(by: dimensions, from: start, to: end)
        for (minute, statement) in story.enumerated() {
            try statistics.take(statement, at: CaseSample.minute(UInt64(minute)))
        }
        return try statistics.conclude(at: now)
    }

    private func questions() throws -> [AlertStatement] {
        let asked = ["MX:FGR", "US:DEA", "PE:DEVIDA"]
        return [
            try statement(
                0,
                .request,
                by: "CO:PONAL",
                to: asked,
                replyBy: CaseSample.minute(2)
            ),
            try statement(1, .answer, by: "MX:FGR", to: ["CO:PONAL"], about: [0]),
            try statement(2, .alert, by: "CO:PONAL", to: ["MX:FGR"], status: .exercise),
            try statement(3, .answer, by: "US:DEA", to: ["CO:PONAL"], about: [0]),
            try statement(4, .answer, by: "US:DEA", to: ["CO:PONAL"], about: [0]),
        ]
    }

    @Test func repliesAreInTimeLateOrMissing() throws {
        let rows = try run(try questions())
        try #require(rows.count == 2)
        let row = rows[0].row
        #expect(rows[0].key == StatisticsKey(status: "actual"))
        #expect(row.written == [.request: 1, .answer: 3])
        #expect(row.received == 6)
        #expect([row.asked, row.answered, row.late, row.silent, row.pending] == [3, 1, 1, 1, 0])
        #expect(row.lateness.median == 60_000)
        #expect(row.lateness.worst == 60_000)
        // Exercises are never added to what is meant.
        #expect(rows[1].key.status == "exercise")
        #expect(rows[1].row.writtenCount == 1)
        // Before the time is over nobody is silent.
        let early = try run(Array(try questions().prefix(1)), at: CaseSample.minute(1))[0].row
        #expect([early.silent, early.pending] == [0, 3])
    }

    @Test func anAgencyCountsAsAuthorAndAsRecipient() throws {
        let rows = try run(try questions(), by: [.agency, .channel, .kind, .month])
        let table = Dictionary(
            uniqueKeysWithValues: rows.map { ("\($0.key.status) \($0.key.agency ?? "")", $0.row) }
        )
        #expect(table["actual CO:PONAL"]?.writtenCount == 1)
        #expect(table["actual CO:PONAL"]?.received == 3)
        #expect(table["actual MX:FGR"]?.answered == 1)
        #expect(table["actual US:DEA"]?.late == 1)
        #expect(table["actual PE:DEVIDA"]?.silent == 1)
        #expect(table["actual PE:DEVIDA"]?.writtenCount == 0)
        #expect(table["exercise MX:FGR"]?.received == 1)
        #expect(rows.allSatisfy { $0.key.month == "2026-09" })
        #expect(rows.allSatisfy { $0.key.channel == "chemical-diversion" })
        #expect(rows.map(\.key) == rows.map(\.key).sorted())
    }

    @Test func aWithdrawnQuestionWaitsForNobody() throws {
        let asked = ["MX:FGR", "US:DEA"]
        let due = CaseSample.minute(50)
        let story = [
            try statement(0, .request, by: "CO:PONAL", to: asked, replyBy: due),
            try statement(1, .answer, by: "MX:FGR", to: ["CO:PONAL"], about: [0]),
            // Another agency withdraws nothing.
            try statement(2, .cancel, by: "US:DEA", to: ["CO:PONAL"], about: [0]),
            try statement(3, .update, by: "CO:PONAL", to: asked, about: [0], replyBy: due),
            try statement(4, .cancel, by: "CO:PONAL", to: asked, about: [0, 3]),
        ]
        let row = try run(story)[0].row
        #expect([row.asked, row.answered, row.withdrawn, row.silent] == [4, 1, 3, 0])
        // An update that sets no time of its own withdraws nothing.
        let corrected = [
            try statement(0, .request, by: "CO:PONAL", to: asked, replyBy: due),
            try statement(1, .update, by: "CO:PONAL", to: asked, about: [0]),
        ]
        let waiting = try run(corrected)[0].row
        #expect([waiting.asked, waiting.withdrawn, waiting.silent] == [2, 0, 2])
    }

    @Test func aRangeLeavesOutWhatIsBeforeAndBehind() throws {
        let rows = try run(
            try questions(),
            from: CaseSample.minute(1),
            to: CaseSample.minute(3)
        )
        #expect(rows.map(\.row.writtenCount) == [1, 1])
        #expect(rows[0].row.asked == 0)
    }

    @Test func spansAreKeptToWithinASixteenth() {
        var histogram = LatenessHistogram()
        #expect(histogram.median == nil)
        for span in [3 as UInt64, 1, 2] { histogram.insert(span) }
        #expect(histogram.median == 2)
        var large = LatenessHistogram()
        for _ in 0..<3 { large.insert(86_400_000) }
        let median = Double(large.median ?? 0)
        #expect(abs(median - 86_400_000) < 86_400_000 / 16)
        #expect(large.worst == 86_400_000)
        for shift in 0..<64 {
            for span in [UInt64(1) << UInt64(shift), .max >> UInt64(shift)] {
                var one = LatenessHistogram()
                one.insert(span)
                let difference = Double(span) - Double(one.median ?? 0)
                #expect(abs(difference) <= Double(span) / 16)
            }
        }
    }
}
