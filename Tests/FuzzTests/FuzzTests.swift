import Alerts
import Base
import COSE
import DaemonConfiguration
import MerkleLog
import Testing

@testable import FuzzKit

/// A bounded run of every fuzz target, the same each time; `make fuzz` goes on from here.
@Suite struct FuzzTests {
    private static let inputCount = 5000

    @Test(arguments: FuzzTarget.all.map(\.name))
    func noMutationBreaksAPromise(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        var mutator = Mutator(seeds: target.seeds, seed: 0x4156_4953_4F00_0001)
        for seed in target.seeds {
            #expect(!seed.isEmpty)
            run(target, seed)
        }
        for _ in 0..<Self.inputCount { run(target, mutator.next()) }
    }

    /// Mutations of what is refused at the first byte would find nothing.
    @Test func seedsAreWhatTheyStandFor() throws {
        let coding = AlertSeeds.coding
        let payload = try AlertPayload(
            decoding: AlertSeeds.payload[...],
            using: coding,
            limits: AlertLimits()
        )
        _ = try AlertStatement(payload.statementItem, using: coding)
        _ = try COSEEncrypt(decoding: AlertSeeds.parts.content[...], using: coding)
        for entry in LogSeeds.entries { _ = try LogEntry(decoding: entry[...], using: coding) }
        _ = try Receipt(decoding: LogSeeds.receipt[...], using: coding)
        _ = try DeadlineStatement(decoding: LogSeeds.deadlineStatement[...], using: coding)
        #expect(LogSeeds.notes.count { SignedNote($0) != nil } == 1)
        for seed in FuzzTarget.cap.seeds { _ = try CAPAlert(xml: seed, kind: nil) }
        for seed in FuzzTarget.configuration.seeds {
            _ = try BrokerConfiguration(decoding: seed, file: "seed")
        }
    }

    @Test func mutationsFollowFromTheSeedAlone() {
        var first = Mutator(seeds: FuzzTarget.packets.seeds, seed: 1)
        var second = Mutator(seeds: FuzzTarget.packets.seeds, seed: 1)
        var other = Mutator(seeds: FuzzTarget.packets.seeds, seed: 2)
        let inputs = (0..<100).map { _ in first.next() }
        #expect(inputs == (0..<100).map { _ in second.next() })
        #expect(inputs != (0..<100).map { _ in other.next() })
        #expect(inputs.allSatisfy { $0.count <= Mutator.byteCountMax })
    }

    @Test func aBrokenPromiseIsNoticed() {
        let target = FuzzTarget("broken", seeds: [[1]]) { bytes throws(BrokenPromise) in
            try expect(bytes.isEmpty, "there are no bytes")
        }
        #expect(throws: BrokenPromise.self) { try target.run([1]) }
        #expect(throws: Never.self) { try target.run([]) }
    }

    private func run(_ target: FuzzTarget, _ bytes: [UInt8]) {
        do throws(BrokenPromise) {
            try target.run(bytes)
        } catch {
            Issue.record("\(target.name): \(error)\ninput: \(Hex.encode(bytes))")
        }
    }
}
