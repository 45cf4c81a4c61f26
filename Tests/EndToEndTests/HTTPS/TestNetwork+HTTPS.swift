import Foundation
import Testing

/// The HTTPS server of a network, reached with `curl`, and a log with something in it.
extension TestNetwork {
    /// What curl got; status 0 where there was no answer.
    struct Answer {
        let status: Int
        let header: String
        let body: Data
        /// What curl complained of.
        let complaint: String

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Where the HTTPS server is.
    var url: String {
        get throws {
            let port = try String(contentsOfFile: path("broker/https-port"), encoding: .utf8)
            return "https://localhost:" + port.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// The log's public key, as the profiles have it.
    var verifierKey: String {
        get throws {
            let profile = try String(contentsOfFile: path("auditor/profile.json5"), encoding: .utf8)
            let start = try #require(profile.range(of: "vkey: \""))
            return String(profile[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    /// Sends one request.
    ///
    /// - Parameters:
    ///   - path: the path, which curl leaves as it is.
    ///   - member: the folder of the member whose certificate is used; nil for none.
    ///   - more: further arguments for curl.
    /// - Returns: the answer.
    /// - Throws: when curl takes more than its time.
    func request(_ path: String, as member: String?, _ more: String...) throws -> Answer {
        try request(path, as: member, with: more)
    }

    /// Sends one request with further arguments for curl.
    func request(_ path: String, as member: String?, with more: [String]) throws -> Answer {
        let name = UUID().uuidString
        let (header, body) = (self.path("header-\(name)"), self.path("body-\(name)"))
        var arguments = [
            "-sS", "--path-as-is", "-m", "20", "--cacert", self.path("ca.pem"), "-D", header, "-o",
            body, "-w", "%{http_code}",
        ]
        if let member {
            arguments += ["--cert", self.path("\(member)/tls.pem")]
            arguments += ["--key", self.path("\(member)/tls.key")]
        }
        let outcome = try Self.run("/usr/bin/curl", arguments + more + [try url + path])
        let fields = FileManager.default.contents(atPath: header) ?? Data()
        return Answer(
            status: Int(outcome.output) ?? 0,
            header: String(decoding: fields, as: UTF8.self),
            body: FileManager.default.contents(atPath: body) ?? Data(),
            complaint: outcome.error
        )
    }

    /// The figures of the broker, each by its name with its labels.
    func metrics() throws -> [String: Int] {
        let answer = try request("/metrics", as: "operator")
        try #require(answer.status == 200)
        #expect(answer.header.contains("Content-Type: text/plain; version=0.0.4"))
        var figures: [String: Int] = [:]
        for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            try #require(parts.count == 2, "\(line)")
            figures[String(parts[0])] = Int(parts[1])
        }
        return figures
    }

    /// Gives the broker an opaque channel, so that a log grows fast.
    func openTestChannel() throws {
        try edit("broker/avisod.json5") { text in
            let end = try #require(text.lastIndex(of: "}"))
            let channel = "  channels: [{ envelope: \"opaque\", prefix: \"test/\" }],\n"
            text.insert(contentsOf: channel, at: end)
        }
    }

    /// Makes entries on the opaque channel; each message is one, and each is acknowledged.
    func fill(_ count: Int) throws {
        let outcome = try Self.run(
            "/bin/bash",
            [
                "-c",
                "seq \(count) | mosquitto_pub -V 5 -h localhost -p \(port) -l -q 1 -t test/fill "
                    + "--cafile \(path("ca.pem")) --cert \(path("agencies/CO-PONAL/tls.pem")) "
                    + "--key \(path("agencies/CO-PONAL/tls.key"))",
            ]
        )
        try #require(outcome.status == 0, "\(outcome.error)")
    }
}
