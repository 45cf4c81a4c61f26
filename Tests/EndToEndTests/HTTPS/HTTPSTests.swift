import Foundation
import Testing

/// Who gets what over HTTPS, and what bad requests get.
@Suite struct HTTPSTests {
    private static let agency = "agencies/CO-PONAL"

    @Test func rolesDecideWhatIsServed() throws {
        let network = try TestNetwork()
        try network.start()
        for path in ["/checkpoint", "/tile/0/000.p/5", "/healthz", "/readyz"] {
            for member in [Self.agency, "auditor", "operator"] {
                #expect(try network.request(path, as: member).status == 200, "\(path) \(member)")
            }
        }
        for (path, sentence) in [
            ("/tile/entries/000.p/5", "Entries are for auditors"),
            ("/metrics", "The metrics are for auditors"),
        ] {
            let refused = try network.request(path, as: Self.agency)
            #expect(refused.status == 403)
            #expect(refused.text.hasPrefix(sentence))
            #expect(try network.request(path, as: "auditor").status == 200)
            #expect(try network.request(path, as: "operator").status == 200)
        }
        let none = try network.request("/healthz", as: nil)
        #expect(none.status == 0)
        #expect(none.body.isEmpty)
        #expect(!none.complaint.isEmpty)
    }

    @Test func aMemberThatHasLeftTheDirectoryIsRefused() throws {
        let network = try TestNetwork(agencies: "CO:PONAL,MX:FGR")
        try network.remove("MX:FGR")
        try network.start()
        let refused = try network.request("/checkpoint", as: "agencies/MX-FGR")
        #expect(refused.status == 403)
        #expect(refused.text == "MX:FGR is not in the directory as agency.\n")
    }

    @Test func tilesHaveTheHeadersOfTheirKind() throws {
        let network = try TestNetwork()
        try network.start()
        let tile = try network.request("/tile/0/000.p/3", as: Self.agency)
        #expect(tile.body.count == 3 * 32)
        #expect(tile.header.contains("Content-Type: application/octet-stream\r\n"))
        #expect(tile.header.contains("max-age=31536000, immutable\r\n"))
        let checkpoint = try network.request("/checkpoint", as: Self.agency)
        #expect(checkpoint.header.contains("Content-Type: text/plain; charset=utf-8\r\n"))
        #expect(checkpoint.header.contains("Cache-Control: private, max-age=1\r\n"))
        let head = try network.request("/checkpoint", as: Self.agency, "-I")
        #expect(head.status == 200)
    }

    @Test func badRequestsGetTheirStatus() throws {
        let network = try TestNetwork()
        try network.start()
        for path in [
            "/", "/tile/0/000", "/tile/0/001.p/1", "/tile/0/000.p/256", "/tile/0/0.p/1",
            "/tile/1/000.p/1", "/tile/9/000.p/1", "/tile/entries/000", "/tile/entries/000.p/0",
            "/tile/0/x999/x999/x999/x999/999", "/tile/0/%30%30%30.p/1", "/../checkpoint",
            "/checkpoint/", "//checkpoint", "/tile/0/000.p/\(String(repeating: "9", count: 999))",
        ] {
            let answer = try network.request(path, as: "auditor")
            #expect(answer.status == 404, "\(path): \(answer.status)")
        }
        let posted = try network.request("/checkpoint", as: "auditor", "-d", "x")
        #expect(posted.status == 405)
        #expect(posted.header.contains("Allow: GET, HEAD\r\n"))
        let long = "X-Long: " + String(repeating: "x", count: 9000)
        #expect(try network.request("/checkpoint", as: "auditor", "-H", long).status == 400)
        let body = network.path("body")
        try Data(count: 2_000_000).write(to: URL(fileURLWithPath: body))
        let large = try network.request("/checkpoint", as: "auditor", "--data-binary", "@" + body)
        #expect(large.status == 413)
        // None of it has hurt the server.
        #expect(try network.request("/healthz", as: "auditor").status == 200)
    }

    @Test func entriesAreCompressedForThoseWhoAccept() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        // Three pieces of an answer at least.
        try network.fill(250)
        let path = "/tile/entries/000.p/250"
        let plain = try network.request(path, as: "auditor")
        #expect(plain.status == 200)
        #expect(!plain.header.contains("Content-Encoding"))
        #expect(plain.header.contains("Vary: Accept-Encoding\r\n"))
        let packed = try network.request(path, as: "auditor", "-H", "Accept-Encoding: gzip")
        #expect(packed.header.contains("Content-Encoding: gzip\r\n"))
        #expect(packed.body.count < plain.body.count / 2)
        // curl unpacks it with zlib.
        let unpacked = try network.request(path, as: "auditor", "--compressed")
        #expect(unpacked.body == plain.body)
        // Hashes do not get smaller.
        let hashes = try network.request("/tile/0/000.p/250", as: "auditor", "--compressed")
        #expect(!hashes.header.contains("Content-Encoding"))
        #expect(hashes.body.count == 250 * 32)
    }

    @Test func aLogThatCannotBeWrittenShowsInReadiness() throws {
        let network = try TestNetwork(limits: ["contentByteCountMax": 4096])
        try network.openTestChannel()
        try network.shrinkSegments()
        // No file may grow beyond the first segment's size, as if the disk were full.
        try network.start(fileByteCountMax: 132 << 10)
        #expect(try network.request("/readyz", as: Self.agency).status == 200)
        var isReady = true
        for _ in 0..<40 where isReady {
            // Some of it is refused in the end, which mosquitto_pub does not tell in its status.
            try? network.fill(100)
            isReady = try network.request("/readyz", as: Self.agency).status == 200
        }
        let answer = try network.request("/readyz", as: Self.agency)
        #expect(answer.status == 503)
        #expect(answer.text.contains("cannot write its log"))
        #expect(try network.request("/healthz", as: Self.agency).status == 200)
        #expect(try network.request("/checkpoint", as: Self.agency).status == 200)
        #expect(try network.metrics()["aviso_log_failed"] == 1)
    }

    @Test func metricsCountWhatHappens() throws {
        let network = try TestNetwork()
        try network.openTestChannel()
        try network.start()
        let before = try network.metrics()
        #expect(before["aviso_accepted_total"] == 0)
        #expect(before["aviso_opaque_channels"] == 1)
        #expect(before["aviso_plain_listener"] == 0)
        #expect(before["aviso_log_failed"] == 0)
        try network.fill(12)
        // An alert of a kind that the channel does not have.
        let refused = try network.mosquitto(
            "mosquitto_pub",
            as: "CO-PONAL",
            "-q",
            "1",
            "-t",
            "alerts/intelligence/nothing",
            "-m",
            "x"
        )
        #expect(refused.error.contains("failed") || refused.status != 0)
        let after = try network.metrics()
        #expect(after["aviso_accepted_total"] == 12)
        #expect(after["aviso_refused_total"] == 1)
        #expect(after["aviso_https_refused_total"] == before["aviso_https_refused_total"])
        #expect(try network.request("/metrics", as: Self.agency).status == 403)
        #expect(try network.request("/tile/entries/000.p/1", as: Self.agency).status == 403)
        let refusals = try network.metrics()["aviso_https_refused_total"] ?? 0
        #expect(refusals == (before["aviso_https_refused_total"] ?? 0) + 2)
        #expect((try network.metrics()["aviso_https_requests_total"] ?? 0) >= 6)
        let growth = (after["aviso_log_entries"] ?? 0) - (before["aviso_log_entries"] ?? 0)
        #expect(growth >= 13)
    }

    @Test func theBrokerStopsInOrderWithAConnectionOpen() throws {
        let network = try TestNetwork()
        try network.start()
        let client = Process()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        let port = try network.url.split(separator: ":").last.map(String.init) ?? ""
        client.arguments = [
            "s_client", "-quiet", "-connect", "localhost:\(port)", "-CAfile",
            network.path("ca.pem"), "-cert", network.path("auditor/tls.pem"), "-key",
            network.path("auditor/tls.key"),
        ]
        let (input, output) = (Pipe(), Pipe())
        client.standardInput = input
        client.standardOutput = output
        client.standardError = FileHandle.nullDevice
        try client.run()
        defer { kill(client.processIdentifier, SIGKILL) }
        try input.fileHandleForWriting.write(
            contentsOf: Data("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        )
        // The server ends a silent connection after 15 s, so that this cannot wait for ever.
        var text = ""
        while !text.contains("The broker runs.") {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the connection ended: \(text)")
            text += String(decoding: data, as: UTF8.self)
        }
        #expect(network.stop() == 0)
    }
}
