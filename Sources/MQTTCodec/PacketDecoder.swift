import Base

/// Cuts a stream of bytes into packets, however it arrives in pieces.
package struct PacketDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    private let packetByteCountMax: Int
    private let isForClients: Bool
    private var hasFailed: Bool { failure != nil }
    /// Why nothing can be decoded any more.
    package private(set) var failure: MQTTDecodingError?
    /// What the client's CONNECT said, even if the rest of it cannot be read.
    package private(set) var version = ProtocolVersion.v5
    /// Whether what cannot be decoded began as CONNECT, which CONNACK may answer.
    package private(set) var hasFailedAtConnect = false

    /// Makes a decoder.
    ///
    /// - Parameters:
    ///   - packetByteCountMax: the largest packet to take, fixed header included.
    ///   - isForClients: whether a client sends the bytes: then what only a server may send is a
    ///     protocol error, whatever is in it.
    package init(packetByteCountMax: Int, isForClients: Bool = false) {
        self.packetByteCountMax = packetByteCountMax
        self.isForClients = isForClients
    }

    /// The number of bytes that wait for the rest of their packet.
    package var bufferedByteCount: Int { buffer.count - start }

    /// Adds bytes that have arrived.
    package mutating func append(_ bytes: ArraySlice<UInt8>) {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
            start = 0
        } else if start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Takes the next packet.
    ///
    /// - Returns: nil until more bytes have arrived.
    /// - Throws: ``MQTTDecodingError``; nothing can be decoded after it.
    package mutating func next() throws(MQTTDecodingError) -> ControlPacket? {
        guard !hasFailed, start < buffer.count else { return nil }
        do throws(MQTTDecodingError) {
            return try decode()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func decode() throws(MQTTDecodingError) -> ControlPacket? {
        // Nothing that follows could make it a packet.
        guard buffer[start] >> 4 != 0 else {
            throw .protocolError("packet type 0 is forbidden (2.1.2)")
        }
        guard let header = try readHeader() else { return nil }
        let end = header.bodyStart + header.bodyByteCount
        guard end <= buffer.count else { return nil }
        var reader = PacketReader(buffer[header.bodyStart..<end])
        let first = buffer[start]
        do throws(MQTTDecodingError) {
            let packet = try ControlPacket(
                type: first >> 4,
                flags: first & 15,
                version: version,
                isFromClient: isForClients,
                &reader
            )
            start = end
            if case .connect(let connect) = packet { version = connect.version }
            return packet
        } catch {
            noteFailure(first, buffer[header.bodyStart..<end])
            throw error
        }
    }

    private mutating func noteFailure(_ first: UInt8, _ body: ArraySlice<UInt8>) {
        guard first >> 4 == 1 else { return }
        hasFailedAtConnect = true
        // Behind the protocol name, "MQTT".
        let level = body.dropFirst(6).first
        if level == ProtocolVersion.v311.rawValue { version = .v311 }
    }

    private func readHeader() throws(MQTTDecodingError) -> (
        bodyStart: Int, bodyByteCount: Int
    )? {
        var length = 0
        for position in 0..<4 {
            let place = start + 1 + position
            guard place < buffer.count else { return nil }
            length |= Int(buffer[place] & 0x7F) << (7 * position)
            guard buffer[place] & 0x80 == 0 else { continue }
            guard position == 0 || buffer[place] != 0 else {
                throw .malformed("the remaining length is not minimal [MQTT-1.5.5-1]")
            }
            guard 2 + position + length <= packetByteCountMax else {
                throw MQTTDecodingError(
                    .packetTooLarge,
                    "a packet may have \(packetByteCountMax) bytes [MQTT-3.2.2-15]"
                )
            }
            return (place + 1, length)
        }
        throw MQTTDecodingError.malformed("the remaining length has more than four bytes (1.5.5)")
            .withoutAnswer()
    }
}
