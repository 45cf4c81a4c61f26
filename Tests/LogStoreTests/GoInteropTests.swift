import Base
import Crypto
import Foundation
import MerkleLog
import Testing

@testable import LogStore

/// A log of ours under the eyes of Go's `sumdb/note` and `sumdb/tlog`, and theirs under ours.
@Suite(.enabled(if: GoProgram.isRequired || GoProgram.go != nil))
struct GoInteropTests {
    private struct Proof: Codable {
        let first: UInt64
        let size: UInt64
        var path: [Data]

        var digests: [Digest] { path.compactMap { Digest([UInt8]($0)) } }
    }

    private struct Description: Codable {
        let verifierKey: String
        let folder: String
        var notes: [Data]
        var entries: [Data]
        var inclusion: [Proof]
        var consistency: [Proof]
    }

    private struct Answer: Codable {
        let verifierKey: String
        let note: Data
        let roots: [Data]
        let inclusion: [Proof]
        let consistency: [Proof]
    }

    private static let sizes: [UInt64] = [1, 2, 3, 7, 8, 100, 255, 256, 257, 513, 600]
    private let log = TestLog()
    private let hasher = SHA256()

    @Test func goAcceptsOurLogAndWeAcceptItsProofs() throws {
        let folder = try TestFolder()
        let description = try describe(folder)
        let output = try GoProgram.run(
            GoProgram.build(in: folder),
            [],
            input: JSONEncoder().encode(description)
        )
        try check(JSONDecoder().decode(Answer.self, from: output))
    }

    @Test func goNoticesWhatWeWouldHaveItNotice() throws {
        let folder = try TestFolder()
        let program = try GoProgram.build(in: folder)
        let whole = try describe(folder)
        var inclusion = whole
        inclusion.inclusion[20].path[0][0] ^= 1
        var consistency = whole
        consistency.consistency[20].path[0][0] ^= 1
        var note = whole
        note.notes[3] = Data(note.notes[3].map { $0 == UInt8(ascii: "7") ? $0 + 1 : $0 })
        var entry = whole
        entry.entries[0][0] ^= 1
        for altered in [inclusion, consistency, note, entry] {
            #expect(throws: GoProgram.Failure.self) {
                try GoProgram.run(program, [], input: JSONEncoder().encode(altered))
            }
        }
        try folder.edit("tree/1") { $0[40] ^= 1 }
        #expect(throws: GoProgram.Failure.self) {
            try GoProgram.run(program, [], input: JSONEncoder().encode(whole))
        }
    }

    /// Makes a log with a batch at each of the sizes, and describes it with its proofs.
    private func describe(_ folder: TestFolder) throws -> Description {
        let writer = try log.open(folder).writer
        var description = Description(
            verifierKey: log.verifierKey.description,
            folder: folder.path,
            notes: [],
            entries: [],
            inclusion: [],
            consistency: []
        )
        for size in Self.sizes {
            let first = writer.frontier.treeSize
            let records = (first..<size).map { log.record($0) }
            let tree = BatchTree(records.map(\.leafHash), onto: writer.frontier, using: hasher)
            let note = log.note(tree)
            try writer.append(records, tree: tree, note: note)
            description.notes.append(Data(note))
            description.entries += records.map { Data($0.entry) }
            for index in first..<size {
                let path = tree.inclusionProof(index: index)
                description.inclusion.append(proof(index, size, path))
            }
        }
        for size in Self.sizes {
            for index in stride(from: 0, to: size, by: 29) {
                let path = try writer.reader.inclusionProof(index: index, treeSize: size)
                description.inclusion.append(proof(index, size, path))
                let between = try writer.reader.consistencyProof(from: index + 1, to: size)
                description.consistency.append(proof(index + 1, size, between))
            }
        }
        return description
    }

    private func check(_ answer: Answer) throws {
        let key = try #require(NoteVerifierKey(answer.verifierKey, using: hasher))
        let note = try #require(SignedNote(answer.note))
        #expect(note.isSigned(by: key, verifier: Cryptography()))
        #expect(note.bytes == Array(answer.note))
        let checkpoint = try #require(Checkpoint(text: note.text))
        #expect(checkpoint.origin == key.name && checkpoint.treeSize == 600)
        #expect(checkpoint.rootHash == log.root(600))
        let roots = answer.roots.compactMap { Digest([UInt8]($0)) }
        #expect(roots.count == 600)
        #expect(answer.inclusion.count > 3000)
        for proof in answer.inclusion {
            let root = MerkleProof.root(
                ofLeaf: log.record(proof.first).leafHash,
                index: proof.first,
                treeSize: proof.size,
                path: proof.digests,
                using: hasher
            )
            #expect(root == roots[Int(proof.size) - 1])
        }
        for proof in answer.consistency {
            let isConsistent = MerkleProof.isConsistent(
                oldSize: proof.first,
                oldRoot: roots[Int(proof.first) - 1],
                newSize: proof.size,
                newRoot: roots[Int(proof.size) - 1],
                path: proof.digests,
                using: hasher
            )
            #expect(isConsistent)
        }
    }

    private func proof(_ first: UInt64, _ size: UInt64, _ path: [Digest]) -> Proof {
        Proof(first: first, size: size, path: path.map { Data($0.bytes) })
    }
}
