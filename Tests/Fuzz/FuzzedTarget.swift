import Foundation
import FuzzKit

/// The target that the command line names.
enum FuzzedTarget {
    static let target = FuzzTarget.all.first { $0.name == CommandLine.arguments.dropFirst().first }

    /// Writes the target's seeds into a folder, for libFuzzer to begin from.
    ///
    /// - Parameters:
    ///   - target: the target.
    ///   - folder: the path of the folder, which is made where it is missing.
    /// - Throws: what Foundation throws when a file cannot be written.
    static func writeSeeds(of target: FuzzTarget, to folder: String) throws {
        let folder = URL(fileURLWithPath: folder, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, seed) in target.seeds.enumerated() {
            try Data(seed).write(to: folder.appendingPathComponent("seed-\(number)"))
        }
    }
}

/// What libFuzzer calls for every input; a broken promise ends the program, as a crash does.
func fuzzOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    // The bytes are libFuzzer's, `count` of them, and stay as they are during the call.
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    do throws(BrokenPromise) {
        try FuzzedTarget.target?.run(input)
    } catch {
        fatalError(error.description)
    }
    return 0
}
