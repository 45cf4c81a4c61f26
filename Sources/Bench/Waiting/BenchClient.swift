import EventLoop
import MQTTCodec
import TLSEngine

/// A client over TLS that does as little as it can: packets in, packets out.
final class BenchClient {
    /// What a client tells its owner, on its loop's thread.
    struct Events {
        var onConnected: () -> Void
        var onPacket: (ControlPacket) -> Void
        var onFailure: (String) -> Void
    }

    private var stream: SecureStream?
    private var decoder = PacketDecoder(packetByteCountMax: 2 << 20)
    private let connect: ConnectPacket
    private let events: Events

    init(
        _ loop: Loop,
        port: UInt16,
        _ context: TLSContext,
        _ connect: ConnectPacket,
        _ events: Events
    ) {
        self.connect = connect
        self.events = events
        stream = SecureStream.connect(
            loop: loop,
            host: "localhost",
            port: port,
            context: context,
            events: .init(
                onReady: { [unowned self] _ in send(.connect(self.connect)) },
                onBytes: { [unowned self] bytes in received(bytes) },
                onClosed: { reason in events.onFailure(reason.message) }
            )
        )
    }

    func send(_ packet: ControlPacket) {
        stream?.write { buffer in PacketEncoder.encode(packet, into: &buffer) }
    }

    func close() {
        send(.disconnect(DisconnectPacket(reasonCode: .normalDisconnection)))
        stream?.close(flushing: true)
    }

    private func received(_ bytes: ArraySlice<UInt8>) {
        decoder.append(bytes)
        do throws(MQTTDecodingError) {
            while let packet = try decoder.next() { received(packet) }
        } catch {
            events.onFailure(error.message)
        }
    }

    private func received(_ packet: ControlPacket) {
        switch packet {
        case .connAck(let connAck):
            guard connAck.reasonCode == .success else {
                return events.onFailure(connAck.properties.reasonString ?? "CONNECT was refused")
            }
            events.onConnected()
        case .disconnect(let packet): events.onFailure(packet.reasonCode.name)
        default: events.onPacket(packet)
        }
    }
}
