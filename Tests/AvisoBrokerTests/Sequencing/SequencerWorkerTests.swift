import Alerts
import BrokerCore
import EventLoop
import LogStore
import MQTTCodec
import Synchronization
import Testing

@testable import AvisoBroker

@Suite struct SequencerWorkerTests {
    private static let floodCount = 5000

    // Refusals, which the log takes a few of and counts the rest.
    private func flood(_ scene: WorkerScene) {
        let refusal = Refusal(.publish, .notAuthorized, "no")
        let body = Submission.Body.refusal(refusal, station: nil, address: nil)
        scene.shared.submissions.put(
            Array(repeating: Submission(source: nil, body: body), count: Self.floodCount)
        )
    }

    private func decidedCount(_ scene: WorkerScene) -> UInt64 {
        scene.shared.metrics.refused.load(ordering: .relaxed)
    }

    @Test func othersHaveTheirTurnBetweenTwoBatches() throws {
        let scene = try WorkerScene()
        let seen = Atomic<UInt64>(0)
        let newcomer = try scene.member("PE:DEVIDA", .agency)
        let members = try scene.members() + [newcomer]
        scene.holdingUp {
            flood(scene)
            scene.thread.execute { [self] worker in
                worker.setMembers(members)
                seen.store(decidedCount(scene), ordering: .relaxed)
            }
        }
        // Everything that was put is decided in the end, this one behind it.
        _ = try scene.submit(.alert(try scene.alert())).wait()
        #expect((1..<UInt64(Self.floodCount)).contains(seen.load(ordering: .relaxed)))
        #expect(decidedCount(scene) == UInt64(Self.floodCount))
        let directory = scene.shared.published.withLock { $0.directory }
        #expect(directory[newcomer.id] != nil)
    }

    @Test func whatWaitsAtTheEndIsCommitted() throws {
        let scene = try WorkerScene()
        let seen = Atomic<UInt64>(0)
        scene.holdingUp {
            scene.thread.execute { [self] worker in
                worker.drainAtLast()
                seen.store(decidedCount(scene), ordering: .relaxed)
            }
            flood(scene)
        }
        scene.onWorker { _ in }
        #expect(seen.load(ordering: .relaxed) == UInt64(Self.floodCount))
    }

    private func publish(_ scene: WorkerScene) throws -> (alert: VerifiedAlert, index: UInt64) {
        let alert = try scene.alert()
        guard case .accepted(let index, _) = try scene.submit(.alert(alert)).wait() else {
            throw NotAccepted()
        }
        return (alert, index)
    }

    private struct NotAccepted: Error {}

    private func refusal(_ answer: WorkerScene.Answer) throws -> Refusal? {
        if case .refused(let refusal) = try answer.wait() { refusal } else { nil }
    }

    @Test func anErasureThatFailedIsNotAcknowledgedAsDone() throws {
        let scene = try WorkerScene()
        let (alert, index) = try publish(scene)
        scene.disk.refusesMarks.store(true, ordering: .relaxed)
        let order = scene.shared.reader.treeSize
        let refused = try refusal(
            try scene.submit(.redaction(try scene.order(alert, at: index)))
        )
        #expect(refused == .unerased(by: order))
        #expect(refused?.reasonCode == .unspecifiedError)
        #expect(scene.shared.reader.treeSize == order + 1, "the order stands in the log")
        let stored = try scene.shared.reader.entry(at: index)
        #expect(stored.content == nil && stored.contentFlags.contains(.erased))
        // Another alert is not touched by it.
        scene.disk.refusesMarks.store(false, ordering: .relaxed)
        let next = try publish(scene)
        let done = try scene.submit(.redaction(try scene.order(next.alert, at: next.index))).wait()
        guard case .accepted = done else {
            Issue.record("\(done)")
            return
        }
    }

    @Test func ofTwoOrdersInOneBatchTheSecondComesTooLate() throws {
        let scene = try WorkerScene()
        let (alert, index) = try publish(scene)
        var answers: [WorkerScene.Answer] = []
        try scene.holdingUp {
            for _ in 0..<2 {
                answers.append(try scene.submit(.redaction(try scene.order(alert, at: index))))
            }
        }
        #expect(try refusal(answers[0]) == nil)
        #expect(try refusal(answers[1])?.reasonCode == .packetIdentifierInUse)
    }

    @Test func whatTheDiskRefusesIsCounted() throws {
        let scene = try WorkerScene()
        _ = try publish(scene)
        scene.disk.refusesSyncs.store(true, ordering: .relaxed)
        for _ in 0..<2 {
            #expect(try refusal(try scene.submit(.alert(try scene.alert()))) == .logUnwritable)
        }
        #expect(decidedCount(scene) == 2)
    }
}
