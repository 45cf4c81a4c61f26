import Foundation
import Testing

private let environment = ProcessInfo.processInfo.environment
private let python = environment["AVISO_PYTHON"] ?? "python3"
private let isWanted =
    environment["AVISO_REQUIRE_INTEROP"] == "1"
    || (try? TestNetwork.run("/usr/bin/env", [python, "-c", "import gmqtt, aiomqtt"]))?.status == 0

/// Clients that are not ours, on an opaque channel: publish, subscribe, retained, will, shared
/// subscription, QoS 2 and a session that waits.
@Suite(.enabled(if: isWanted))
struct ForeignClientScenarioTests {
    private static let scripts = TestNetwork.checkout.appendingPathComponent("Tests/Interop/mqtt")

    private func run(_ program: String, _ arguments: String...) throws {
        let outcome = try TestNetwork.run("/usr/bin/env", [program] + arguments)
        #expect(outcome.status == 0, "\(program): \(outcome.error)")
        #expect(outcome.output.hasSuffix("ok\n"))
    }

    @Test(arguments: ["5", "4"])
    func pahoForPython(version: String) throws {
        let broker = try ConformanceNetwork()
        let script = Self.scripts.appendingPathComponent("paho_client.py").path
        try run(python, script, "\(try broker.plainPort())", version)
    }

    @Test(arguments: ["aiomqtt", "gmqtt"])
    func asyncioClients(library: String) throws {
        let broker = try ConformanceNetwork()
        let script = Self.scripts.appendingPathComponent("asyncio_clients.py").path
        try run(python, script, "\(try broker.plainPort())", library)
    }

    @Test func mqttForNode() throws {
        let broker = try ConformanceNetwork()
        let script = Self.scripts.appendingPathComponent("node_client.js").path
        try run(
            "NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs",
            "nodejs",
            script,
            "\(try broker.plainPort())"
        )
    }

    @Test(arguments: ["mosquitto", "paho_c"], ["5", "311"])
    func commandLineClients(family: String, version: String) throws {
        let broker = try ConformanceNetwork()
        let script = Self.scripts.appendingPathComponent("command_clients.py").path
        try run(python, script, "\(try broker.plainPort())", family, version)
    }

    @Test func mosquittoAsksAndAnswers() throws {
        let broker = try ConformanceNetwork()
        let port = "\(try broker.plainPort())"
        let server = Process()
        // A process group of its own, which can be ended as a whole: the threads that tests run on
        // block SIGTERM, and so do the programs that they start.
        server.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        // Answers one request on the topic that the request names.
        server.arguments = [
            "-s", "KILL", "60", "/bin/sh", "-c",
            "mosquitto_sub -V 5 -p \(port) -t ask -C 1 -F '%R' | while read -r topic; do "
                + "mosquitto_pub -V 5 -p \(port) -t \"$topic\" -m answer; done",
        ]
        try server.run()
        defer {
            kill(-server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        var answer = ""
        // The first requests may come before the server has subscribed.
        for _ in 0..<20 where answer.isEmpty {
            // On a busy machine its own limit (-W) can come before it is connected, and is lost.
            answer = try TestNetwork.run(
                "/usr/bin/timeout",
                [
                    "-s", "KILL", "5", "/usr/bin/mosquitto_rr", "-V", "5", "-p", port, "-t", "ask",
                    "-e", "answers", "-m", "question", "-W", "2",
                ]
            ).output
        }
        #expect(answer == "answer\n")
    }

    @Test func nothingOfItReachesAlertChannels() throws {
        let broker = try ConformanceNetwork()
        let port = "\(try broker.plainPort())"
        let refused = try TestNetwork.run(
            "/usr/bin/mosquitto_sub",
            ["-V", "5", "-p", port, "-t", "alerts/#", "-C", "1", "-W", "5"]
        )
        #expect(refused.output.isEmpty && refused.error.contains("denied"))
        let types = try broker.network.replay().compactMap { $0["type"] as? String }
        #expect(types.contains("refusal"))
    }
}
