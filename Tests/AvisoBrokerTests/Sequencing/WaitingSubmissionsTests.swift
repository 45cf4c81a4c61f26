import BrokerCore
import Synchronization
import Testing

@testable import AvisoBroker

@Suite struct WaitingSubmissionsTests {
    @Test func eachIsAnsweredOnceAndItsPlaceIsFree() throws {
        let waiting = WaitingSubmissions(countMax: 2)
        let results = Mutex<[UInt64]>([])
        let completion: WaitingSubmissions.Completion = { result in
            if case .accepted(let index, _) = result { results.withLock { $0.append(index) } }
        }
        let first = try #require(waiting.begin(completion))
        let second = try #require(waiting.begin(completion))
        #expect(first != second)
        #expect(waiting.begin(completion) == nil)
        waiting.complete(token: second, .accepted(index: 7, receipt: nil))
        waiting.complete(token: second, .accepted(index: 8, receipt: nil))
        #expect(results.withLock { $0 } == [7])
        #expect(waiting.count == 1)
        #expect(waiting.begin(completion) != nil)
    }

    @Test func noneIsTakenOnceItIsClosed() throws {
        let waiting = WaitingSubmissions(countMax: 2)
        let token = try #require(waiting.begin { _ in })
        waiting.close()
        #expect(waiting.begin { _ in } == nil)
        waiting.complete(token: token, .refused(.logUnwritable))
        #expect(waiting.count == 0)
    }
}
