import Base
import CBOR
import COSE
import Foundation
import TestKit
import Testing

private let program = ForeignProgram.python("log/scrapi.py")

/// Publishing over HTTPS: the same rules, the same log and the same receipts as over MQTT.
@Suite struct RegistrationTests {
    private static let author = "agencies/CO-PONAL"

    @Test func anAlertPublishedOverHTTPSIsDeliveredOverMQTT() throws {
        let network = try TestNetwork()
        try network.start()
        let payload = network.path("payload")
        let sealed = try network.aviso(
            Self.author,
            "seal",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            "MX:FGR,US:DEA",
            "--tlp",
            "AMBER",
            "--out",
            payload,
            TestNetwork.sample("diversion-incident")
        )
        try #require(sealed.status == 0, "\(sealed.error)")
        let answer = try network.register(file: payload, as: Self.author)
        #expect(answer.status == 201)
        #expect(answer.header.contains("Content-Type: application/scitt-receipt+cose\r\n"))
        let location = try #require(answer.field("Location"))

        let received = try network.received(by: "MX:FGR", count: 1)
        let alert = try #require(received.objects.first)
        #expect(alert["from"] as? String == "CO:PONAL")
        #expect(alert["verified"] as? Bool == true)
        #expect(location == "/entries/\(alert["index"] as? Int ?? -1)")

        // The receipt verifies by itself, and in the transparent statement.
        let receipt = Base64.encodeURL(Array(answer.body))
        let verified = try network.aviso(
            "agencies/MX-FGR",
            "verify-receipt",
            "--receipt",
            receipt,
            "--json",
            payload
        )
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.objects.first?["index"] as? Int == alert["index"] as? Int)
        let transparent = network.path("transparent")
        let accept = "Accept: application/scitt-statement+cose"
        let whole = try network.request(location, as: "agencies/US-DEA", "-H", accept)
        #expect(whole.status == 200)
        try whole.body.write(to: URL(fileURLWithPath: transparent))
        let proof = try network.aviso("auditor", "verify-receipt", "--json", transparent)
        #expect(proof.status == 0, "\(proof.error)")
        #expect(try network.replay().last?["verified"] as? Bool == true)
    }

    @Test func theToolPublishesOverHTTPS() throws {
        let network = try TestNetwork()
        try network.start()
        func publish(_ kind: String, _ channel: String) throws -> TestNetwork.Outcome {
            try network.aviso(
                Self.author,
                "publish",
                "--https",
                "--channel",
                channel,
                "--kind",
                kind,
                "--to",
                "MX:FGR",
                "--tlp",
                "AMBER",
                "--json",
                TestNetwork.sample(kind)
            )
        }
        let published = try publish("diversion-incident", "chemical-diversion")
        #expect(published.status == 0, "\(published.error)")
        let alert = try #require(published.objects.first)
        #expect(alert["count"] as? [String: Int] == ["MX:FGR": 1])
        let urn = try #require(alert["alert"] as? String)
        let proof = try network.aviso(Self.author, "verify-receipt", "--json", urn)
        #expect(proof.status == 0, "\(proof.error)")
        #expect(proof.objects.first?["index"] as? Int == alert["index"] as? Int)
        // A refusal is told in the broker's words.
        #expect(network.stop() == 0)
        try network.permit("CO:PONAL", "publish", ["intelligence"])
        try network.start()
        let refused = try publish("diversion-incident", "chemical-diversion")
        #expect(refused.status == 1)
        #expect(refused.error.contains("CO:PONAL may not publish on chemical-diversion"))
    }

    @Test func theSameAlertGetsTheSameReceiptWhicheverWayItComes() throws {
        let network = try TestNetwork()
        try network.start()
        let payload = try Forger(network: network).seal()
        let first = try network.register(payload, as: Self.author)
        #expect(first.status == 201)
        #expect(try network.register(payload, as: Self.author).body == first.body)
        let file = network.path("payload")
        try Data(payload).write(to: URL(fileURLWithPath: file))
        let published = try network.mosquitto(
            "mosquitto_pub",
            as: "CO-PONAL",
            "-q",
            "1",
            "-t",
            Forger.topic(),
            "-f",
            file
        )
        #expect(published.status == 0, "\(published.error)")
        let entries = try network.replay().filter { $0["type"] as? String == "alert" }
        #expect(entries.count == 1)

        // What was answered is on disk: the receipt outlives the broker that gave it.
        let location = try #require(first.field("Location"))
        network.stop(SIGKILL)
        try network.start()
        #expect(try network.request(location, as: Self.author).body == first.body)
        #expect(try network.register(payload, as: Self.author).body == first.body)
    }

    @Test func onlyThoseConcernedGetAReceipt() throws {
        let network = try TestNetwork()
        try network.start()
        let answer = try network.register(Forger(network: network).seal(), as: Self.author)
        let location = try #require(answer.field("Location"))
        for member in [Self.author, "agencies/MX-FGR", "auditor", "operator"] {
            let receipt = try network.request(location, as: member)
            #expect(receipt.status == 200, "\(member)")
            #expect(receipt.body == answer.body)
        }
        for (member, path) in [
            ("agencies/US-DEA", location), ("auditor", "/entries/0"), ("auditor", "/entries/x"),
            ("auditor", location + "/"), ("auditor", "/entries/0\(location.dropFirst(9))"),
        ] {
            let problem = try network.request(path, as: member)
            #expect(problem.status == 404, "\(member) \(path)")
            #expect(try problem.problem.title == "Not Found")
        }
    }

    @Test func refusalsAreProblemDetailsWithTheSentencesOfMQTT() throws {
        let network = try TestNetwork(limits: [
            "contentByteCountMax": 8192, "packetByteCountMax": 40_000,
        ])
        try network.start()
        let forger = Forger(network: network)
        let stranger = try forger.seal { $0.author = "MX:FGR" }
        let forged = try forger.seal {
            $0.signer = "MX:FGR"
            $0.isMasked = true
        }
        let large = try forger.seal { $0.form = [UInt8](repeating: 0x20, count: 10_000) }
        let old = try forger.seal { $0.issuedAt = WallTime(seconds: 1_700_000_000) }
        let outside = try forger.seal { $0.sealedTo = ["MX:FGR", "US:DEA"] }
        for (payload, status, title, sentence) in [
            (stranger, 403, "Rejected", "issuer MX:FGR is not the agency of the TLS certificate"),
            (forged, 403, "Rejected", "the signature does not verify under CO:PONAL's registered"),
            (large, 413, "Too Large", "8192"),
            (old, 400, "Rejected", "issue the alert anew"),
            (outside, 400, "Malformed request", "which `to` does not name"),
            ([0x82, 0x01], 400, "Malformed request", "it ends too early"),
        ] {
            let answer = try network.register(payload, as: Self.author)
            #expect(answer.status == status, "\(sentence)")
            let problem = try answer.problem
            #expect(problem.title == title)
            #expect(problem.detail.contains(sentence), "\(problem.detail)")
        }
        let alert = try forger.seal()
        for member in ["auditor", "operator"] {
            let answer = try network.register(alert, as: member)
            #expect(answer.status == 403)
            #expect(try answer.problem.detail.contains("only agencies publish alerts"))
        }
        // Each stands in the log as a refused publish, and none is an alert.
        let entries = try network.replay()
        #expect(entries.filter { $0["type"] as? String == "refusal" }.count == 8)
        #expect(!entries.contains { $0["type"] as? String == "alert" })
    }

    @Test func theAgencysRatesHoldOverHTTPSToo() throws {
        let network = try TestNetwork(limits: ["publishesPerSecond": 1, "burstSeconds": 1])
        try network.start()
        let forger = Forger(network: network)
        // Both come within the second for which there is one.
        var limited: TestNetwork.Answer?
        for _ in 0..<10 where limited == nil {
            let payloads = try [forger.seal(), forger.seal()]
            let answers = try payloads.map { try network.register($0, as: Self.author) }
            limited = answers.first { $0.status != 201 }
        }
        let answer = try #require(limited)
        #expect(answer.status == 429)
        #expect(answer.field("Retry-After") == "1")
        #expect(try answer.problem.detail.contains("publishes more than 1 messages a second"))
    }

    @Test func whoIsNoMemberIsRefusedAndLogged() throws {
        let network = try TestNetwork(agencies: "CO:PONAL,MX:FGR")
        let payload = try Forger(network: network).seal()
        try network.remove("CO:PONAL")
        try network.start()
        let before = try network.metrics()["aviso_https_refused_total"] ?? 0
        let answer = try network.register(payload, as: Self.author)
        #expect(answer.status == 403)
        #expect(try answer.problem.detail == "CO:PONAL is not in the directory as agency.")
        #expect(try network.metrics()["aviso_https_refused_total"] == before + 1)
        let refusal = try #require(
            try network.replay().first { $0["type"] as? String == "refusal" }
        )
        #expect("\(refusal)".contains("not in the directory"))
    }

    @Test func aBrokerThatCannotWriteItsLogSaysSo() throws {
        let network = try TestNetwork(limits: ["contentByteCountMax": 4096])
        try network.openTestChannel()
        try network.shrinkSegments()
        try network.start(fileByteCountMax: 132 << 10)
        let forger = Forger(network: network)
        var answer = try network.register(try forger.seal(), as: Self.author)
        #expect(answer.status == 201)
        for _ in 0..<40 where answer.status == 201 {
            try? network.fill(100)
            answer = try network.register(try forger.seal(), as: Self.author)
        }
        #expect(answer.status == 503)
        #expect(try answer.problem.detail.contains("cannot write its log"))
    }

    private struct Given: Encodable {
        let authority: String
        let certificate: String
        let privateKey: String
        let port: Int
        let origin: String
        let payload: String
    }

    private struct Said: Decodable {
        struct Problem: Decodable {
            let status: Int
            let title: String
            let detail: String
        }

        let location: String?
        let index: Int?
        let counts: [String: Int]?
        let receipt: String?
        let problems: [Problem]?
        let refused: String?
    }

    @Test(.enabled(if: program.isWanted(probe: ["probe"])))
    func pythonRegistersAndVerifies() throws {
        let network = try TestNetwork()
        try network.start()
        let payload = try Forger(network: network).seal()
        let port = try network.url.split(separator: ":").last.flatMap { Int($0) }
        let given = Given(
            authority: network.path("ca.pem"),
            certificate: network.path("\(Self.author)/tls.pem"),
            privateKey: network.path("\(Self.author)/tls.key"),
            port: try #require(port),
            origin: try #require(network.verifierKey.split(separator: "+").first.map(String.init)),
            payload: Hex.encode(payload)
        )
        let said = try program.call("register", given, as: Said.self)
        #expect(said.refused == nil)
        #expect(said.counts == ["MX:FGR": 1])
        #expect(said.location == "/entries/\(said.index ?? -1)")
        #expect(said.problems?.map(\.status) == [400, 400, 415, 404, 404, 405, 404])
        #expect(
            said.problems?.map(\.title) == [
                "Malformed request", "Payload Missing", "Unsupported Media Type", "Not Found",
                "Not Found", "Method Not Allowed", "No such key",
            ]
        )
    }
}

extension TestNetwork.Answer {
    /// The concise problem details (RFC 9290).
    var problem: (title: String, detail: String) {
        get throws {
            let type = "Content-Type: application/concise-problem-details+cbor\r\n"
            try #require(header.contains(type), "\(header)")
            let value = try LibCBOR().decode(Array(body)[...], limits: CBORLimits())
            let map = try #require(value.mapValue)
            return (
                try #require(map[-1]?.textValue), try #require(map[-2]?.textValue)
            )
        }
    }

    /// The value of a field of the header.
    func field(_ name: String) -> String? {
        let line = header.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }
        return line.map { String($0.dropFirst(name.count + 2)) }
    }
}

extension TestNetwork {
    /// Publishes a payload over HTTPS.
    func register(_ payload: [UInt8], as member: String) throws -> Answer {
        let file = path("payload-\(Foundation.UUID().uuidString)")
        try Data(payload).write(to: URL(fileURLWithPath: file))
        return try register(file: file, as: member)
    }

    /// Publishes the payload of a file over HTTPS.
    func register(file: String, as member: String) throws -> Answer {
        let type = "Content-Type: application/aviso-alert+cbor"
        return try request("/entries", as: member, "-H", type, "--data-binary", "@" + file)
    }

    /// Takes a member out of the directory.
    func remove(_ member: String) throws {
        try edit("directory.json5") { text in
            let id = try #require(text.range(of: "id: \"\(member)\""))
            let end = try #require(text.range(of: "},", range: id.upperBound..<text.endIndex))
            let start = try #require(
                text.range(of: "{", options: .backwards, range: text.startIndex..<id.lowerBound)
            )
            text.removeSubrange(start.lowerBound..<end.upperBound)
        }
    }

    /// Has a new segment begin as early as may be.
    func shrinkSegments() throws {
        try edit("broker/avisod.json5") { text in
            let key = try #require(text.range(of: "key: \"log.key\""))
            text.insert(contentsOf: ", segmentByteCountMax: 135168", at: key.upperBound)
        }
    }
}
