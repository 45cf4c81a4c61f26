import CBOR
import COSE
import Crypto
import Foundation
import MerkleLog
import Testing

/// The story of a pre-export notification that runs past its deadline: one importing state answers,
/// the other is silent, is reminded, is named, and answers late.
@Suite struct OverdueNotificationTests {
    private static let answer = #"{"decision": "no-objection"}"#
    private static let names = ["CO-PONAL", "MX-FGR"]

    /// What a statement of silence says of the answers of an agency.
    private func fact(_ statement: [String: Any], _ agency: String) throws -> [String: Any] {
        let reply = try #require(statement["reply"] as? [String: Any])
        let agencies = try #require(reply["agencies"] as? [String: Any])
        return try #require(agencies[agency] as? [String: Any])
    }

    private func statement(
        _ network: TestNetwork,
        of alert: String,
        to file: String
    ) throws -> [String: Any] {
        let outcome = try network.aviso(
            "agencies/CO-PONAL",
            "deadline",
            alert,
            "--out",
            network.path(file),
            "--json"
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        return try #require(outcome.objects.first)
    }

    @Test func silenceIsToldToBothSidesAndProvedToTheAuthor() throws {
        let network = try TestNetwork()
        try network.start()
        let due = TestNetwork.due(in: 12)
        let (alert, index) = try network.say(
            "request",
            as: "CO:PONAL",
            to: "MX:FGR,US:DEA",
            form: try TestNetwork.notification(),
            "--reply-by",
            TestNetwork.text(due)
        )
        try network.say(
            "answer",
            as: "US:DEA",
            to: "CO:PONAL",
            form: Self.answer,
            "--reference",
            alert
        )
        // Both sides get the reminder and the notice, each within a second of its time.
        for name in Self.names {
            let notices = try network.notices(name, count: 2)
            #expect(notices.map(\.event) == ["reminder", "passed"])
            for notice in notices {
                #expect(notice["alert"] as? String == alert)
                #expect(notice["alert-index"] as? Int == index)
                #expect(notice["of"] as? String == "reply")
                #expect(notice.agencies == ["MX:FGR"])
                #expect(try TestNetwork.date(notice["due"]) == due)
            }
            let logged = try TestNetwork.date(notices[1]["time"])
            #expect(logged >= due && logged < due + 1)
            #expect(try TestNetwork.date(notices[0]["time"]) < due)
        }
        try checkStatement(network, alert)
        try answerLate(network, alert)
        // The auditor finds every notice in its place, and none missing.
        let audit = try network.audit()
        #expect(audit.status == 0, "\(audit.output)\(audit.error)")
        let entries = try network.replay().filter { $0["type"] as? String == "deadline" }
        #expect(entries.map(\.event) == ["reminder", "passed", "late"])
        #expect(network.stop() == 0)
    }

    private func checkStatement(_ network: TestNetwork, _ alert: String) throws {
        let said = try statement(network, of: alert, to: "silence.cose")
        #expect((said["reply"] as? [String: Any])?["state"] as? String == "passed")
        #expect(try fact(said, "MX:FGR")["silent"] as? Bool == true)
        #expect(try fact(said, "US:DEA")["index"] as? Int != nil)
        #expect(try fact(said, "US:DEA")["late"] == nil)
        // Anyone with the log's key verifies it, without a broker.
        let file = network.path("silence.cose")
        for arguments in [["deadline", "--verify", file], ["verify-receipt", file]] {
            let verified = try TestNetwork.run(
                TestNetwork.program("aviso").path,
                ["--profile", network.path("agencies/PE-DEVIDA")] + arguments
            )
            #expect(verified.status == 0, "\(verified.error)")
            #expect(verified.objects.first?["size"] as? Int == said["size"] as? Int)
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 7)) {
            var altered = bytes
            altered[place] ^= 1
            try altered.write(to: URL(fileURLWithPath: network.path("altered.cose")))
            let refused = try network.aviso(
                "agencies/CO-PONAL",
                "deadline",
                "--verify",
                network.path("altered.cose")
            )
            #expect(refused.status == 1, "byte \(place): \(refused.output)")
        }
        // Whom the alert does not concern does not even learn that there is such a deadline.
        let index = "\(try #require(said["index"] as? Int))"
        for (path, status) in [
            ("agencies/PE-DEVIDA", 404), ("agencies/MX-FGR", 200), ("agencies/US-DEA", 200),
            ("auditor", 200), ("operator", 200),
        ] {
            let answer = try network.request("/deadlines/\(index)", as: path)
            #expect(answer.status == status, "\(path)")
        }
        let head = try network.request("/deadlines/\(index)", as: "auditor", "-I")
        #expect(head.status == 200)
        #expect(head.header.contains("application/aviso-deadline+cose"))
        #expect(try network.request("/deadlines", as: "auditor", "-d", "x").status == 405)
        #expect(try network.request("/deadlines/0", as: "auditor").status == 404)
        #expect(try network.request("/deadlines/x", as: "auditor").status == 404)
        let list = try network.aviso("agencies/MX-FGR", "deadlines", "--json")
        #expect(list.objects.map { $0["alert"] as? String } == [alert], "\(list.error)")
        #expect(try network.aviso("agencies/PE-DEVIDA", "deadlines", "--json").objects.isEmpty)
    }

    /// The statement of silence stays true of its size; one that is false is found, whoever signs.
    private func checkAgainstTheLog(_ network: TestNetwork) throws {
        func replay(_ file: String) throws -> TestNetwork.Outcome {
            try network.aviso(
                "auditor",
                "deadline",
                "--verify",
                network.path(file),
                "--replay",
                "--json"
            )
        }
        let kept = try replay("silence.cose")
        #expect(kept.status == 0, "\(kept.error)")
        let bytes = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: network.path("silence.cose")))
        )
        let payload = try #require(try COSESign1(decoding: bytes[...], using: LibCBOR()).payload)
        var map = try #require(try LibCBOR().decode(payload, limits: CBORLimits()).mapValue)
        // The operator, with its own key, says that nobody was asked in earnest.
        map.pairs.removeAll { $0.key == .text("status") }
        map.append(.text("status"), .text("test"))
        let key = try PEMKeyFile.readSigningKey(network.path("broker/log.key"))
        let forged = DeadlineStatement.sign(
            try DeadlineReport(cbor: .map(map)),
            key: key,
            keyID: COSEKeyThumbprint.of(key.publicKey, coding: LibCBOR(), hasher: SHA256()),
            using: LibCBOR()
        )
        let file = URL(fileURLWithPath: network.path("forged.cose"))
        try Data(forged).write(to: file)
        let signed = try network.aviso("auditor", "deadline", "--verify", file.path, "--json")
        #expect(signed.status == 0, "\(signed.error)")
        let found = try replay("forged.cose")
        #expect(found.status == 1)
        #expect(found.error.contains("say something else"), "\(found.error)")
    }

    private func answerLate(_ network: TestNetwork, _ alert: String) throws {
        let late = try network.say(
            "answer",
            as: "MX:FGR",
            to: "CO:PONAL",
            form: Self.answer,
            "--reference",
            alert
        )
        for name in Self.names {
            let notice = try #require(try network.notices(name, count: 3).last)
            #expect(notice.event == "late")
            #expect(notice.agencies == ["MX:FGR"])
            #expect(notice["answer"] as? Int == late.index)
        }
        try checkAgainstTheLog(network)
        let received = try network.received(by: "CO:PONAL", count: 2)
        let labels = received.objects.map { $0["labels"] as? [String: Any] }
        #expect(labels.map { $0?["late"] as? Bool } == [nil, true])
        let said = try statement(network, of: alert, to: "late.cose")
        #expect((said["reply"] as? [String: Any])?["state"] as? String == "passed")
        #expect(try fact(said, "MX:FGR")["index"] as? Int == late.index)
        #expect(try fact(said, "MX:FGR")["late"] as? Bool == true)
    }
}
