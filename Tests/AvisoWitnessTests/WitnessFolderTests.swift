import Base
import Crypto
import Foundation
import MerkleLog
import TestKit
import Testing

@testable import AvisoWitness

@Suite struct WitnessFolderTests {
    private let log = LogScene(count: 20)

    @Test func whatIsStoredIsThereForTheNextOne() throws {
        try withFolder { path in
            let folder = try WitnessFolder(path)
            #expect(try folder.note(of: LogScene.origin) == nil)
            for size in [3, 9] {
                try folder.store(try record(log.note(size)))
                #expect(try folder.note(of: LogScene.origin) == log.note(size))
            }
            #expect(try folder.note(of: "other") == nil)
            // No half-written file is left.
            let names = try FileManager.default.contentsOfDirectory(atPath: path + "/logs")
            #expect(names.count == 1)
        }
    }

    @Test func twoWitnessesDoNotShareAFolder() throws {
        try withFolder { path in
            let folder = try WitnessFolder(path)
            withExtendedLifetime(folder) {
                _ = #expect(throws: WitnessError.self) { try WitnessFolder(path) }
            }
            let error = #expect(throws: WitnessError.self) { try WitnessFolder(path + "/none") }
            #expect(error?.message.contains("names a folder that exists") == true)
        }
    }

    @Test func evidenceIsKeptOnceAndBounded() throws {
        try withFolder { path in
            let folder = try WitnessFolder(path)
            let known = try record(log.note(10))
            let shown = try record(LogScene(signer: log, leaves: log.leaves.reversed()).note(10))
            let found = WitnessEvidence(kind: .conflict, known: known, shown: shown)
            let stem = try #require(try folder.keep(found))
            #expect(try folder.keep(found) == nil)
            #expect(FileManager.default.contents(atPath: stem + ".known") == Data(known.note))
            #expect(FileManager.default.contents(atPath: stem + ".shown") == Data(shown.note))
            for number in 0..<(WitnessFolder.evidenceCountMax + 5) {
                let lines = ["line \(number)"]
                _ = try folder.keep(
                    WitnessEvidence(
                        kind: .unproven,
                        known: known,
                        shown: try record(log.note(12, lines: lines))
                    )
                )
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: path + "/evidence")
            #expect(names.count == 2 + 2 * WitnessFolder.evidenceCountMax)
        }
    }

    @Test func whatCannotBeStoredIsAnError() throws {
        try withFolder { path in
            let folder = try WitnessFolder(path)
            try FileManager.default.removeItem(atPath: path + "/logs")
            #expect(throws: WitnessError.self) { try folder.store(try record(log.note(3))) }
        }
    }

    private func record(_ note: [UInt8]) throws -> WitnessRecord {
        let witness = Witness(
            logs: [log.verifierKey],
            hasher: SHA256(),
            verifier: Cryptography()
        )
        return try #require(witness.verified(note))
    }
}

/// Runs a test in a folder of its own.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("aviso-witness-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}
