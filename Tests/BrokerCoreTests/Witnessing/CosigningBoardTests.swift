import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import TestKit
import Testing

@testable import BrokerCore

/// The broker's side of C2SP tlog-witness, against real witnesses without a network.
@Suite struct CosigningBoardTests {
    private let log = LogScene(count: 60)
    private let wall = WallTime(seconds: 1_800_000_000)

    @Test func enoughCosignaturesMakeACheckpointCosigned() throws {
        let scene = try Scene(log, count: 3, required: 2)
        #expect(scene.ask(0, size: 5) == .cosigns)
        #expect(scene.board.cosigned == nil)
        #expect(scene.ask(1, size: 5) == .cosigns)
        try scene.check(size: 5, by: [0, 1])
        #expect(scene.ask(2, size: 5) == .cosigns)
        try scene.check(size: 5, by: [0, 1, 2])
        // Nothing more to ask for this one.
        #expect(scene.next(0, size: 5) == nil)
        scene.pass(milliseconds: 600)
        #expect(scene.next(0, size: 5) == nil)
        #expect(scene.next(0, size: 6) != nil)
    }

    @Test func allAreAskedForTheSameCheckpointWhileTheLogGoesOn() throws {
        let scene = try Scene(log, count: 2, required: 2)
        _ = scene.ask(0, size: 5)
        scene.pass(milliseconds: 2000)
        // The other has not answered: its time is not over, the checkpoint stays.
        #expect(scene.next(1, size: 30)?.treeSize == 5)
        _ = scene.ask(1, size: 30)
        try scene.check(size: 5, by: [0, 1])
        // Both have: the next one is the latest.
        #expect(scene.ask(0, size: 31) == nil)
        #expect(scene.ask(1, size: 32) == nil)
        try scene.check(size: 31, by: [0, 1])
    }

    @Test func aSilentWitnessHoldsNobodyUp() throws {
        let scene = try Scene(log, count: 2, required: 1)
        _ = scene.ask(0, size: 5)
        let held = try #require(scene.next(1, size: 5))
        scene.pass(milliseconds: 5001)
        #expect(scene.next(0, size: 9)?.treeSize == 9)
        _ = scene.ask(0, size: 9)
        // What comes late is not mixed into the later one.
        let late = scene.witnesses[1].answer(held, proof: [], wall)
        #expect(scene.take(late, held, 1) == .cosigns)
        try scene.check(size: 9, by: [0])
        #expect(scene.statuses[1].treeSize == nil)
    }

    @Test func aWitnessThatKnowsMoreIsAskedFromThere() throws {
        let scene = try Scene(log, count: 1, required: 1)
        _ = scene.ask(0, size: 5)
        // The broker has started anew and knows nothing of its witness.
        let again = Scene(log, like: scene)
        let first = try #require(again.next(0, size: 20))
        #expect(first.oldSize == 0)
        #expect(again.ask(0, size: 20) == nil)
        #expect(again.next(0, size: 20)?.oldSize == 5)
        #expect(again.ask(0, size: 20) == .cosigns)
        try again.check(size: 20, by: [0])
    }

    @Test func aSplitViewIsTold() throws {
        let scene = try Scene(log, count: 1, required: 1)
        _ = scene.ask(0, size: 10)
        let forged = LogScene(signer: log, leaves: log.leaves.reversed())
        let other = Scene(forged, like: scene)
        // At first it only tells which size it knows.
        #expect(other.ask(0, size: 10) == nil)
        #expect(other.ask(0, size: 10) == .splitView(size: 10))
        #expect(other.statuses[0].event?.isConflict == true)
        #expect(other.board.cosigned == nil)
        #expect(!other.board.isRecent(now: other.now))
        // A longer history that does not continue what was cosigned.
        let longer = Scene(forged, like: scene)
        _ = longer.ask(0, size: 30)
        #expect(longer.ask(0, size: 30) == .splitView(size: 10))
        #expect(longer.board.cosigned == nil)
    }

    @Test func aLogThatWasRolledBackIsTold() throws {
        let scene = try Scene(log, count: 1, required: 1)
        _ = scene.ask(0, size: 30)
        let again = Scene(log, like: scene)
        #expect(again.ask(0, size: 20) == .ahead(size: 30))
        #expect(again.next(0, size: 20) == nil)
        again.pass(milliseconds: 60_000)
        // Asked again with no claim, so that it may say that it knows less.
        #expect(again.next(0, size: 20)?.oldSize == 0)
    }

    @Test func whatIsNoCosignatureIsRefused() throws {
        let honest = try Scene(log, count: 1, required: 1)
        let stranger = try Scene(log, count: 1, required: 1)
        let scene = Scene(log, like: honest)
        let submission = try #require(scene.next(0, size: 5))
        let other = try #require(stranger.next(0, size: 6))
        let key = honest.keys[0]
        let text = try #require(SignedNote(submission.note)?.text)
        func line(_ seconds: UInt64) -> [UInt8] {
            let cosignature = Cosignature(of: text, seconds: seconds, key: honest.signers[0])
            return Array(SignedNote.line(cosignature.noteSignature(key)).utf8)
        }
        var bodies: [[UInt8]] = [
            [], Array("\n".utf8), Array("nonsense\n".utf8),
            // Of another key, and of another checkpoint.
            stranger.witnesses[0].cosignature(submission, wall),
            honest.witnesses[0].cosignature(other, wall),
            // Of another time than now.
            line(wall.seconds + 301), line(wall.seconds - 361),
        ]
        var altered = line(wall.seconds)
        altered[altered.count - 10] ^= 1
        bodies.append(altered)
        for body in bodies {
            let fresh = Scene(log, like: honest)
            let submission = try #require(fresh.next(0, size: 5))
            let event = fresh.take(.answer(status: 200, type: "", body: body), submission, 0)
            #expect(event == .invalidCosignature)
            #expect(fresh.board.cosigned == nil)
            #expect(!fresh.board.isRecent(now: fresh.now))
        }
        let good = WitnessAnswer.answer(status: 200, type: "", body: line(wall.seconds))
        #expect(scene.take(good, submission, 0) == .cosigns)
        // Lines of others beside it are ignored.
        let mixed = Scene(log, like: honest)
        let asked = try #require(mixed.next(0, size: 5))
        let both = stranger.witnesses[0].cosignature(asked, wall) + line(wall.seconds)
        #expect(mixed.take(.answer(status: 200, type: "", body: both), asked, 0) == .cosigns)
        try mixed.check(size: 5, by: [0])
    }

    @Test func failuresAreToldOnceAndWaitLonger() throws {
        let scene = try Scene(log, count: 1, required: 1)
        var waits: [UInt64] = []
        for round in 0..<12 {
            let submission = try #require(scene.next(0, size: 5))
            let event = scene.take(.none(reason: "\(round)"), submission, 0)
            #expect((event == nil) == (round > 0))
            let start = scene.now
            while scene.next(0, size: 5) == nil { scene.pass(milliseconds: 100) }
            waits.append(scene.now.milliseconds(since: start))
        }
        #expect(waits.first == 500)
        #expect(waits.last == 60_000)
        #expect(waits == waits.sorted())
        #expect(scene.statuses[0].failureCount == 12)
        let submission = try #require(scene.next(0, size: 5))
        let refused = WitnessAnswer.answer(status: 403, type: "", body: Array("no\n".utf8))
        #expect(scene.take(refused, submission, 0) == .refused(status: 403, reason: "no"))
        scene.pass(milliseconds: 60_000)
        #expect(scene.ask(0, size: 5) == .cosigns)
    }

    @Test func aWitnessThatOnlyTellsSizesHasToWait() throws {
        let scene = try Scene(log, count: 1, required: 1)
        var asked = 0
        while let submission = scene.next(0, size: 50), asked < 100 {
            asked += 1
            let body = Array("\(asked)\n".utf8)
            let type = WitnessRefusal.sizeType
            _ = scene.take(.answer(status: 409, type: type, body: body), submission, 0)
        }
        #expect(asked == 4)
        for body in ["", "5", "05\n", "-5\n", "x\n", "99999999999999999999999\n"] {
            let fresh = try Scene(log, count: 1, required: 1)
            let submission = try #require(fresh.next(0, size: 50))
            let type = WitnessRefusal.sizeType
            let answer = WitnessAnswer.answer(status: 409, type: type, body: Array(body.utf8))
            #expect(fresh.take(answer, submission, 0)?.kind == "refused", "\(body)")
        }
    }

    @Test func aQuietLogIsCosignedAgainAndALateOneIsNotRecent() throws {
        let scene = try Scene(log, count: 2, required: 2)
        _ = scene.ask(0, size: 5)
        #expect(!scene.board.isRecent(now: scene.now))
        _ = scene.ask(1, size: 5)
        #expect(scene.board.isRecent(now: scene.now))
        scene.pass(milliseconds: 19_000)
        #expect(scene.next(0, size: 5) == nil)
        scene.pass(milliseconds: 1500)
        #expect(scene.ask(0, size: 5) == nil)
        scene.pass(milliseconds: 40_000)
        // One is recent, the other is not.
        #expect(scene.statuses.map(\.isRecent) == [true, false])
        #expect(!scene.board.isRecent(now: scene.now))
    }
}

/// A board with witnesses of the real machine, and a clock that stands still unless told.
private final class Scene {
    /// A witness: machine and key.
    struct Peer {
        var machine: Witness<SHA256, Cryptography>
        let signer: Ed25519SigningKey
        let key: CosignerKey

        mutating func answer(
            _ submission: CosigningBoard.Submission,
            proof: [Digest],
            _ wall: WallTime
        ) -> WitnessAnswer {
            let request = AddCheckpointRequest(
                oldSize: submission.oldSize,
                proof: proof,
                note: submission.note
            )
            switch machine.decide(request.bytes) {
            case .cosign(let record):
                machine.take(record)
                let body = cosignature(submission, wall)
                return .answer(status: 200, type: "text/plain", body: body)
            case .refuse(let refusal):
                let size = refusal.size.map { "\($0)\n" }
                return .answer(
                    status: refusal.status,
                    type: size == nil ? "text/plain" : WitnessRefusal.sizeType,
                    body: Array((size ?? refusal.message + "\n").utf8)
                )
            }
        }

        func cosignature(_ submission: CosigningBoard.Submission, _ wall: WallTime) -> [UInt8] {
            let text = SignedNote(submission.note)?.text ?? ""
            let cosignature = Cosignature(of: text, seconds: wall.seconds, key: signer)
            return Array(SignedNote.line(cosignature.noteSignature(key)).utf8)
        }
    }

    private let log: LogScene
    private let tally = TallyTree(coding: LibCBOR())
    private let policy: CosigningPolicy
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private let wall = WallTime(seconds: 1_800_000_000)
    var witnesses: [Peer]
    var board: CosigningBoard

    init(_ log: LogScene, count: Int, required: Int) throws {
        self.log = log
        policy = CosigningPolicy(required: required, lagSeconds: 60, roundSeconds: 5)
        witnesses = try (0..<count).map { number in
            let signer = Ed25519SigningKey.generate()
            let key = CosignerKey(
                name: "witness.example/\(number)",
                publicKey: signer.publicKey,
                using: SHA256()
            )
            return Peer(
                machine: Witness(
                    logs: [log.verifierKey],
                    hasher: SHA256(),
                    verifier: Cryptography()
                ),
                signer: signer,
                key: try #require(key)
            )
        }
        board = CosigningBoard(keys: witnesses.map(\.key), policy: policy)
    }

    /// A broker that knows nothing, before the witnesses of another.
    init(_ log: LogScene, like other: Scene) {
        self.log = log
        policy = other.policy
        witnesses = other.witnesses
        board = CosigningBoard(keys: other.keys, policy: other.policy)
    }

    var keys: [CosignerKey] { witnesses.map(\.key) }
    var signers: [Ed25519SigningKey] { witnesses.map(\.signer) }
    var statuses: [CosigningBoard.Status] { board.statuses(now: now) }

    func pass(milliseconds: UInt64) {
        now = now.adding(milliseconds: milliseconds)
    }

    func next(_ number: Int, size: Int) -> CosigningBoard.Submission? {
        let published = CosigningBoard.Published(note: log.note(size), tally: tally)
        return board.next(for: number, published: published, now: now)
    }

    func take(
        _ answer: WitnessAnswer,
        _ submission: CosigningBoard.Submission,
        _ number: Int
    ) -> CosigningEvent? {
        board.take(
            answer,
            of: submission,
            from: number,
            logSize: submission.treeSize,
            now: now,
            wall: wall,
            verifier: Cryptography()
        )
    }

    /// Lets a witness answer what it is sent, if it is sent anything.
    func ask(_ number: Int, size: Int) -> CosigningEvent? {
        guard let submission = next(number, size: size) else { return nil }
        let proof = log.proof(Int(submission.oldSize), Int(submission.treeSize))
        let answer = witnesses[number].answer(submission, proof: proof, wall)
        return take(answer, submission, number)
    }

    func check(size: UInt64, by numbers: [Int]) throws {
        let cosigned = try #require(board.cosigned)
        let note = try #require(SignedNote(cosigned.note))
        #expect(Checkpoint(text: note.text)?.treeSize == size)
        #expect(note.isSigned(by: log.verifierKey, verifier: Cryptography()))
        for (number, key) in keys.enumerated() {
            let cosignature = note.cosignature(by: key, verifier: Cryptography())
            #expect((cosignature != nil) == numbers.contains(number))
        }
    }
}
