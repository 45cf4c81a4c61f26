import EventLoop
import Glibc
import TestKit
import Testing

@Suite struct ListeningSocketTests {
    @Test func smallAnswersLeaveAtOnceOnWhatItAccepts() throws {
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let client = try PlainSocket(port: socket.address.port)
        let listening = try socket.duplicate()
        defer { close(listening) }
        var poll = pollfd(fd: listening, events: Int16(POLLIN), revents: 0)
        try #require(unsafe Glibc.poll(&poll, 1, 20_000) == 1)
        let accepted = accept(listening, nil, nil)
        try #require(accepted >= 0)
        defer { close(accepted) }
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let code = unsafe getsockopt(
            accepted,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &value,
            &length
        )
        #expect(code == 0)
        #expect(value != 0)
        client.close()
    }
}
