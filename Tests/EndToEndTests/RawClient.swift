import Foundation
import Glibc
import MQTTCodec
import TLSEngine
import TestKit
import Testing

/// A client of no good manners: it sends packets, or any bytes, and reads what comes back.
@safe final class RawClient {
    /// What the wait for the broker may take.
    private static let secondsMax = 20

    private let socket: PlainSocket
    private let session: TLSSession
    private var decoder = PacketDecoder(packetByteCountMax: 8 << 20)
    private let ciphertext = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
    private let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
    private var hasEnded = false

    /// Dials the broker of a network and completes the TLS handshake.
    ///
    /// - Parameters:
    ///   - network: the network, whose broker runs.
    ///   - folder: the folder with `tls.pem` and `tls.key`, such as `agencies/CO-PONAL`.
    ///   - receiveByteCount: the size of the socket's receive buffer, or nil for the system's.
    /// - Throws: when the broker cannot be reached, or ends the handshake.
    init(_ network: TestNetwork, _ folder: String, receiveByteCount: Int32? = nil) throws {
        let context = try TLSContext(
            role: .client,
            files: TLSIdentityFiles(
                certificate: network.path("\(folder)/tls.pem"),
                privateKey: network.path("\(folder)/tls.key"),
                authority: network.path("ca.pem")
            )
        )
        session = try TLSSession(context: context, serverName: "127.0.0.1")
        socket = try PlainSocket(
            port: try #require(UInt16(network.port)),
            receiveByteCount: receiveByteCount,
            secondsMax: Self.secondsMax
        )
        while try !session.handshake() {
            flush()
            try #require(try receive(), "the broker ended the handshake")
        }
        flush()
    }

    deinit {
        socket.close()
        unsafe ciphertext.deallocate()
        unsafe plaintext.deallocate()
    }

    // MARK: - Sending

    func send(_ packet: ControlPacket) throws {
        var bytes: [UInt8] = []
        PacketEncoder.encode(packet, into: &bytes)
        try send(bytes)
    }

    func send(_ bytes: [UInt8]) throws {
        try unsafe bytes.withUnsafeBytes { bytes in unsafe try session.write(bytes) }
        flush()
    }

    private func flush() {
        while session.outboundByteCount > 0 {
            var count = 0
            unsafe session.withOutbound { bytes in
                count = unsafe Glibc.send(
                    socket.descriptor,
                    bytes.baseAddress,
                    bytes.count,
                    Int32(MSG_NOSIGNAL)
                )
                return max(0, count)
            }
            // The broker has gone; what it said before can still be read.
            if count <= 0 { return }
        }
    }

    /// Hands bytes to TLS, to be sent by ``sendWaiting(milliseconds:)``.
    func queue(_ bytes: [UInt8]) throws {
        try unsafe bytes.withUnsafeBytes { bytes in unsafe try session.write(bytes) }
    }

    /// The bytes of this connection that have come to the broker, and that it has not read
    /// (proc_net_tcp(5), `rx_queue`).
    func unreadByteCount(in network: TestNetwork) throws -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(socket.descriptor, address, &length)
            }
        }
        try #require(code == 0)
        let ports = [try #require(UInt16(network.port)), UInt16(bigEndian: address.sin_port)]
        // The kernel gives a page at a time, which a file handle asks for until there is no more.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/net/tcp"))
        let line = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            .split(separator: "\n").map { $0.split(separator: " ") }
            .first { fields in
                zip(fields.dropFirst(), ports).allSatisfy { field, port in
                    field.split(separator: ":").last.flatMap { UInt16($0, radix: 16) } == port
                }
            }
        let queues = try #require(line?[4].split(separator: ":").last)
        return try #require(Int(queues, radix: 16))
    }

    /// Sends of what waits as much as goes without waiting longer than that.
    ///
    /// - Returns: whether nothing waits any more.
    @discardableResult
    func sendWaiting(milliseconds: Int32) -> Bool {
        while session.outboundByteCount > 0 {
            var watched = pollfd(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&watched, 1, milliseconds) > 0 else { return false }
            unsafe session.withOutbound { bytes in
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                let count = unsafe Glibc.send(
                    socket.descriptor,
                    bytes.baseAddress,
                    bytes.count,
                    flags
                )
                return max(0, count)
            }
        }
        return true
    }

    // MARK: - Receiving

    /// Waits for the next packet.
    ///
    /// - Returns: nil when the broker has ended the connection.
    func next() throws -> ControlPacket? {
        while true {
            if let packet = try decoder.next() { return packet }
            guard !hasEnded, try receive() else { return nil }
        }
    }

    // Waits for bytes; false at the end of the stream.
    private func receive() throws -> Bool {
        let count = unsafe recv(socket.descriptor, ciphertext.baseAddress, ciphertext.count, 0)
        try #require(
            count >= 0 || errno == ECONNRESET,
            "nothing came within \(Self.secondsMax) s (error \(errno))"
        )
        guard count > 0 else {
            hasEnded = true
            return false
        }
        let received = unsafe UnsafeRawBufferPointer(rebasing: ciphertext[..<count])
        return try unsafe session.receive(received) { () throws(TLSError) in
            guard try session.handshake() else { return true }
            while true {
                switch unsafe try session.read(into: plaintext) {
                case .bytes(let count): unsafe decoder.append(Array(plaintext[..<count])[...])
                case .wantsCiphertext: return true
                case .closed:
                    hasEnded = true
                    return true
                }
            }
        }
    }
}

/// What a well-behaved client says.
extension RawClient {
    /// Connects, and returns the broker's answer.
    @discardableResult
    func connect(
        _ identifier: String = "wire",
        cleanStart: Bool = true,
        expirySeconds: UInt32 = 0,
        _ change: (inout ConnectPacket) -> Void = { _ in }
    ) throws -> ConnAckPacket {
        var connect = ConnectPacket(
            clientIdentifier: identifier,
            cleanStart: cleanStart,
            keepAliveSeconds: 60
        )
        if expirySeconds > 0 { connect.properties.sessionExpiryInterval = expirySeconds }
        change(&connect)
        try send(.connect(connect))
        guard case .connAck(let connAck) = try next() else {
            throw RawClientFailure(expected: "CONNACK")
        }
        return connAck
    }

    func publish(
        _ payload: [UInt8],
        on topicName: String,
        packetIdentifier: UInt16 = 1
    ) throws -> PubAckPacket {
        try send(
            .publish(
                PublishPacket(
                    topicName: topicName,
                    qos: .atLeastOnce,
                    packetIdentifier: packetIdentifier,
                    payload: payload
                )
            )
        )
        guard case .pubAck(let pubAck) = try next() else {
            throw RawClientFailure(expected: "PUBACK")
        }
        return pubAck
    }

    func subscribe(_ filter: String, qos: QoS = .atLeastOnce) throws -> SubAckPacket {
        let request = SubscribePacket.Request(
            filter: try TopicFilter(filter),
            options: SubscriptionOptions(qos: qos)
        )
        try send(.subscribe(SubscribePacket(packetIdentifier: 1, subscriptions: [request])))
        guard case .subAck(let subAck) = try next() else {
            throw RawClientFailure(expected: "SUBACK")
        }
        return subAck
    }

    /// Waits for a delivery and acknowledges it.
    func delivery() throws -> PublishPacket {
        guard case .publish(let publish) = try next() else {
            throw RawClientFailure(expected: "PUBLISH")
        }
        if let packetIdentifier = publish.packetIdentifier {
            try send(
                .pubAck(PubAckPacket(packetIdentifier: packetIdentifier, reasonCode: .success))
            )
        }
        return publish
    }
}

/// Another packet came than the standard asks for, or none.
struct RawClientFailure: Error {
    let expected: String
}
