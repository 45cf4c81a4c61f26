import Foundation
import Testing

/// What bad input gets: a clear error, an entry in the log, and nobody else disturbed.
@Suite struct RefusalTests {
    @Test func anErrorLeavesTheTerminalAlone() throws {
        let outcome = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["prove-complete", "\u{1B}[31m\u{202E}K"]
        )
        #expect(outcome.status == 2)
        #expect(outcome.error.contains("\u{FFFD}[31m\u{FFFD}K is one word too many"))
    }

    @Test func forgedAndMisplacedAlertsAreRefusedWithTheirReasonAndLogged() throws {
        let network = try TestNetwork()
        try network.start()
        let sealed = network.path("payload")
        _ = try network.aviso(
            "agencies/CO-PONAL",
            "seal",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            "MX:FGR",
            "--out",
            sealed,
            TestNetwork.sample("diversion-incident")
        )
        let payload = try #require(FileManager.default.contents(atPath: sealed))
        let topic = "alerts/chemical-diversion/diversion-incident"

        func refused(_ bytes: Data, as agency: String, on topic: String) throws -> String {
            let path = network.path("attempt")
            try bytes.write(to: URL(fileURLWithPath: path))
            return try network.mosquitto(
                "mosquitto_pub",
                as: agency,
                "-q",
                "1",
                "-t",
                topic,
                "-f",
                path
            ).error
        }
        var flippedContent = payload
        flippedContent[payload.count - 1] ^= 1
        // The statement ends in its signature, right in front of the content's tag 96.
        let contentStart = try #require(payload.range(of: Data([0xD8, 0x60, 0x84]))).lowerBound
        var flippedSignature = payload
        flippedSignature[contentStart - 1] ^= 1

        #expect(try refused(flippedContent, as: "CO-PONAL", on: topic).contains("altered"))
        #expect(try refused(flippedSignature, as: "CO-PONAL", on: topic).contains("signature"))
        #expect(try refused(payload, as: "PE-DEVIDA", on: topic).contains("issuer CO:PONAL"))
        #expect(
            try refused(payload, as: "CO-PONAL", on: "alerts/intelligence/intelligence-report")
                .contains("disagrees")
        )
        #expect(try refused(payload, as: "CO-PONAL", on: "elsewhere").contains("names no channel"))
        #expect(try refused(Data([1, 2, 3]), as: "CO-PONAL", on: topic).contains("CBOR array"))
        #expect(try refused(payload, as: "CO-PONAL", on: topic) == "")

        let refusals = try network.replay().filter { $0["type"] as? String == "refusal" }
        #expect(
            refusals.compactMap { $0["reason"] as? Int } == [153, 135, 135, 144, 144, 153]
        )
    }

    @Test func connectionsThatMayNotBeAreRefused() throws {
        let network = try TestNetwork()
        let stranger = try TestNetwork(agencies: "CO:PONAL")
        try network.start()
        let anonymous = try TestNetwork.run(
            "/usr/bin/mosquitto_pub",
            [
                "-V", "5", "-h", "localhost", "-p", network.port, "--cafile",
                network.path("ca.pem"), "-q", "1", "-t", "alerts/a/b", "-m", "x",
            ]
        )
        #expect(anonymous.status != 0)
        let foreign = try TestNetwork.run(
            "/usr/bin/mosquitto_pub",
            [
                "-V", "5", "-h", "localhost", "-p", network.port, "--cafile",
                network.path("ca.pem"), "--cert", stranger.path("agencies/CO-PONAL/tls.pem"),
                "--key", stranger.path("agencies/CO-PONAL/tls.key"), "-q", "1", "-t",
                "alerts/a/b", "-m", "x",
            ]
        )
        #expect(foreign.status != 0)
        let old = try TestNetwork.run(
            "/usr/bin/mosquitto_pub",
            [
                "-V", "mqttv311", "-h", "localhost", "-p", network.port, "--cafile",
                network.path("ca.pem"), "--cert", network.path("agencies/CO-PONAL/tls.pem"),
                "--key", network.path("agencies/CO-PONAL/tls.key"), "-q", "1", "-t",
                "alerts/a/b", "-m", "x",
            ]
        )
        #expect(old.status != 0)
        let refusals = try network.replay().filter { $0["type"] as? String == "refusal" }
        let texts = refusals.compactMap { $0["text"] as? String }
        #expect(texts.contains { $0.contains("no certificate") })
        #expect(texts.contains { $0.contains("not issued by the network's authority") })
        #expect(texts.contains { $0.contains("protocol version 4") })
    }

    @Test func theToolSaysWhatIsWrongAndReturnsItsCode() throws {
        let network = try TestNetwork()
        #expect(try network.aviso("agencies/CO-PONAL", "nonsense").status == 2)
        #expect(try network.aviso("agencies/CO-PONAL", "publish", "--json").status == 2)
        let notRunning = try network.aviso("agencies/CO-PONAL", "status")
        #expect(notRunning.status == 3, "no broker has written its port yet")
        try network.start()
        network.stop()
        #expect(try network.aviso("agencies/CO-PONAL", "status").status == 3)
        #expect(try network.aviso("auditor", "--help").status == 0)
    }

    @Test func aLogIsNeitherSharedNorMadeAnewInSilence() throws {
        let network = try TestNetwork()
        try network.start()
        let configuration = network.path("broker/avisod.json5")
        let avisod = TestNetwork.program("avisod").path
        let second = try TestNetwork.run(avisod, ["--config", configuration])
        #expect(second.status == 1)
        #expect(second.error.contains("another avisod"))
        #expect(network.stop() == 0)
        try FileManager.default.removeItem(atPath: network.path("broker/log/segments"))
        let lost = try TestNetwork.run(avisod, ["--config", configuration])
        #expect(lost.status == 1)
        #expect(lost.error.contains("the checkpoint says 7 entries and there are 0"))
    }
}
