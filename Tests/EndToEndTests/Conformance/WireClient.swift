import Foundation
import Glibc
import Testing

/// A TCP connection that sends and expects bytes, each wait with a bound.
final class WireClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let waitSeconds = 20
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        guard code == 0 else { throw Failure(description: "connect: \(errno)") }
        var timeout = timeval(tv_sec: Self.waitSeconds, tv_usec: 0)
        unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &timeout,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        let count = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard count == bytes.count else { throw Failure(description: "send: \(errno)") }
    }

    /// The next control packet; nil if the broker has closed the connection.
    func packet() throws -> [UInt8]? {
        while true {
            if let packet = takePacket() { return packet }
            var piece = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe recv(descriptor, &piece, piece.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) {
                guard buffer.isEmpty else { throw Failure(description: "half a packet, then end") }
                return nil
            }
            guard count > 0 else { throw Failure(description: "nothing came in time") }
            buffer += piece[..<count]
        }
    }

    private func takePacket() -> [UInt8]? {
        var length = 0
        var shift = 0
        for (place, byte) in buffer.dropFirst().prefix(4).enumerated() {
            length |= Int(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            let total = place + 2 + length
            guard buffer.count >= total else { return nil }
            defer { buffer.removeFirst(total) }
            return Array(buffer[..<total])
        }
        return nil
    }
}
