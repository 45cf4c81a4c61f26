import Base
import BrokerCore
import EventLoop
import HTTPFetch
import LogStore
import MerkleLog
import Synchronization

/// Asks one witness for its cosignatures, on a thread of its own: a commit never waits for it.
final class WitnessAsker {
    private static let tickMilliseconds: UInt64 = 100
    private static let type = "text/plain; charset=utf-8"

    private let loop: Loop
    private let number: Int
    private let peer: Cosigning.Peer
    private let cosigning: Cosigning
    private let shared: BrokerShared

    init(loop: Loop, number: Int, cosigning: Cosigning, shared: BrokerShared) {
        self.loop = loop
        self.number = number
        self.cosigning = cosigning
        self.shared = shared
        peer = cosigning.peers[number]
        scheduleTick()
    }

    private func scheduleTick() {
        _ = loop.schedule(at: loop.now.adding(milliseconds: Self.tickMilliseconds)) {
            [weak self] in
            self?.ask()
            self?.scheduleTick()
        }
    }

    private func ask() {
        let published = shared.published.withLock { state in
            CosigningBoard.Published(note: state.note, tally: state.tally)
        }
        guard let submission = cosigning.next(for: number, published: published) else { return }
        let answer = send(submission)
        let event = cosigning.take(
            answer,
            of: submission,
            from: number,
            logSize: shared.reader.treeSize
        )
        if let event { tell(event) }
        do throws(LogError) {
            try cosigning.keepCosigned()
        } catch {
            shared.log.log(.warning, "cosigned-unkept", error.message, [:])
        }
    }

    private func send(_ submission: CosigningBoard.Submission) -> WitnessAnswer {
        let proof: [Digest]
        do throws(LogError) {
            proof = try self.proof(submission)
        } catch {
            shared.log.log(.error, "read-failed", "\(error.message)", [:])
            return .none(reason: "the consistency proof cannot be read from the log")
        }
        let request = AddCheckpointRequest(
            oldSize: submission.oldSize,
            proof: proof,
            note: submission.note
        )
        do throws(HTTPFetchError) {
            let answer = try peer.fetcher.post(peer.url, body: request.bytes, type: Self.type)
            return .answer(status: answer.status, type: answer.type, body: answer.body)
        } catch {
            return .none(reason: error.message)
        }
    }

    private func proof(_ submission: CosigningBoard.Submission) throws(LogError) -> [Digest] {
        guard submission.oldSize > 0, submission.oldSize < submission.treeSize else { return [] }
        return try shared.reader.consistencyProof(
            from: submission.oldSize,
            to: submission.treeSize
        )
    }

    private func tell(_ event: CosigningEvent) {
        let fields: KeyValuePairs<String, LogValue> = [
            "witness": LogValue(peer.name), "url": LogValue(peer.url),
        ]
        switch event {
        case .cosigns:
            shared.log.log(.info, "witness-cosigns", event.message, fields)
        case .splitView, .ahead:
            shared.log.log(.error, "witness-conflict", event.message, fields)
        case .unreachable:
            shared.log.log(.warning, "witness-unreachable", event.message, fields)
        case .refused, .invalidCosignature:
            shared.log.log(.warning, "witness-refused", event.message, fields)
        }
    }
}
