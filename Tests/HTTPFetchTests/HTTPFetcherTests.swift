import EventLoop
import HTTPEngine
import HTTPFetch
import Testing

@Suite struct HTTPFetcherTests {
    @Test func getAndPostReachTheServer() throws {
        let (server, url) = try serve { request, _ in
            let text = "\(request.method) \(request.path) \(request.body.count)"
            return Self.answer(text, status: request.method == "POST" ? 201 : 200)
        }
        defer { server.stop() }
        let fetcher = try HTTPFetcher(identity: nil, permitsPlain: true)
        for _ in 0..<3 {
            let got = try fetcher.get(url + "/a/../b")
            #expect(got.status == 200)
            #expect(got.type == "text/plain")
            #expect(got.body == Array("GET /a/../b 0".utf8))
            let body = [UInt8](repeating: 0, count: 100_000)
            let posted = try fetcher.post(url + "/c", body: body, type: "text/plain")
            #expect(posted.status == 201)
            #expect(posted.body == Array("POST /c 100000".utf8))
            #expect(try fetcher.post(url + "/d", body: [], type: "x/y").body.last == 0x30)
        }
    }

    @Test func anyMethodWithItsFieldsOnOneConnection() throws {
        let (server, url) = try serve { request, _ in
            let text = "\(request.method) \(request.fields["X-One"] ?? "") \(request.body.count)"
            let fields = [HTTPField("Content-Type", "text/plain"), HTTPField("X-Two", " b : c ")]
            return HTTPResponse(status: 200, fields: fields, body: .bytes(Array(text.utf8)))
        }
        defer { server.stop() }
        let fetcher = try HTTPFetcher(identity: nil, permitsPlain: true)
        for (method, body, text) in [
            ("HEAD", nil, ""), ("PATCH", [UInt8](repeating: 1, count: 70_000), "PATCH 1 70000"),
            ("GET", nil, "GET 1 0"), ("DELETE", nil, "DELETE 1 0"), ("POST", [], "POST 1 0"),
            ("HEAD", nil, ""),
        ] {
            let fields = [(name: "X-One", value: "1")]
            let request = HTTPFetchRequest(method, url + "/?q", fields: fields, body: body)
            let answer = try fetcher.send(request)
            #expect(answer.body == Array(text.utf8))
            #expect(answer.fields["x-two"] == "b : c")
            #expect(answer.type == "text/plain")
        }
    }

    @Test func plainMustBePermitted() throws {
        let (server, url) = try serve { _, _ in Self.answer("served") }
        defer { server.stop() }
        let fetcher = try HTTPFetcher(identity: nil)
        #expect(throws: HTTPFetchError.self) { try fetcher.get(url) }
        #expect(throws: HTTPFetchError.self) { try fetcher.get("file:///etc/hostname") }
        #expect(throws: HTTPFetchError.self) { try fetcher.get("nonsense") }
    }

    @Test func redirectsAreNotFollowed() throws {
        let (server, url) = try serve { _, _ in
            HTTPResponse(
                status: 302,
                fields: [HTTPField("Location", "/elsewhere")],
                body: .bytes([])
            )
        }
        defer { server.stop() }
        let fetcher = try HTTPFetcher(identity: nil, permitsPlain: true)
        #expect(try fetcher.get(url).status == 302)
    }

    @Test func whatIsTooLongOrTooLateIsAnError() throws {
        let (server, url) = try serve { request, _ in
            // No answer at all for one path.
            request.path == "/late" ? nil : Self.answer(String(repeating: "x", count: 2000))
        }
        defer { server.stop() }
        var limits = HTTPFetcher.Limits()
        limits.byteCountMax = 1999
        limits.seconds = 1
        let fetcher = try HTTPFetcher(identity: nil, permitsPlain: true, limits: limits)
        let long = #expect(throws: HTTPFetchError.self) { try fetcher.get(url) }
        #expect(long?.isTimeOut == false)
        #expect(long?.message.contains("longer than 1999") == true)
        let late = #expect(throws: HTTPFetchError.self) { try fetcher.get(url + "/late") }
        #expect(late?.isTimeOut == true)
        #expect(throws: HTTPFetchError.self) { try fetcher.get("http://127.0.0.1:1") }
    }

    private func serve(
        _ handler: @escaping HTTPServer.Handler
    ) throws -> (HTTPServer, String) {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = try HTTPServer(
            socket: socket,
            context: nil,
            limits: HTTPLimits(),
            handler: handler
        )
        return (server, "http://127.0.0.1:\(socket.address.port)")
    }

    private static func answer(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status,
            fields: [HTTPField("Content-Type", "text/plain")],
            body: .bytes(Array(text.utf8))
        )
    }
}
