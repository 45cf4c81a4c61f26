import Alerts
import BrokerCore
import Configuration
import DaemonConfiguration

extension FuzzTarget {
    /// JSON, as forms are written in.
    static let json = FuzzTarget(
        "json",
        seeds: [
            #"{"a":[1,-2.5e3,"\u00e9\ud83d\ude00\n"],"b":{"c":null,"d":true,"e":false}}"#,
            "[[[[[[[[]]]]]]]]", "-0.0", "1e308", "123456789012345678", #""\"\\\/""#,
        ].map { Array($0.utf8) }
    ) { bytes throws(BrokenPromise) in
        guard let value = try? JSONValue(parsing: bytes[...]) else { return }
        for text in [value.text, value.indentedText] {
            let again = try? JSONValue(parsing: Array(text.utf8)[...])
            try expect(again == value, "\(value) comes back as \(String(describing: again))")
        }
    }

    /// A broker's configuration file.
    static let configuration = FuzzTarget(
        "configuration",
        seeds: [Array(configurationSeed.utf8)]
    ) { bytes throws(BrokenPromise) in
        let configuration: BrokerConfiguration
        do throws(ConfigurationError) {
            configuration = try BrokerConfiguration(decoding: bytes, file: "fuzz.json5")
        } catch {
            try expect(!error.problem.isEmpty, "a mistake is refused without a sentence")
            return
        }
        try expect(configuration.limits.violations.isEmpty, "limits that contradict are taken")
    }

    private static let configurationSeed = """
        // A broker with everything set.
        {
          listen: { host: "127.0.0.1", port: 8883, portFile: "port" },
          plainListen: { host: 'localhost', port: 0x75B },
          channels: [{ prefix: "test/", envelope: "opaque", refusedFilters: ["test/no"] }],
          tls: { certificate: "a.pem", key: "a.key", ca: "ca.pem" },
          log: { directory: "log", origin: "log.example/1", key: "log.key" },
          directory: "directory.json5",
          threads: 2, drainSeconds: 20,
          limits: { receiveMaximum: 12, contentByteCountMax: 1048576, connectSeconds: 5 },
        }
        """
}
