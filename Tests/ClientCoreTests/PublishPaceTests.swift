import Base
import MQTTCodec
import Testing

@testable import ClientCore

@Suite struct PublishPaceTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func refusalsHalveTheWindowAndAnswersWidenItAgain() {
        var pace = PublishPace()
        #expect(pace.window == .max)
        pace.refused(underWay: 63, 10, now: now)
        #expect(pace.window == 32)
        pace.refused(underWay: 62, 10, now: now)
        #expect(pace.window == 16)
        for _ in 0..<10 { pace.refused(underWay: 0, 10, now: now) }
        #expect(pace.window == 1, "one goes out at least")
        for _ in 0..<5 { pace.answered() }
        #expect(pace.window == 6)
    }

    @Test func theLongestPauseThatWasAskedForIsKept() {
        var pace = PublishPace()
        #expect(!pace.isPaused(now: now))
        pace.refused(underWay: 1, 500, now: now)
        pace.refused(underWay: 0, 20, now: now)
        #expect(pace.pause(now: now) == now.adding(milliseconds: 500))
        #expect(pace.isPaused(now: now.adding(milliseconds: 499)))
        #expect(!pace.isPaused(now: now.adding(milliseconds: 500)))
    }

    private static let answers: [(code: ReasonCode, text: String?, expected: UInt64?)] = [
        (.quotaExceeded, "40", 40), (.connectionRateExceeded, "7", 7),
        (.serverBusy, "99999999", 60_000), (.notAuthorized, "40", nil),
        (.quotaExceeded, "soon", nil), (.quotaExceeded, nil, nil),
    ]

    @Test(arguments: answers)
    func onlyWhatTimeMendsIsTriedAgainAndNotTooLate(
        code: ReasonCode,
        text: String?,
        expected: UInt64?
    ) {
        var properties = Properties()
        if let text {
            properties.userProperties = [UserProperty(name: "aviso-retry-ms", value: text)]
        }
        #expect(RetryAfter.milliseconds(code, properties) == expected)
    }
}
