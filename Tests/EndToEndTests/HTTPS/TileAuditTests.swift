import Foundation
import TestKit
import Testing

/// The log over HTTPS under the eyes of Go's `sumdb/note` and `sumdb/tlog`.
@Suite(.enabled(if: GoProgram.isWanted))
struct TileAuditTests {
    @Test func goVerifiesEveryEntryAndTheGrowthOfTheLog() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        let program = try GoProgram.build("tiles", in: network.folder.path)
        // A tree within its first tile, then one with full tiles and a level above.
        try network.fill(30)
        let first = try audit(network, program)
        let firstSize = try size(first)
        #expect(firstSize > 30 && firstSize < 256)
        let earlier = network.path("earlier")
        try first.write(to: URL(fileURLWithPath: earlier))
        try network.fill(700)
        let second = try audit(network, program, "-earlier", earlier)
        #expect(try size(second) >= firstSize + 700)

        // The same checks must fail where a byte is not what the log committed to.
        for path in ["/checkpoint", "/tile/0/000", "/tile/1/000.p/2", "/tile/entries/001"] {
            #expect(throws: GoProgram.Failure.self, "\(path)") {
                try audit(network, program, "-corrupt", path)
            }
        }
        for swap in ["/tile/0/000=/tile/0/001", "/tile/entries/001=/tile/entries/000"] {
            #expect(throws: GoProgram.Failure.self, "\(swap)") {
                try audit(network, program, "-as", swap)
            }
        }
        // A log that has not grown, and one that is another.
        let latest = network.path("latest")
        try second.write(to: URL(fileURLWithPath: latest))
        let error = #expect(throws: GoProgram.Failure.self) {
            try audit(network, program, "-earlier", latest)
        }
        #expect(error?.message.contains("has not grown") == true)
        #expect(network.stop() == 0)
    }

    @Test func tilesAreTheSameAfterARestart() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        try network.fill(300)
        let paths = ["/tile/0/000", "/tile/entries/000", "/tile/1/000.p/1"]
        let before = try paths.map { try network.request($0, as: "auditor").body }
        #expect(network.stop() == 0)
        try network.start()
        #expect(try paths.map { try network.request($0, as: "auditor").body } == before)
        #expect(before.map(\.count)[0] == 256 * 32)
        let program = try GoProgram.build("tiles", in: network.folder.path)
        #expect(try size(audit(network, program)) > 300)
    }

    @discardableResult
    private func audit(
        _ network: TestNetwork,
        _ program: URL,
        _ more: String...
    ) throws -> Data {
        try GoProgram.run(
            program,
            [
                "-url", network.url, "-vkey", network.verifierKey, "-member",
                network.path("auditor"), "-ca", network.path("ca.pem"),
            ] + more
        )
    }

    private func size(_ checkpoint: Data) throws -> Int {
        let lines = String(decoding: checkpoint, as: UTF8.self).split(separator: "\n")
        return try #require(lines.count > 2 ? Int(lines[1]) : nil)
    }
}
