import Foundation
import Glibc
import Testing

/// A start from a snapshot: shorter, and the same broker as before in everything that it knows.
@Suite struct SnapshotTests {
    private static let snapshotEntryCount = 40

    /// A network whose broker saves its state often.
    private func makeNetwork() throws -> TestNetwork {
        let network = try TestNetwork()
        try network.edit("broker/avisod.json5") { text in
            let key = try #require(text.range(of: "key: \"log.key\",\n"))
            text.insert(
                contentsOf: "    snapshotEntryCount: \(Self.snapshotEntryCount),\n",
                at: key.upperBound
            )
        }
        try network.start()
        return network
    }

    /// Publishes a sealed file with a client that is not ours.
    private func publish(_ file: String, on network: TestNetwork) throws {
        let outcome = try network.mosquitto(
            "mosquitto_pub",
            as: "CO-PONAL",
            "-q",
            "1",
            "-t",
            "alerts/chemical-diversion/diversion-incident",
            "-f",
            file
        )
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    private func seal(_ name: String, on network: TestNetwork) throws -> String {
        let file = network.path(name)
        let sealed = try network.aviso(
            "agencies/CO-PONAL",
            "seal",
            "--channel",
            "chemical-diversion",
            "--kind",
            "diversion-incident",
            "--to",
            "MX:FGR",
            "--out",
            file,
            TestNetwork.sample("diversion-incident")
        )
        try #require(sealed.status == 0, "\(sealed.error)")
        return file
    }

    /// Publishes one form many times.
    private func publish(_ count: Int, on network: TestNetwork) throws {
        let form = try String(
            contentsOfFile: TestNetwork.sample("diversion-incident"),
            encoding: .utf8
        )
        let file = network.path("sealed-\(UUID().uuidString)")
        for _ in 0..<count {
            try form.write(toFile: file, atomically: true, encoding: .utf8)
            let published = try network.aviso(
                "agencies/CO-PONAL",
                "publish",
                "--channel",
                "chemical-diversion",
                "--kind",
                "diversion-incident",
                "--to",
                "MX:FGR",
                file
            )
            try #require(published.status == 0, "\(published.error)")
        }
    }

    private func snapshots(_ network: TestNetwork) throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(atPath: network.path("broker/log/snapshots")).sorted()
    }

    private static func isSnapshot(_ record: [String: Any]) -> Bool {
        record["type"] as? String == "snapshot"
    }

    /// The size of the log at the snapshot that the last start began at.
    private func snapshotSize(_ network: TestNetwork) throws -> Int {
        let line = try #require(
            network.startLines.split(separator: "\n").first { $0.contains("\"log-opened\"") }
        )
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(object?["snapshot"] as? Int)
    }

    private func subscribe(
        _ count: Int,
        _ session: String,
        on network: TestNetwork
    ) throws -> [Int] {
        let received = try network.aviso(
            "agencies/MX-FGR",
            "subscribe",
            "--session",
            session,
            "--from",
            "0",
            "--count",
            "\(count)",
            "--json"
        )
        try #require(received.status == 0, "\(received.error)")
        return received.objects.compactMap { $0["count"] as? Int }
    }

    @Test func sessionsCountsAndReplayProtectionComeFromTheSnapshot() throws {
        let network = try makeNetwork()
        let sealed = try seal("sealed", on: network)
        try publish(sealed, on: network)
        #expect(try subscribe(1, "desk", on: network) == [1])
        try publish(Self.snapshotEntryCount, on: network)
        // It is written while alerts go on: its entry comes soon, not at once.
        for _ in 0..<100 where try !network.replay().contains(where: Self.isSnapshot) {
            try publish(1, on: network)
        }
        network.stop(SIGKILL)
        try network.start()
        let size = try snapshotSize(network)
        #expect(size >= Self.snapshotEntryCount)
        // The session goes on where it was, and counts run on.
        #expect(try subscribe(5, "desk", on: network) == [2, 3, 4, 5, 6])
        // An alert from before the snapshot is known still.
        let before = try network.replay()
        try publish(sealed, on: network)
        let alerts = try network.replay().filter { $0["type"] as? String == "alert" }
        #expect(alerts.count == before.filter { $0["type"] as? String == "alert" }.count)
        #expect(network.stop() == 0)
    }

    @Test func aSnapshotThatWasChangedIsReportedAndTheLogDecides() throws {
        let network = try makeNetwork()
        try publish(2 * Self.snapshotEntryCount + 5, on: network)
        #expect(network.stop() == 0)
        let names = try snapshots(network)
        #expect(names.count == 2)
        let newest = network.path("broker/log/snapshots/\(names[1])")
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: newest)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: newest))
        // The one before it is whole.
        try network.start()
        #expect(network.startLines.contains("snapshot-unusable"))
        #expect(try snapshotSize(network) == Int(names[0].prefix(20)))
        #expect(network.stop() == 0)
        // Somebody who makes the checksum hold again has another digest than the log names.
        for name in names {
            let path = network.path("broker/log/snapshots/\(name)")
            let forged = try TestNetwork.run(
                "/usr/bin/python3",
                [
                    "-c",
                    "import hashlib,sys; p=sys.argv[1]; b=bytearray(open(p,'rb').read()[:-32]); "
                        + "i=b.index(b'MX:FGR'); b[i:i+6]=b'US:DEA'; "
                        + "open(p,'wb').write(bytes(b)+hashlib.sha256(b).digest())", path,
                ]
            )
            #expect(forged.status == 0, "\(forged.error)")
        }
        try network.start()
        #expect(network.startLines.contains("no entry of the log names its digest"))
        #expect(try snapshotSize(network) == 0)
        let alerts = try network.replay().filter { $0["type"] as? String == "alert" }
        #expect(alerts.count == 2 * Self.snapshotEntryCount + 5)
    }
}
