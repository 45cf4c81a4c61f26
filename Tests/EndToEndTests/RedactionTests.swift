import Base
import Foundation
import Synchronization
import Testing

/// The erasure of an alert's content by order of the operator.
@Suite struct RedactionTests {
    private static let author = "agencies/CO-PONAL"
    private static let reader = "agencies/MX-FGR"

    /// Publishes an alert, and returns its place in the log.
    private func publish(_ network: TestNetwork, to: String = "MX:FGR,US:DEA") throws -> Int {
        let published = try network.aviso(
            Self.author,
            "publish",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            to,
            "--tlp",
            "AMBER",
            "--json",
            TestNetwork.sample("diversion-incident")
        )
        try #require(published.status == 0, "\(published.error)")
        return try #require(published.objects.first?["index"] as? Int)
    }

    private func redact(
        _ network: TestNetwork,
        _ index: Int,
        as profile: String = "operator"
    ) throws -> TestNetwork.Outcome {
        let order = network.path("order.txt")
        try "Court order 12/2026".write(toFile: order, atomically: true, encoding: .utf8)
        return try network.aviso(
            profile,
            "redact",
            "\(index)",
            "--order",
            order,
            "--reason",
            "Court order 12/2026",
            "--json"
        )
    }

    private func receive(
        _ network: TestNetwork,
        _ profile: String,
        _ more: String...
    ) throws -> [[String: Any]] {
        let outcome = try TestNetwork.run(
            TestNetwork.program("aviso").path,
            ["--profile", network.path(profile)] + more + ["--json"]
        )
        #expect(outcome.status == 0, "\(outcome.error)")
        return outcome.objects
    }

    private func segment(_ network: TestNetwork) throws -> Data {
        let file = network.path("broker/log/segments/00000000000000000000.seg")
        return try #require(FileManager.default.contents(atPath: file))
    }

    /// The content records of the log: a header of 48 bytes whose fifth byte is 2.
    private func contents(_ segment: Data) -> [(header: Range<Int>, payload: Range<Int>)] {
        var contents: [(Range<Int>, Range<Int>)] = []
        var offset = 0
        while offset + 48 <= segment.count, segment[offset] == 0x41 {
            let length = segment[offset + 8..<offset + 12].reduce(0) { $0 << 8 | Int($1) }
            let payload = offset + 48..<offset + 48 + length
            if segment[offset + 4] == 2 { contents.append((offset..<offset + 48, payload)) }
            offset = payload.upperBound
        }
        return contents
    }

    /// What `subscribe` printed is held with the order, and the alert that nobody ordered to be
    /// erased is missing if the broker delivers it as if somebody had.
    private func proveErasures(_ network: TestNetwork, _ alerts: [[String: Any]]) throws {
        let file = network.path("received")
        func prove(_ lines: [[String: Any]]) throws -> TestNetwork.Outcome {
            let text = try lines.map { line in
                let data = try JSONSerialization.data(withJSONObject: line)
                return String(decoding: data, as: UTF8.self) + "\n"
            }
            try text.joined().write(toFile: file, atomically: true, encoding: .utf8)
            return try network.aviso(Self.reader, "prove-complete", "--received", file, "--json")
        }
        let honest = try prove(alerts)
        #expect(honest.status == 0, "\(honest.error)")
        var unordered = alerts
        unordered[1]["redacted"] = true
        for more in [unordered, unordered.reversed()] {
            let outcome = try prove(more)
            #expect(outcome.status == 1)
            #expect(outcome.objects.first?["held"] as? Int == 1)
            #expect(outcome.objects.first?["missing"] as? [[Int]] == [[2, 2]])
            let problems = outcome.objects.first?["problems"] as? [String] ?? []
            #expect(problems.count == 1)
            #expect(problems.first?.contains("no order in the log erases it") == true)
        }
    }

    @Test func anOrderErasesTheContentAndLeavesTheProofs() throws {
        let network = try TestNetwork()
        try network.start()
        let index = try publish(network)
        let kept = try publish(network)
        let logged = try redact(network, index)
        #expect(logged.status == 0, "\(logged.error)")
        let order = try #require(logged.objects.first)
        #expect(order["alert-index"] as? Int == index)
        #expect(order["count"] as? [String: Int] == ["MX:FGR": 1, "US:DEA": 1])

        let bytes = try segment(network)
        let contents = contents(bytes)
        try #require(contents.count == 2)
        #expect(bytes[contents[0].payload].allSatisfy { $0 == 0 })
        #expect(!bytes[contents[1].payload].allSatisfy { $0 == 0 })

        // Who comes later gets the statement alone, in its place, and the other alert as ever.
        let alerts = try receive(network, Self.reader, "subscribe", "--from", "0", "--count", "2")
        #expect(alerts.map { $0["index"] as? Int } == [index, kept])
        #expect(alerts.first?["redacted"] as? Bool == true)
        #expect(alerts.first?["form"] is NSNull)
        #expect(alerts.first?["verified"] as? Bool == true)
        #expect(alerts.last?["redacted"] == nil)
        #expect(alerts.last?["form"] is NSDictionary)

        // Nothing is missing: the statement counts, whatever became of its content.
        let complete = try receive(network, Self.reader, "prove-complete")
        #expect(complete.first?["complete"] as? Bool == true)
        #expect(complete.first?["held"] as? Int == 2)

        try proveErasures(network, alerts)

        // Every recipient is told, and confirms.
        let told = try receive(
            network,
            Self.reader,
            "redactions",
            "--from",
            "0",
            "--count",
            "1",
            "--confirm"
        )
        try #require(told.count == 2)
        #expect(told[0]["alert-index"] as? Int == index)
        #expect(told[0]["reason"] as? String == "Court order 12/2026")
        #expect(told[0]["index"] as? Int == order["index"] as? Int)
        #expect(told[1]["count"] as? [String: Int] == ["MX:FGR": 1])

        let records = try network.replay()
        #expect(records.last?["verified"] as? Bool == true)
        let alertRecords = records.filter { $0["type"] as? String == "alert" }
        #expect(alertRecords.map { $0["redacted"] as? Bool } == [true, nil])
        let redactions = records.filter { $0["type"] as? String == "redaction" }
        #expect(redactions.map { $0["act"] as? String } == ["order", "confirmation"])
        #expect(
            redactions.allSatisfy {
                $0["alert-index"] as? Int == index
            }
        )
        let urn = try #require(alerts.first?["alert"] as? String)
        let proof = try network.aviso(Self.author, "verify-receipt", "--json", urn)
        #expect(proof.status == 0, "\(proof.error)")
        #expect(network.stop() == 0)
        try network.start()
        #expect(try network.replay().last?["verified"] as? Bool == true)
    }

    @Test func anOrderReachesWhoListensAndWhoIsAway() throws {
        let network = try TestNetwork()
        try network.start()
        let indexes = try (0..<2).map { _ in try publish(network) }
        let command = ["redactions", "--session", "purge", "--count", "1", "--json"]
        let arguments = ["--profile", network.path(Self.reader)] + command
        let outcome = Mutex<TestNetwork.Outcome?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let result = try? TestNetwork.run(TestNetwork.program("aviso").path, arguments)
            outcome.withLock { $0 = result }
            done.signal()
        }
        // It listens when the log says so.
        var isListening = false
        for _ in 0..<100 where !isListening {
            isListening = try network.replay().contains {
                $0["filter"] as? String == "$aviso/redactions"
            }
        }
        try #require(isListening)
        #expect(try redact(network, indexes[0]).status == 0)
        try #require(done.wait(timeout: .now() + 30) == .success)
        let live = try #require(outcome.withLock { $0 })
        #expect(live.objects.first?["alert-index"] as? Int == indexes[0], "\(live.error)")
        // The second order waits in the log for the session, also across a restart.
        #expect(try redact(network, indexes[1]).status == 0)
        #expect(network.stop() == 0)
        try network.start()
        let later = try TestNetwork.run(TestNetwork.program("aviso").path, arguments)
        #expect(later.objects.first?["alert-index"] as? Int == indexes[1], "\(later.error)")
        // Whom the alert does not name is not told.
        let other = try publish(network, to: "US:DEA")
        #expect(try redact(network, other).status == 0)
        let told = try receive(network, Self.reader, "redactions", "--from", "0", "--count", "2")
        #expect(told.map { $0["alert-index"] as? Int } == indexes)
    }

    @Test func aCrashBetweenTheOrderAndTheErasureIsMadeGood() throws {
        let network = try TestNetwork()
        try network.start()
        let index = try publish(network)
        let before = try segment(network)
        #expect(try redact(network, index).status == 0)
        network.stop(SIGKILL)
        // The disk as a crash would have left it: the order is there, the content too.
        let file = network.path("broker/log/segments/00000000000000000000.seg")
        var bytes = try segment(network)
        let content = try #require(contents(before).first)
        for part in [content.header, content.payload] {
            bytes.replaceSubrange(part, with: before[part])
        }
        try bytes.write(to: URL(fileURLWithPath: file))
        try network.start()
        #expect(try segment(network)[content.payload].allSatisfy { $0 == 0 })
        let alerts = try receive(network, Self.reader, "subscribe", "--from", "0", "--count", "1")
        #expect(alerts.first?["redacted"] as? Bool == true)
    }

    @Test func anErasureThatNobodyOrderedStopsTheStart() throws {
        let network = try TestNetwork()
        try network.start()
        _ = try publish(network)
        #expect(network.stop() == 0)
        let file = network.path("broker/log/segments/00000000000000000000.seg")
        var bytes = try segment(network)
        let content = try #require(contents(bytes).first)
        bytes[content.header.lowerBound + 5] |= 2
        for place in content.payload { bytes[place] = 0 }
        try bytes.write(to: URL(fileURLWithPath: file))
        let outcome = try TestNetwork.run(
            TestNetwork.program("avisod").path,
            ["--config", network.path("broker/avisod.json5")]
        )
        #expect(outcome.status != 0)
        #expect(outcome.error.contains("marked as erased, and no entry orders it"))
    }

    @Test func whoMayNotOrderIsRefused() throws {
        let network = try TestNetwork()
        try network.start()
        let index = try publish(network)
        for (profile, number, sentence) in [
            ("auditor", index, "publish it with a station of the member that signs"),
            ("operator", 0, "is no alert"), ("operator", 9999, "and none 9999"),
        ] {
            let refused = try redact(network, number, as: profile)
            #expect(refused.status != 0)
            #expect(refused.error.contains(sentence), "\(refused.error)")
        }
        #expect(try redact(network, index).status == 0)
        let again = try redact(network, index)
        #expect(again.status != 0)
        #expect(again.error.contains("has been erased already"))
        let alerts = try receive(network, Self.reader, "subscribe", "--from", "0", "--count", "1")
        #expect(alerts.first?["redacted"] as? Bool == true)
    }
}
