import Base
import FuzzKit
import Testing

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

    private func run(_ target: FuzzTarget, _ bytes: [UInt8]) {
        do throws(BrokenPromise) {
            try target.run(bytes)
        } catch {
            Issue.record("\(target.name): \(error)\ninput: \(Hex.encode(bytes))")
        }
    }
}
