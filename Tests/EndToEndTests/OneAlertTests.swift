import Foundation
import Testing

/// One alert from its author to its readers, the log and the auditor.
@Suite struct OneAlertTests {
    @Test func publishSubscribeReplayAndVerify() throws {
        let network = try TestNetwork()
        try network.start()
        let published = try network.publish(
            TestNetwork.Statement(
                author: "CO:PONAL",
                recipients: "MX:FGR,US:DEA",
                more: ["--tlp", "AMBER"]
            )
        )
        #expect(published.status == 0, "\(published.error)")
        let alert = try #require(published.objects.first)
        #expect(alert["count"] as? [String: Int] == ["MX:FGR": 1, "US:DEA": 1])
        let urn = try #require(alert["alert"] as? String)
        #expect(urn.hasPrefix("urn:uuid:"))

        let received = try network.aviso(
            "agencies/MX-FGR",
            "subscribe",
            "--channel",
            "chemical-diversion",
            "--from",
            "0",
            "--count",
            "1",
            "--json"
        )
        let opened = try #require(received.objects.first)
        #expect(opened["from"] as? String == "CO:PONAL")
        #expect(opened["count"] as? Int == 1)
        #expect(opened["verified"] as? Bool == true)
        #expect(opened["alert"] as? String == urn)
        let form = try #require(opened["form"] as? NSDictionary)
        let sampleBytes = try #require(
            FileManager.default.contents(atPath: TestNetwork.sample("diversion-incident"))
        )
        let sample = try JSONSerialization.jsonObject(with: sampleBytes) as? NSDictionary
        #expect(form == sample)

        let records = try network.replay()
        #expect(records.last?["verified"] as? Bool == true)
        #expect(records.first?["type"] as? String == "genesis")
        #expect(records.contains { $0["alert"] as? String == urn && $0["verified"] != nil })

        let proof = try network.aviso("agencies/CO-PONAL", "verify-receipt", "--json", urn)
        #expect(proof.status == 0, "\(proof.error)")
        #expect(proof.objects.first?["index"] as? Int == alert["index"] as? Int)
        #expect(network.stop() == 0)
    }

    @Test func anotherReceiptDoesNotVerify() throws {
        let network = try TestNetwork()
        try network.start()
        var alerts: [[String: Any]] = []
        for _ in 0..<2 {
            let outcome = try network.publish(
                TestNetwork.Statement(
                    author: "CO:PONAL",
                    recipients: "US:DEA",
                    kind: "intelligence-report",
                    more: ["--tlp", "RED"]
                )
            )
            let object = try #require(outcome.objects.first, "\(outcome.error)")
            alerts.append(object)
        }
        let first = try #require(alerts[0]["alert"] as? String)
        let second = try #require(alerts[1]["receipt"] as? String)
        let outcome = try network.aviso(
            "agencies/CO-PONAL",
            "verify-receipt",
            "--receipt",
            second,
            first
        )
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("signature"))
    }

    @Test func anyMQTTClientPublishesAndReceivesByteForByte() throws {
        let network = try TestNetwork()
        try network.start()
        let sealed = network.path("payload")
        let made = try network.aviso(
            "agencies/CO-PONAL",
            "seal",
            "--channel",
            "trafficking-trends",
            "--kind",
            "new-behaviour",
            "--to",
            "MX:FGR",
            "--out",
            sealed,
            TestNetwork.sample("new-behaviour")
        )
        #expect(made.status == 0, "\(made.error)")
        let topic = "alerts/trafficking-trends/new-behaviour"
        for _ in 0..<2 {
            // The same bytes again get the same receipt, and no second entry.
            let published = try network.mosquitto(
                "mosquitto_pub",
                as: "CO-PONAL",
                "-q",
                "1",
                "-t",
                topic,
                "-f",
                sealed
            )
            #expect(published.status == 0)
            #expect(!published.error.contains("failed"), "\(published.error)")
        }
        let received = network.path("received")
        let file = try TestNetwork.run(
            "/bin/bash",
            [
                "-c",
                "exec mosquitto_sub -V 5 -h localhost -p \(network.port) --cafile "
                    + "\(network.path("ca.pem")) --cert \(network.path("agencies/MX-FGR/tls.pem")) "
                    + "--key \(network.path("agencies/MX-FGR/tls.key")) -q 1 -t 'alerts/#' -C 1 -N "
                    + "-D subscribe user-property aviso-from 0 -W 20 > \(received)",
            ]
        )
        #expect(file.status == 0, "\(file.error)")
        #expect(
            FileManager.default.contents(atPath: received)
                == FileManager.default.contents(atPath: sealed)
        )
        #expect(try network.replay().count { $0["type"] as? String == "alert" } == 1)
    }

    @Test func sealWritesDistinctFramedPayloads() throws {
        let network = try TestNetwork()
        let path = network.path("frames")
        let made = try network.aviso(
            "agencies/CO-PONAL",
            "seal",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            "MX:FGR",
            "--count",
            "20",
            "--out",
            path,
            TestNetwork.sample("diversion-incident")
        )
        #expect(made.status == 0, "\(made.error)")
        var rest = try #require(FileManager.default.contents(atPath: path))[...]
        var payloads: Set<Data> = []
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            payloads.insert(Data(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        #expect(payloads.count == 20)
    }

    @Test func durableSessionGetsWhatItMissedAfterARestart() throws {
        let network = try TestNetwork()
        try network.start()
        func publish() throws {
            let outcome = try network.publish(
                TestNetwork.Statement(author: "CO:PONAL", recipients: "MX:FGR")
            )
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        func take(_ count: Int) throws -> [Int] {
            let outcome = try network.aviso(
                "agencies/MX-FGR",
                "subscribe",
                "--session",
                "desk",
                "--count",
                "\(count)",
                "--json"
            )
            return outcome.objects.compactMap { $0["count"] as? Int }
        }
        try publish()
        let first = try network.aviso(
            "agencies/MX-FGR",
            "subscribe",
            "--session",
            "desk",
            "--from",
            "0",
            "--count",
            "1",
            "--json"
        )
        #expect(first.objects.compactMap { $0["count"] as? Int } == [1])
        try publish()
        #expect(network.stop() == 0)
        try network.start()
        try publish()
        #expect(try take(2) == [2, 3])
    }
}
