import Base
import Foundation
import TLSEngine
import TestKit
import Testing

@Suite struct TLSSessionTests {
    @Test func bothSidesProveTheirCertificates() throws {
        var pair = try TLSPair()
        let result = pair.pump()
        #expect(result.client.error == nil && result.server.error == nil)
        #expect(pair.client.isEstablished && pair.server.isEstablished)
        let certificate = try #require(pair.server.peerCertificate)
        #expect(certificate.uriNames == [TestCertificates.stationURI])
        #expect(certificate.subject == "CN=station,O=Aviso Test")
        #expect(certificate.notAfter == RFC3339.parse("2089-01-01T00:00:00Z"))
        #expect(certificate.fingerprint.count == 32)
        #expect(!certificate.serial.isEmpty)
        #expect(pair.client.peerCertificate?.subject == "CN=server,O=Aviso Test")
    }

    @Test func handshakeAndDataByteByByte() throws {
        var pair = try TLSPair()
        _ = pair.pump(step: 1)
        try pair.client.write(Array("publish".utf8))
        try pair.server.write(Array("acknowledge".utf8))
        let result = pair.pump(step: 1)
        #expect(result.server.plaintext == Array("publish".utf8))
        #expect(result.client.plaintext == Array("acknowledge".utf8))
    }

    @Test(arguments: [1, 16_384, 16_385, 3_000_000]) func transfers(byteCount: Int) throws {
        var pair = try TLSPair()
        _ = pair.pump()
        var random = SplitMix64(seed: UInt64(byteCount))
        let bytes = (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        try pair.server.write(bytes)
        #expect(pair.server.outboundByteCount > byteCount)
        #expect(pair.server.outboundByteCount < byteCount + 22 * (byteCount / 16_384 + 1) + 1)
        let result = pair.pump(step: 1000)
        #expect(result.client.plaintext == bytes)
        #expect(pair.server.outboundByteCount == 0)
    }

    @Test func unreadCiphertextIsKept() throws {
        var pair = try TLSPair()
        _ = pair.pump()
        for number in 0..<100 {
            try pair.client.write([UInt8](repeating: UInt8(number), count: 1500))
        }
        let ciphertext = pair.client.takeCiphertext()
        let lent = UnsafeMutableRawBufferPointer.allocate(byteCount: ciphertext.count, alignment: 1)
        unsafe lent.copyBytes(from: ciphertext)
        unsafe try pair.server.receive(UnsafeRawBufferPointer(lent)) { () throws(TLSError) in }
        unsafe lent.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe lent.deallocate()
        #expect(pair.server.hasUnread)
        let (read, _) = try pair.server.receiveAll([])
        #expect(read == (0..<100).flatMap { [UInt8](repeating: UInt8($0), count: 1500) })
        #expect(!pair.server.hasUnread)
    }

    @Test func closeNotifyEndsTheStreamInOrder() throws {
        var pair = try TLSPair()
        _ = pair.pump()
        try pair.client.write([1, 2, 3])
        pair.client.close()
        let result = pair.pump()
        #expect(result.server.plaintext == [1, 2, 3])
        #expect(result.server.isClosed)
        try pair.server.write([4])
        let answer = pair.pump()
        #expect(answer.client.plaintext == [4], "the other direction stays open")
    }

    @Test func endWithoutCloseNotifyIsTruncation() throws {
        var pair = try TLSPair()
        _ = pair.pump()
        pair.server.receiveEnd()
        #expect(throws: TLSError.truncated) { try pair.server.receiveAll([]) }
    }

    @Test func changedCiphertextIsRefused() throws {
        var pair = try TLSPair()
        _ = pair.pump()
        try pair.client.write([1, 2, 3])
        var ciphertext = pair.client.takeCiphertext()
        ciphertext[ciphertext.count - 1] ^= 1
        #expect(throws: TLSError.self) { try pair.server.receiveAll(ciphertext[...]) }
        #expect(throws: TLSError.self) { try pair.server.receiveAll([]) }
        #expect(throws: TLSError.self) { try pair.server.write([1]) }
    }

    @Test func sessionsAreNotResumed() throws {
        var pair = try TLSPair()
        _ = pair.pump()
        #expect(pair.server.outboundByteCount == 0, "no ticket is sent")
    }
}
