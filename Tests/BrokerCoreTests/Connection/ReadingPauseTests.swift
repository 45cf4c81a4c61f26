import BrokerCore
import Testing

@Suite struct ReadingPauseTests {
    @Test func itBeginsWithTheFirstReasonAndEndsWithTheLast() {
        var pause = ReadingPause()
        let begins = pause.set(.claim)
        #expect(begins && pause.isPaused)
        let grows = pause.set([.claim, .undecided])
        #expect(!grows)
        let shrinks = pause.set(.undecided)
        #expect(!shrinks && pause.isPaused)
        let ends = pause.set([])
        #expect(ends && !pause.isPaused)
    }

    @Test func silenceCountsOnlyWhileTheClientIsHeard() {
        var pause = ReadingPause()
        let isHeard = pause.excusesSilence(unread: 0)
        #expect(!isHeard)
        let others: [ReadingPause.Reasons] = [
            .claim, .decisions, .undecided, [.unread, .undecided],
        ]
        for reasons in others {
            _ = pause.set(reasons)
            for _ in 0..<3 {
                let isExcused = pause.excusesSilence(unread: 9)
                #expect(isExcused, "the broker does not listen")
            }
        }
    }

    @Test func whoTakesNothingForItsKeepAliveHasGone() {
        var pause = ReadingPause()
        _ = pause.set(.unread)
        let first = pause.excusesSilence(unread: 100)
        let slow = pause.excusesSilence(unread: 60)
        let gone = pause.excusesSilence(unread: 60)
        #expect([first, slow, gone] == [true, true, false])
        // Another pause is another matter.
        _ = pause.set([])
        _ = pause.set(.unread)
        let again = pause.excusesSilence(unread: 60)
        #expect(again)
    }
}
