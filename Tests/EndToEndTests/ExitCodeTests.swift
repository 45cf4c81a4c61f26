import Foundation
import Testing

/// The same mistake has the same exit code, whichever command meets it.
@Suite struct ExitCodeTests {
    private static let unknown = "urn:uuid:01990000-0000-7000-8000-000000000001"

    @Test func whatIsNotThereIsRefusedByEveryCommand() throws {
        let network = try TestNetwork()
        try network.start()
        let order = network.path("order.txt")
        try Data("order".utf8).write(to: URL(fileURLWithPath: order))
        let out = network.path("out")
        let commands: [(String, [String])] = [
            (Self.reader, ["attachment", "list", "4711"]),
            (Self.reader, ["case", "show", Self.unknown]),
            (
                Self.reader,
                ["consent", "request", "4711", "--for", "US:DEA", "--purpose", "Same route"]
            ),
            (Self.reader, ["prove", Self.unknown, "--out", out]),
            (Self.reader, ["receipt", Self.unknown, "--out", out]),
            (Self.reader, ["track", "4711"]),
            ("operator", ["redact", "4711", "--order", order]),
            ("operator", ["redact", "0", "--order", order]),
            ("auditor", ["prove", "4711", "--out", out]),
        ]
        for (profile, words) in commands {
            let outcome = try run(network, profile, words)
            #expect(outcome.status == 1, "\(words): \(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func aProfileThatMayNotIsWrongUseOfEveryCommand() throws {
        let network = try TestNetwork()
        try network.start()
        let order = network.path("order.txt")
        try Data("order".utf8).write(to: URL(fileURLWithPath: order))
        for words in [["replay"], ["stats"], ["audit"], ["redact", "0", "--order", order]] {
            let outcome = try run(network, Self.reader, words)
            #expect(outcome.status == 2, "\(words): \(outcome.error)")
            #expect(outcome.error.contains("the log's entries are for auditors and operators"))
        }
    }

    @Test func aFileIsWrongUseAndAFailureIsNot() throws {
        let network = try TestNetwork()
        let missing = network.path("missing")
        let empty = network.path("empty")
        try FileManager.default.createDirectory(
            atPath: empty,
            withIntermediateDirectories: false
        )
        for words in [
            ["form", "check", "--kind", "diversion-incident", missing],
            ["form", "check", "--kind", "diversion-incident", empty], ["log", "check", empty],
            ["audit", "--log", empty],
        ] {
            let outcome = try run(network, "auditor", words)
            #expect(outcome.status == 2, "\(words): \(outcome.error)")
            #expect(!outcome.error.contains("create"), "\(outcome.error)")
        }
        // Whoever has the port is not the reader's mistake.
        try network.start()
        let keys = network.path("witness")
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: false)
        #expect(try run(network, "auditor", ["keygen", keys]).status == 0)
        let vkey = try network.verifierKey
        let taken = try run(
            network,
            "auditor",
            [
                "witness", "--origin", "witness.example/x", "--key", keys + "/signing.key",
                "--listen", "127.0.0.1:\(network.port)", "--log-key", vkey, "--state", keys,
            ]
        )
        #expect(taken.status == 1, "\(taken.error)")
    }

    private static let reader = "agencies/MX-FGR"

    private func run(
        _ network: TestNetwork,
        _ profile: String,
        _ words: [String]
    ) throws -> TestNetwork.Outcome {
        try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", network.path(profile)] + words
        )
    }
}
