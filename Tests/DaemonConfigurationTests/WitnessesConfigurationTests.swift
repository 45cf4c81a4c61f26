import Configuration
import DaemonConfiguration
import Testing

@Suite struct WitnessesConfigurationTests {
    private static let one =
        "{ name: \"w.example/1\", url: \"http://[::1]:80\", key: \"w.example/1+0\" }"
    private static let two =
        "{ name: \"w.example/2\", url: \"https://b/c\", key: \"w.example/2+0\" }"

    @Test func thereAreNoneUnlessAskedFor() throws {
        #expect(try read(nil).witnesses == nil)
    }

    @Test func allOfTheListAreRequiredUnlessSaidOtherwise() throws {
        let usual = try #require(try read("{ list: [\(Self.one), \(Self.two)] }").witnesses)
        #expect(usual.required == 2)
        #expect(usual.lagSeconds == 60)
        #expect(usual.timeoutSeconds == 5)
        #expect(usual.tls == nil)
        #expect(usual.list.map(\.name) == ["w.example/1", "w.example/2"])
        #expect(usual.list[1].url == "https://b/c")
        let keys = "required: 1, lagSeconds: 9, timeoutSeconds: 3, "
        let tls = "tls: { certificate: \"a\", key: \"b\", ca: \"c\" }, "
        let other = try #require(
            try read("{ \(keys)\(tls)list: [\(Self.one), \(Self.two)] }").witnesses
        )
        #expect(other.required == 1)
        #expect(other.lagSeconds == 9)
        #expect(other.tls?.authority.hasSuffix("/broker/c") == true)
    }

    @Test(arguments: [
        ("list: []", "witnesses.list"),
        ("required: 2, list: [\(one)]", "witnesses.required"),
        ("required: 0, list: [\(one)]", "witnesses.required"),
        ("timeoutSeconds: 0, list: [\(one)]", "witnesses.timeoutSeconds"),
        ("lagSeconds: 14, list: [\(one)]", "witnesses.lagSeconds"),
        ("list: [\(one), \(one)]", "witnesses.list[1].name"),
        ("list: [{ name: \"a b\", url: \"http://a\", key: \"a b+0\" }]", "witnesses.list[0].name"),
        ("list: [{ name: \"a\", url: \"ftp://a\", key: \"a+0\" }]", "witnesses.list[0].url"),
        ("list: [{ name: \"a\", url: \"http://a/\", key: \"a+0\" }]", "witnesses.list[0].url"),
        ("list: [{ name: \"a\", url: \"http://a\", key: \"b+0\" }]", "witnesses.list[0].key"),
        ("list: [\(one)], colour: 1", "witnesses.colour"),
    ]) func whatCannotBeIsRefusedByItsKey(keys: String, key: String) {
        let error = #expect(throws: ConfigurationError.self) { try read("{ \(keys) }") }
        #expect(error?.message.contains(key) == true, "\(error?.message ?? "")")
    }

    @Test func theyNeedTheHTTPSServer() {
        let error = #expect(throws: ConfigurationError.self) {
            try read("{ list: [\(Self.one)] }", https: "")
        }
        #expect(error?.message.contains("needs the key https") == true)
    }

    private func read(
        _ witnesses: String?,
        https: String = "https: { host: \"::1\" },"
    ) throws(ConfigurationError) -> BrokerConfiguration {
        let text = """
            {
              listen: { host: "127.0.0.1" },
              tls: { certificate: "tls.pem", key: "tls.key", ca: "../ca.pem" },
              log: { directory: "log", origin: "aviso.example/log", key: "log.key" },
              directory: "../directory.json5",
              \(https)
              \(witnesses.map { "witnesses: \($0)," } ?? "")
            }
            """
        return try BrokerConfiguration(
            decoding: Array(text.utf8),
            file: "/etc/aviso/broker/avisod.json5"
        )
    }
}
