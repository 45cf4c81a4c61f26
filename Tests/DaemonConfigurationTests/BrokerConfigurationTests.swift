import BrokerCore
import Configuration
import DaemonConfiguration
import Foundation
import HTTPEngine
import Testing

@Suite struct BrokerConfigurationTests {
    private static let sample = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Config/avisod.json5")

    private let small = """
        {
          listen: { host: "127.0.0.1" },
          tls: { certificate: "tls.pem", key: "tls.key", ca: "../ca.pem" },
          log: { directory: "log", origin: "aviso.example/log", key: "log.key" },
          directory: "../directory.json5",
        }
        """

    @Test func theSampleShowsTheDefaults() throws {
        let sample = try BrokerConfiguration(file: Self.sample.path)
        let defaults = try read(small)
        #expect(sample.limits == defaults.limits)
        #expect(sample.limits == BrokerLimits())
        #expect(sample.threads == defaults.threads)
        #expect(sample.drainSeconds == defaults.drainSeconds)
        #expect(sample.log.segmentByteCountMax == defaults.log.segmentByteCountMax)
        #expect(sample.listen.port == defaults.listen.port)
    }

    @Test func theSampleShowsEveryLimit() throws {
        let text = try String(contentsOf: Self.sample, encoding: .utf8)
        for child in Mirror(reflecting: BrokerLimits()).children {
            let key = try #require(child.label)
            #expect(text.contains("\n    \(key): \(child.value),"), "\(key)")
        }
    }

    @Test func pathsAreRelativeToTheFile() throws {
        let configuration = try read(small)
        #expect(configuration.tls.key.hasSuffix("/broker/tls.key"))
        #expect(configuration.log.directory.hasSuffix("/broker/log"))
        #expect(!configuration.directory.contains(".."))
        #expect(configuration.listen.portFile == nil)
    }

    @Test(arguments: [
        (
            "packetByteCountMax: 8192", "limits.packetByteCountMax",
            "must be at least statementByteCountMax + contentByteCountMax + 1024 (1065984)"
        ),
        (
            "outboundByteCountMax: 65536", "limits.outboundByteCountMax",
            "must be at least packetByteCountMax (1114112)"
        ),
        (
            "issuedAgeMaxSeconds: 60", "limits.issuedAgeMaxSeconds",
            "must be at least clockToleranceSeconds (300)"
        ),
        ("receiveMaximum: 0", "limits.receiveMaximum", "must be 1 to 2048"),
        ("receiveMaximum: 2049", "limits.receiveMaximum", "must be 1 to 2048"),
        ("statementByteCountMax: 65000", "limits.statementByteCountMax", "must be 1024 to 49152"),
        ("connectionsMax: -1", "limits.connectionsMax", "must be 1 to 1000000"),
    ])
    func namesTheLimitAndItsRule(limit: String, key: String, rule: String) throws {
        let text = small.dropLast() + "limits: { \(limit) } }"
        let error = #expect(throws: ConfigurationError.self) { try read(String(text)) }
        #expect(error?.key == key)
        #expect(error?.problem == rule)
    }

    @Test(arguments: [
        ("threads: 1000", "threads"), ("drainSeconds: 0", "drainSeconds"),
        ("limits: { colour: 1 }", "limits.colour"), ("colour: 1", "colour"),
        ("limits: { receiveMaximum: 65536 }", "limits.receiveMaximum"),
    ])
    func namesTheKeyAtFault(addition: String, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try read(String(small.dropLast() + addition + "}"))
        }
        #expect(error?.key == key)
    }

    @Test func httpsIsOffUnlessAskedFor() throws {
        #expect(try read(small).https == nil)
        let text = small.dropLast() + "https: { host: \"::1\", portFile: \"p\" } }"
        let https = try #require(try read(String(text)).https)
        #expect(https.host == "::1")
        #expect(https.port == 8443)
        #expect(https.portFile?.hasSuffix("/broker/p") == true)
    }

    @Test func theSampleShowsEveryLimitOfHTTPS() throws {
        let text = try String(contentsOf: Self.sample, encoding: .utf8)
        for child in Mirror(reflecting: HTTPLimits()).children {
            let key = try #require(child.label)
            #expect(text.contains("\n      \(key): \(child.value),"), "\(key)")
        }
        let sample = try BrokerConfiguration(file: Self.sample.path)
        #expect(sample.httpsLimits == HTTPLimits())
        #expect(sample.httpsSubmissionsMax == (try read(small).httpsSubmissionsMax))
    }

    @Test func aLimitOfHTTPSReplacesItsDefault() throws {
        let keys = "limits: { idleSeconds: 3, submissionsMax: 1 }"
        let text = small.dropLast() + "https: { host: \"::1\", \(keys) }, "
        let limits = "limits: { packetByteCountMax: 2000000, outboundByteCountMax: 4194304 } }"
        let configuration = try read(String(text + limits))
        #expect(configuration.httpsLimits.idleSeconds == 3)
        #expect(configuration.httpsLimits.requestSeconds == 60)
        #expect(configuration.httpsLimits.bodyByteCountMax == 2_000_000)
        #expect(configuration.httpsSubmissionsMax == 1)
    }

    @Test(arguments: [
        ("host: \"\"", "https.host", "must not be empty"),
        (
            "host: \"::1\", port: 8883", "https.port",
            "must not be the port of another listener (8883)"
        ),
        (
            "host: \"::1\", limits: { idleSeconds: 0 }", "https.limits.idleSeconds",
            "must be 1 to 3600"
        ),
        (
            "host: \"::1\", limits: { bodyByteCountMax: 65536 }", "https.limits.bodyByteCountMax",
            "must be at least statementByteCountMax + contentByteCountMax + 1024 (1065984)"
        ),
        (
            "host: \"::1\", limits: { connectionsMax: 8 }", "https.limits.connectionsPerClientMax",
            "must be at most connectionsMax (8)"
        ),
        ("host: \"::1\", limits: { colour: 1 }", "https.limits.colour", nil),
        ("host: \"::1\", colour: 1", "https.colour", nil), ("port: 1", "https.host", nil),
    ])
    func namesWhatIsWrongWithHTTPS(keys: String, key: String, problem: String?) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try read(String(small.dropLast() + "https: { \(keys) } }"))
        }
        #expect(error?.key == key)
        if let problem { #expect(error?.problem == problem) }
    }

    @Test func aSegmentHoldsTheLargestRecord() throws {
        let text = small.replacingOccurrences(
            of: "key: \"log.key\"",
            with: "key: \"log.key\", segmentByteCountMax: 1048576"
        )
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(error?.key == "log.segmentByteCountMax")
    }

    private func read(_ text: String) throws -> BrokerConfiguration {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-\(UUID().uuidString)/broker", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let file = folder.appendingPathComponent("avisod.json5")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try BrokerConfiguration(file: file.path)
    }
}
