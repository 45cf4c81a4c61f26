import Foundation
import Testing

@testable import HTTPEngine

/// Bodies that `gzip` of another hand unpacks.
@Suite struct GzipEncoderTests {
    @Test(arguments: [0, 1, 1000, 200_000])
    func anotherGzipUnpacksIt(byteCount: Int) throws {
        var generator = SystemRandomNumberGenerator()
        // Half of it repeats, half of it does not.
        let bytes = (0..<byteCount).map { index in
            index % 2000 < 1000 ? 7 : UInt8.random(in: 0...255, using: &generator)
        }
        let encoder = try #require(GzipEncoder())
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: byteCount, by: 30_000) {
            let piece = Array(bytes[start..<min(start + 30_000, byteCount)])
            encoded += encoder.encode(piece, isLast: false)
        }
        encoded += encoder.encode([], isLast: true)
        #expect(try Self.gunzip(encoded) == bytes)
        if byteCount > 1000 { #expect(encoded.count < byteCount * 2 / 3) }
    }

    static func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-gzip-\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["-dc", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return Array(data)
    }
}
