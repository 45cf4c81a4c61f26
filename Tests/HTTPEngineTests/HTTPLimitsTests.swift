import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPEngine

/// What a client may use at most, and what it gets beyond.
@Suite struct HTTPLimitsTests {
    private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func aSilentConnectionEnds() throws {
        let scene = try HTTPScene { $0.idleSeconds = 1 }
        let client = try scene.connect()
        #expect(try client.readToEnd().isEmpty)
        // Also one that has been served before.
        let served = try scene.connect()
        try served.send(Self.get)
        #expect(try served.readAnswer().text == "served")
        #expect(try served.readToEnd().isEmpty)
    }

    @Test func aHeaderThatDripsEndsInTime() throws {
        let scene = try HTTPScene {
            $0.idleSeconds = 2
            $0.requestSeconds = 2
        }
        let client = try scene.connect()
        let clock = ContinuousClock()
        let start = clock.now
        try client.send("GET / HTTP/1.1\r\n")
        // A byte every 100 ms is never silent for long; at most 15 s of it.
        for _ in 0..<150 where try client.send("X") {
            var pause = timespec(tv_sec: 0, tv_nsec: 100_000_000)
            unsafe nanosleep(&pause, nil)
            if clock.now - start > .seconds(4) { break }
        }
        #expect(try client.readToEnd().isEmpty)
        #expect(clock.now - start < .seconds(15))
    }

    @Test func aBodyThatIsTooLargeGets413() throws {
        let called = Mutex(0)
        let scene = try HTTPScene({ $0.bodyByteCountMax = 1000 }) { _, _ in
            called.withLock { $0 += 1 }
            return .plain("served")
        }
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        let most = head + "1000\r\n\r\n" + String(repeating: "x", count: 1000)
        #expect(try scene.request(most).status == 200)
        let more = head + "1001\r\n\r\n" + String(repeating: "x", count: 1001)
        #expect(try scene.request(more).status == 413)
        let chunk = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunked = chunk + "3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n"
        #expect(try scene.request(chunked).status == 413)
        #expect(called.withLock { $0 } == 1)
    }

    @Test func aHeaderThatIsTooLargeGets400() throws {
        let scene = try HTTPScene { $0.headerByteCountMax = 500 }
        let long = "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 600))"
        #expect(try scene.request(long + "\r\n\r\n").status == 400)
    }

    @Test(
        arguments: [
            "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "Content-Length: 1, 2\r\n\r\nab",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ]
    )
    func whatCouldBeTwoRequestsIsNone(rest: String) throws {
        let called = Mutex(0)
        let scene = try HTTPScene { _ in
        } handler: { _, _ in
            called.withLock { $0 += 1 }
            return .plain("served")
        }
        let client = try scene.connect()
        try client.send("POST / HTTP/1.1\r\nHost: localhost\r\n" + rest + Self.get)
        #expect(try client.readAnswer().status == 400)
        #expect(try client.readToEnd().isEmpty)
        #expect(called.withLock { $0 } == 0)
        // The same length twice is one length.
        let twice = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        #expect(try scene.request(twice + "Content-Length: 1\r\n\r\na").text == "served")
    }

    @Test func moreConnectionsThanAllowedWait() throws {
        let scene = try HTTPScene { $0.connectionsMax = 2 }
        var first: TLSClient? = try scene.connect()
        let second = try scene.connect()
        // The third is accepted by the system alone: its handshake waits until another ends.
        let third = AnswerBox<String?>()
        Thread.detachNewThread { [port = scene.port] in
            let client = try? TLSClient(port: port)
            _ = try? client?.send(Self.get)
            third.put(try? client?.readAnswer().text)
        }
        try first?.send(Self.get)
        #expect(try first?.readAnswer().text == "served")
        first = nil
        try second.send(Self.get)
        #expect(try second.readAnswer().text == "served")
        #expect(third.take() == "served")
    }

    @Test func whoAsksNothingKeepsNobodyOut() throws {
        let scene = try HTTPScene {
            $0.connectionsMax = 2
            $0.idleSeconds = 60
        }
        // One of them has not even begun its handshake.
        let silent = try scene.connect()
        let stranger = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(stranger) }
        try connect(stranger, to: scene.port)
        #expect(try scene.request(Self.get).text == "served")
        #expect(try silent.readToEnd().isEmpty)
    }

    private func connect(_ descriptor: Int32, to port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.connect(
                    descriptor,
                    address,
                    socklen_t(MemoryLayout<sockaddr_in>.size)
                )
            }
        }
        try #require(code == 0)
    }

    @Test func oneClientHasItsShareOfTheConnections() throws {
        let scene = try HTTPScene { $0.connectionsPerClientMax = 2 }
        let held = try [scene.connect(), scene.connect()]
        for client in held {
            try client.send(Self.get)
            #expect(try client.readAnswer().status == 200)
        }
        let refused = try scene.connect()
        try refused.send(Self.get)
        let answer = try refused.readAnswer()
        #expect(answer.status == 503)
        #expect(answer.header.contains("Retry-After: 1"))
        #expect(try refused.readToEnd().isEmpty)
        // The others go on.
        try held[0].send(Self.get)
        #expect(try held[0].readAnswer().status == 200)
    }

    @Test func aRequestThatIsNeverAnsweredGets503() throws {
        let scene = try HTTPScene({ $0.requestSeconds = 1 }) { _, _ in nil }
        let answer = try scene.request(Self.get)
        #expect(answer.status == 503)
        #expect(answer.text.hasPrefix("The answer took too long"))
    }
}
