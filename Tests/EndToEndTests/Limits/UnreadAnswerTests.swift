import Glibc
import MQTTCodec
import Testing

/// A client that sends and never reads is not read from any more, and loses nothing by it.
@Suite struct UnreadAnswerTests {
    // The kernel keeps up to 4 MiB of the answers, and the broker next to nothing.
    private static let pingCount = 1 << 22
    // In a second without work the broker tells its figures, and does little else.
    private static let idleTicksMax = 2

    @Test func whoDoesNotReadItsAnswersIsNotReadFrom() throws {
        let network = try TestNetwork(limits: [
            "contentByteCountMax": 1024, "packetByteCountMax": 32 << 10,
            "outboundByteCountMax": 64 << 10,
        ])
        try network.start()
        let bystanders = try Bystanders(network)
        let client = try RawClient(network, "agencies/MX-FGR", receiveByteCount: 16 << 10)
        try client.connect()
        var pings: [UInt8] = []
        for _ in 0..<Self.pingCount { PacketEncoder.encode(.pingReq, into: &pings) }
        try client.queue(pings)
        // Until the broker does nothing any more: one that is only slow is at work all the time.
        var ticks = try network.processorTicks()
        var idleSeconds = 0
        while idleSeconds < 3 {
            let second = ContinuousClock.now + .seconds(1)
            client.sendWaiting(milliseconds: 1000)
            while ContinuousClock.now < second { usleep(10_000) }
            let now = try network.processorTicks()
            idleSeconds = now - ticks <= Self.idleTicksMax ? idleSeconds + 1 : 0
            ticks = now
        }
        #expect(try client.unreadByteCount(in: network) > 0, "it keeps the answers to all of it")
        try bystanders.expectUndisturbed()

        // The client reads at last, and nothing is missing.
        for _ in 0..<Self.pingCount {
            client.sendWaiting(milliseconds: 0)
            guard case .pingResp = try client.next() else {
                throw RawClientFailure(expected: "PINGRESP")
            }
        }
        #expect(try client.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
    }
}
