import Foundation
import Testing

/// A broker with one opaque channel for every topic, and a listener without TLS.
final class ConformanceNetwork {
    let network: TestNetwork

    init(threads: Int = 1) throws {
        network = try TestNetwork(agencies: "CO:PONAL,MX:FGR")
        let file = network.path("broker/avisod.json5")
        let made = try String(contentsOfFile: file, encoding: .utf8)
        let origin = try #require(made.firstMatch(of: #/origin: "([^"]+)"/#)).1
        let sample = TestNetwork.checkout.appendingPathComponent("Config/conformance.json5")
        let text = try String(contentsOf: sample, encoding: .utf8)
            .replacingOccurrences(of: "port: 1883", with: "port: 0")
            .replacingOccurrences(of: "threads: 1", with: "threads: \(threads)")
            .replacingOccurrences(of: "aviso.dev.example/log", with: origin)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try network.start()
    }

    /// The port without TLS.
    func plainPort() throws -> UInt16 {
        let file = network.path("broker/plain-port")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return try #require(UInt16(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// A connection of MQTT 5.0 that CONNACK has accepted.
    func connect(
        _ identifier: String,
        flags: String = "02",
        keepAlive: String = "003C",
        properties: String = "00",
        sessionPresent: String = "00",
        payload: String = ""
    ) throws -> WireClient {
        let client = try WireClient(port: try plainPort())
        let body = "_'MQTT' 05 \(flags) \(keepAlive) \(properties) _'\(identifier)' \(payload)"
        try client.run(.send(0x10, body), identifier)
        try client.run(.expect("20 .. \(sessionPresent) 00"), identifier)
        return client
    }
}
