import Foundation
import Glibc
import TLSEngine
import TestKit

/// A client that says byte for byte what a test wants, over a blocking socket.
final class TLSClient {
    /// What a server answered.
    struct Answer {
        let status: Int
        let header: String
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Failure: Error {
        case notConnected(Int32)
        case timedOut
        case notAnswered(String)
    }

    private let descriptor: Int32
    private let session: TLSSession
    private var plaintext: [UInt8] = []
    private(set) var isEnded = false

    /// Connects and shakes hands.
    init(port: UInt16, receiveByteCount: Int32? = nil) throws {
        let context = try TLSContext.test(.client, TestCertificates.shared.station)
        session = try TLSSession(context: context, serverName: "localhost")
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.notConnected(errno) }
        if var count = receiveByteCount {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &count, 4)
        }
        // No read waits longer than this: a test that would hang fails instead.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure.notConnected(errno) }
        try take([])
        while !session.isEstablished, !isEnded { try receive() }
    }

    deinit { close(descriptor) }

    /// Sends a text; false if the server no longer takes it.
    @discardableResult
    func send(_ text: String) throws -> Bool { try send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) throws -> Bool {
        unsafe try bytes.withUnsafeBytes { unsafe try session.write($0) }
        return flush()
    }

    /// Reads until there are so many bytes, or the end.
    func read(atLeast count: Int) throws -> [UInt8] {
        while plaintext.count < count, !isEnded { try receive() }
        return plaintext
    }

    /// Reads until the server ends the connection.
    func readToEnd() throws -> [UInt8] { try read(atLeast: .max) }

    /// Reads one answer that says how long it is, or goes on to the end.
    func readAnswer() throws -> Answer {
        var end: Int?
        while true {
            end = end ?? plaintext.headerEnd
            if let end, let whole = Self.answer(plaintext, headerEnd: end, isEnded) {
                plaintext.removeFirst(whole.byteCount)
                return whole.answer
            }
            guard !isEnded else {
                throw Failure.notAnswered(String(decoding: plaintext, as: UTF8.self))
            }
            try receive()
        }
    }

    private static func answer(
        _ bytes: [UInt8],
        headerEnd: Int,
        _ isEnded: Bool
    ) -> (answer: Answer, byteCount: Int)? {
        let header = String(decoding: bytes[..<headerEnd], as: UTF8.self)
        let status = header.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let rest = bytes[headerEnd...]
        if header.contains("Transfer-Encoding: chunked") {
            guard let body = rest.dechunked else { return nil }
            return (Answer(status: status, header: header, body: body), bytes.count)
        }
        let length = header.split(separator: "\r\n").lazy
            .filter { $0.hasPrefix("Content-Length: ") }
            .compactMap { Int($0.dropFirst(16)) }.first
        guard let length else {
            guard isEnded else { return nil }
            return (Answer(status: status, header: header, body: Array(rest)), bytes.count)
        }
        guard rest.count >= length else { return nil }
        let body = Array(rest.prefix(length))
        return (Answer(status: status, header: header, body: body), headerEnd + length)
    }

    // MARK: - Socket

    private func receive() throws {
        var room = [UInt8](repeating: 0, count: 16384)
        let count = unsafe recv(descriptor, &room, room.count, 0)
        guard count != -1 || (errno != EAGAIN && errno != EWOULDBLOCK) else {
            throw Failure.timedOut
        }
        guard count > 0 else {
            isEnded = true
            return
        }
        try take(Array(room.prefix(count)))
    }

    private func take(_ ciphertext: [UInt8]) throws {
        var room = [UInt8](repeating: 0, count: 16384)
        unsafe try ciphertext.withUnsafeBytes { bytes in
            unsafe try session.receive(bytes) { () throws(TLSError) in
                guard try session.handshake() else { return }
                while true {
                    let result = Self.read(session, into: &room)
                    switch try result.get() {
                    case .bytes(let count): plaintext += room.prefix(count)
                    case .wantsCiphertext: return
                    case .closed:
                        isEnded = true
                        return
                    }
                }
            }
        }
        _ = flush()
    }

    private static func read(
        _ session: TLSSession,
        into room: inout [UInt8]
    ) -> Result<TLSSession.ReadResult, TLSError> {
        unsafe room.withUnsafeMutableBytes { bytes in
            Result { () throws(TLSError) in unsafe try session.read(into: bytes) }
        }
    }

    private func flush() -> Bool {
        var isTaken = true
        unsafe session.withOutbound { bytes in
            let flags = Int32(MSG_NOSIGNAL)
            let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            isTaken = count == bytes.count
            return bytes.count
        }
        return isTaken
    }
}

extension [UInt8] {
    fileprivate var headerEnd: Int? {
        guard count >= 4 else { return nil }
        let end: [UInt8] = [13, 10, 13, 10]
        return (0...count - 4).first { self[$0..<$0 + 4].elementsEqual(end) }.map { $0 + 4 }
    }
}

extension ArraySlice<UInt8> {
    /// The body of complete chunks (RFC 9112 7.1), or nil while the last one has not come.
    fileprivate var dechunked: [UInt8]? {
        var body: [UInt8] = []
        var rest = self
        while let lineEnd = rest.firstIndex(of: 10) {
            let line = String(decoding: rest[..<lineEnd].dropLast(), as: UTF8.self)
            guard let count = Int(line, radix: 16),
                rest.count >= lineEnd - rest.startIndex + count + 3
            else { return nil }
            if count == 0 { return body }
            let start = lineEnd + 1
            body += rest[start..<start + count]
            rest = rest[(start + count + 2)...]
        }
        return nil
    }
}
