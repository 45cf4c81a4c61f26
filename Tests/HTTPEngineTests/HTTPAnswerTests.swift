import Foundation
import Synchronization
import TLSEngine
import Testing

@testable import HTTPEngine

/// How answers reach the client: at once, later, in pieces, compressed.
@Suite struct HTTPAnswerTests {
    private static func get(_ more: String = "") -> String {
        "GET / HTTP/1.1\r\nHost: localhost\r\n\(more)\r\n"
    }

    @Test func theHandlerSeesTheRequest() throws {
        let scene = try HTTPScene { _ in
        } handler: { request, _ in
            let fields = request.fields
            return .plain(
                [
                    request.method, request.path, fields["x-one"] ?? "none",
                    fields["X-NONE"] ?? "none", "\(request.body.count)", request.address,
                    request.certificate.uriNames.first ?? "",
                ].joined(separator: " ")
            )
        }
        let answer = try scene.request(
            "POST /a/b?c HTTP/1.1\r\nHost: localhost\r\nX-One: 1\r\nx-one: 2\r\n"
                + "Content-Length: 3\r\n\r\nabc"
        )
        #expect(
            answer.text
                == "POST /a/b 1, 2 none 3 127.0.0.1 urn:aviso:agency:CO:PONAL:station-1"
        )
    }

    @Test func anotherThreadAnswersLaterAndOnce() throws {
        let scene = try HTTPScene { _ in
        } handler: { _, reply in
            Thread.detachNewThread {
                reply.send(.plain("first"))
                reply.send(.plain("second"))
            }
            return nil
        }
        let client = try scene.connect()
        for _ in 0..<20 {
            try client.send(Self.get())
            #expect(try client.readAnswer().text == "first")
        }
    }

    @Test func anAnswerForAClientThatHasGoneIsDropped() throws {
        let replies = Mutex<[HTTPReply]>([])
        let scene = try HTTPScene { _ in
        } handler: { request, reply in
            guard request.path == "/later" else { return .plain("now") }
            replies.withLock { $0.append(reply) }
            return nil
        }
        var gone: TLSClient? = try scene.connect()
        try gone?.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n")
        // A second request on another connection is handled after the first.
        #expect(try scene.request(Self.get()).text == "now")
        gone = nil
        for reply in replies.withLock({ $0 }) { reply.send(.plain("too late")) }
        #expect(try scene.request(Self.get()).text == "now")
        #expect(replies.withLock { $0.count } == 1)
    }

    @Test func aLargeAnswerComesInPieces() throws {
        let piece = [UInt8](repeating: 0x61, count: 50_000)
        let scene = try HTTPScene { _ in
        } handler: { _, _ in
            HTTPResponse(
                status: 200,
                fields: [],
                body: .pieces(CountedPieces(count: 60, piece: piece))
            )
        }
        let client = try scene.connect()
        for _ in 0..<2 {
            try client.send(Self.get())
            let answer = try client.readAnswer()
            #expect(answer.header.contains("Transfer-Encoding: chunked"))
            #expect(answer.body.count == 60 * 50_000)
            #expect(answer.body.allSatisfy { $0 == 0x61 })
        }
        // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
        let old = try scene.request("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
        #expect(!old.header.contains("chunked"))
        #expect(old.body.count == 60 * 50_000)
        let head = try scene.connect()
        try head.send("HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n")
        #expect(try head.readAnswer().body.isEmpty)
    }

    @Test func anAnswerToHEADHasNoBodyThatTheNextOneBeginsWith() throws {
        let scene = try HTTPScene { _ in
        } handler: { request, _ in
            .plain("\(request.method) \(request.query ?? "none")")
        }
        let client = try scene.connect()
        try client.send("HEAD /?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try client.send("GET /?a=1&b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let bytes = String(decoding: try client.readToEnd(), as: UTF8.self)
        let parts = bytes.components(separatedBy: "\r\n\r\n")
        try #require(parts.count == 3, "\(bytes)")
        #expect(parts[0].contains("Content-Length: 8\r\n"))
        #expect(parts[1].hasPrefix("HTTP/1.1 200"))
        #expect(parts[2] == "GET a=1&b")
    }

    @Test func aReaderThatIsSlowCostsOnePiece() throws {
        let made = Mutex(0)
        let piece = [UInt8](repeating: 0, count: 64 << 10)
        let scene = try HTTPScene({ $0.idleSeconds = 1 }) { _, _ in
            let pieces = CountedPieces(count: 2000, piece: piece) { count in
                made.withLock { $0 = count }
            }
            return HTTPResponse(status: 200, fields: [], body: .pieces(pieces))
        }
        // It asks for 125 MiB and reads none of it: the server gives it up after a second, and has
        // made no more than what fits into the sockets.
        let client = try TLSClient(port: scene.port, receiveByteCount: 8192)
        try client.send(Self.get())
        var quietRounds = 0
        for _ in 0..<10 where quietRounds < 2 {
            let before = made.withLock { $0 }
            // A silent connection lasts as long as the server's patience.
            #expect(try scene.connect().readToEnd().isEmpty)
            let isQuiet = before > 0 && made.withLock { $0 } == before
            quietRounds = isQuiet ? quietRounds + 1 : 0
        }
        #expect(quietRounds == 2)
        let bytes = try client.readToEnd()
        #expect(client.isEnded)
        #expect(bytes.count < 32 << 20)
        #expect(made.withLock { $0 } < 500)
    }

    @Test func anAnswerThatCannotBeCompletedIsCut() throws {
        let scene = try HTTPScene { _ in
        } handler: { _, _ in
            let pieces = CountedPieces(count: 9, piece: Array("abc".utf8), failsAt: 2)
            return HTTPResponse(status: 200, fields: [], body: .pieces(pieces))
        }
        let client = try scene.connect()
        try client.send(Self.get())
        let text = String(decoding: try client.readToEnd(), as: UTF8.self)
        #expect(!text.hasSuffix("0\r\n\r\n"))
        #expect(try scene.connect().send("x"))
    }

    @Test func bodiesAreCompressedForThoseWhoAccept() throws {
        let line = Array(String(repeating: "the same line again\n", count: 4000).utf8)
        let scene = try HTTPScene { _ in
        } handler: { request, _ in
            let body: HTTPBody =
                request.path == "/pieces"
                ? .pieces(CountedPieces(count: 5, piece: line)) : .bytes(line)
            return HTTPResponse(status: 200, fields: [], body: body, isCompressible: true)
        }
        for (path, whole) in [("/", line), ("/pieces", line + line + line + line + line)] {
            let head = "GET \(path) HTTP/1.1\r\nHost: localhost\r\n"
            let packed = try scene.request(head + "Accept-Encoding: br, gzip\r\n\r\n")
            #expect(packed.header.contains("Content-Encoding: gzip"))
            #expect(packed.header.contains("Vary: Accept-Encoding"))
            #expect(packed.body.count < whole.count / 20)
            #expect(try GzipEncoderTests.gunzip(packed.body) == whole)
            let plain = try scene.request(head + "Accept-Encoding: gzip;q=0\r\n\r\n")
            #expect(!plain.header.contains("Content-Encoding"))
            #expect(plain.header.contains("Vary: Accept-Encoding"))
            #expect(plain.body == whole)
        }
    }
}
