import EventLoop
import TLSEngine
import TestKit

@testable import HTTPEngine

/// A server with limits of its own, on a free port of the loopback.
struct HTTPScene {
    let server: HTTPServer
    let port: UInt16

    init(
        _ change: (inout HTTPLimits) -> Void = { _ in },
        handler: @escaping HTTPServer.Handler = { _, _ in .plain("served") }
    ) throws {
        var limits = HTTPLimits()
        change(&limits)
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        server = try HTTPServer(
            socket: socket,
            context: try .test(.server, TestCertificates.shared.server),
            limits: limits,
            handler: handler
        )
        port = socket.address.port
    }

    func connect() throws -> TLSClient { try TLSClient(port: port) }

    /// Sends one request on a connection of its own and reads until the server ends it.
    func request(_ text: String) throws -> TLSClient.Answer {
        let client = try connect()
        try client.send(text)
        return try client.readAnswer()
    }
}

extension HTTPResponse {
    static func plain(_ text: String, _ fields: [HTTPField] = []) -> HTTPResponse {
        HTTPResponse(status: 200, fields: fields, body: .bytes(Array(text.utf8)))
    }
}

extension TLSContext {
    static func test(_ role: Role, _ pair: TestCertificates.Pair) throws(TLSError) -> TLSContext {
        try TLSContext(
            role: role,
            files: TLSIdentityFiles(
                certificate: pair.certificate,
                privateKey: pair.privateKey,
                authority: TestCertificates.shared.authority.certificate
            )
        )
    }
}

/// A body of `count` pieces, which notes how many have been asked for.
struct CountedPieces: HTTPPieces {
    let count: Int
    let piece: [UInt8]
    var failsAt: Int?
    let made: @Sendable (Int) -> Void
    private var madeCount = 0

    init(
        count: Int,
        piece: [UInt8],
        failsAt: Int? = nil,
        made: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.count = count
        self.piece = piece
        self.failsAt = failsAt
        self.made = made
    }

    mutating func next() -> HTTPPiece {
        guard madeCount != failsAt else { return .failed }
        guard madeCount < count else { return .end }
        madeCount += 1
        made(madeCount)
        return .bytes(piece)
    }
}
