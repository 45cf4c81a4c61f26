import Base
import TLSEngine
import TestKit
import Testing

@Suite struct TLSRefusalTests {
    let certificates = TestCertificates.shared

    @Test func clientOfAnotherAuthority() throws {
        var pair = try TLSPair(station: certificates.stationOfOtherAuthority)
        let result = pair.pump()
        let subject = "CN=station-of-other-authority,O=Aviso Test"
        #expect(result.server.error == .unknownAuthority(subject: subject))
        #expect(result.client.error == .refusedByPeer(alert: "unknown CA"))
        #expect(pair.server.peerCertificate == nil)
        #expect(pair.server.rejectedCertificate?.uriNames == [TestCertificates.stationURI])
    }

    // Each part of a name has 64 characters at most, and there may be any number of parts.
    @Test(arguments: ["x", "\u{301}"]) func aSubjectIsNoBook(character: String) throws {
        let unit = "/OU=e" + String(repeating: character, count: 63)
        let stranger = try CertificateMaker(folder: certificates.folder).makeAuthority(
            "stranger-\(character.utf8.count)",
            subject: String(repeating: unit, count: 100)
        )
        var pair = try TLSPair(station: stranger)
        let result = pair.pump()
        guard case .unknownAuthority(let subject) = result.server.error else {
            Issue.record("\(String(describing: result.server.error))")
            return
        }
        #expect(subject.utf8.starts(with: "OU=e".utf8))
        let most = PeerCertificate.subjectByteCountMax
        #expect((most - 3...most).contains(subject.utf8.count))
    }

    @Test func expiredClient() throws {
        var pair = try TLSPair(station: certificates.expiredStation)
        let result = pair.pump()
        let end = try #require(RFC3339.parse("2021-01-01T00:00:00Z"))
        let subject = "CN=expired-station,O=Aviso Test"
        #expect(result.server.error == .certificateExpired(subject: subject, notAfter: end))
        #expect(result.client.error == .refusedByPeer(alert: "certificate expired"))
        #expect(
            result.server.error?.message
                == "The certificate of \(subject) expired on 2021-01-01T00:00:00.000Z; renew it."
        )
    }

    @Test func clientFromTheFuture() throws {
        var pair = try TLSPair(station: certificates.futureStation)
        let result = pair.pump()
        let start = try #require(RFC3339.parse("2090-01-01T00:00:00Z"))
        let subject = "CN=future-station,O=Aviso Test"
        #expect(result.server.error == .certificateNotYetValid(subject: subject, notBefore: start))
    }

    @Test func serverCertificateUsedByAClient() throws {
        var pair = try TLSPair(station: certificates.server)
        let result = pair.pump()
        guard case .certificateRejected(let subject, _)? = result.server.error else {
            Issue.record("\(String(describing: result.server.error))")
            return
        }
        #expect(subject == "CN=server,O=Aviso Test")
    }

    @Test(arguments: ["example.org", "127.0.0.2", "::2"]) func hostNameMismatch(name: String) throws
    {
        var pair = try TLSPair(serverName: name)
        let result = pair.pump()
        #expect(
            result.client.error
                == .hostNameMismatch(expected: name, subject: "CN=server,O=Aviso Test")
        )
        #expect(!pair.server.isEstablished)
    }

    @Test(arguments: ["localhost", "127.0.0.1", "::1"]) func coveredNames(name: String) throws {
        var pair = try TLSPair(serverName: name)
        #expect(pair.pump().client.error == nil)
        #expect(pair.client.isEstablished)
    }

    @Test func serverForAnotherName() throws {
        var pair = try TLSPair(server: certificates.serverElsewhere)
        let result = pair.pump()
        #expect(
            result.client.error
                == .hostNameMismatch(
                    expected: "localhost",
                    subject: "CN=server-elsewhere,O=Aviso Test"
                )
        )
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "\u{10}\u{20}\0\u{4}MQTT\u{5}"])
    func plainText(text: String) throws {
        let server = try TLSSession(context: .test(.server, certificates.server))
        #expect(throws: TLSError.notTLS) { try server.receiveAll(Array(text.utf8)[...]) }
    }

    @Test func version12() throws {
        // A ClientHello of a client that offers TLS 1.2 and ECDHE-ECDSA-AES128-GCM-SHA256.
        let hello = try #require(
            Hex.decode(
                "16030100830100007f0303b3a62e409dd634763971999530b619fc1316e0b94c5a401fbe17cad8a8"
                    + "a6ad68000004c02b00ff01000052000b000403000102000a000c000a001d0017001e00190018"
                    + "002300000016000000170000000d002a0028040305030603080708080809080a080b08040805"
                    + "0806040105010601030303010302040205020602"
            )
        )
        let server = try TLSSession(context: .test(.server, certificates.server))
        #expect(throws: TLSError.protocolTooOld) { try server.receiveAll(hello[...]) }
        #expect(server.outboundByteCount == 7, "the alert protocol_version")
    }

    @Test func randomBytesNeverTrap() throws {
        let context = try TLSContext.test(.server, certificates.server)
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let server = try TLSSession(context: context)
            var bytes: [UInt8] = [0x16, 0x03, 0x01, 0x00, UInt8(truncatingIfNeeded: random.next())]
            for _ in 0..<300 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
            _ = try? server.receiveAll(bytes[...])
            #expect(!server.isEstablished)
        }
    }
}
