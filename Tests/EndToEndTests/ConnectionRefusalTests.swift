import Foundation
import MQTTCodec
import TestKit
import Testing

/// Who may not connect learns why, stands in the log, and disturbs nobody.
@Suite struct ConnectionRefusalTests {
    /// Dials with OpenSSL's own client, and returns what that says of the end.
    private func dial(_ network: TestNetwork, _ folder: String?) throws -> String {
        var arguments = [
            "s_client", "-connect", "127.0.0.1:\(network.port)", "-CAfile",
            network.path("ca.pem"), "-quiet", "-verify_quiet",
        ]
        if let folder {
            arguments += ["-cert", "\(folder)/tls.pem", "-key", "\(folder)/tls.key"]
        }
        return try TestNetwork.run("/usr/bin/openssl", arguments, seconds: 20).error
    }

    /// Makes a station's certificate by the network's own authority.
    private func station(
        _ network: TestNetwork,
        _ folder: String,
        _ uri: String,
        until: String = "20890101000000Z"
    ) throws {
        let directory = URL(fileURLWithPath: network.path(folder))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        _ = try CertificateMaker(folder: directory).make(
            "tls",
            by: TestCertificates.Pair(
                certificate: network.path("ca.pem"),
                privateKey: network.path("ca.key")
            ),
            names: "URI:\(uri)",
            from: "20200101000000Z",
            until: until
        )
    }

    @Test func certificatesThatMayNotConnectEndInATLSAlert() throws {
        let network = try TestNetwork()
        let stranger = try TestNetwork(agencies: "CO:PONAL")
        try network.start()
        let bystanders = try Bystanders(network)
        let uri = "urn:aviso:agency:CO:PONAL:station-1"
        try station(network, "expired", uri, until: "20210101000000Z")

        // RFC 8446 6.2 gives each alert its number.
        #expect(try dial(network, nil).contains("SSL alert number 116"), "certificate_required")
        let foreign = try dial(network, stranger.path("agencies/CO-PONAL"))
        #expect(foreign.contains("SSL alert number 48"), "unknown_ca: \(foreign)")
        let expired = try dial(network, network.path("expired"))
        #expect(expired.contains("SSL alert number 45"), "certificate_expired: \(expired)")

        try bystanders.expectUndisturbed()
        let refusals = try network.refusals()
        #expect(refusals.map(\.packet) == ["TLS", "TLS", "TLS"])
        #expect(refusals.map(\.reason) == [0x87, 0x87, 0x87])
        #expect(
            refusals.map(\.text) == [
                "The client presented no certificate; one issued by the network's authority is "
                    + "needed.",
                "The certificate of CN=CO:PONAL station-1,O=Aviso was not issued by the "
                    + "network's authority.",
                "The certificate of CN=tls,O=Aviso Test expired on 2021-01-01T00:00:00.000Z; "
                    + "renew it.",
            ]
        )
    }

    @Test func strangersWithACertificateOfOursAreRefused() throws {
        let network = try TestNetwork()
        let uri = "urn:aviso:agency:BR:PF:station-1"
        try station(network, "unknown", uri)
        try station(network, "nobody", "https://example.org/")
        try network.start()
        let bystanders = try Bystanders(network)

        let texts = [
            "agency BR:PF of the certificate is not in the directory: ask the operator to "
                + "register it",
            "the certificate names no station: it needs a URI such as "
                + "urn:aviso:agency:CO:PONAL:station-1 as subject alternative name",
        ]
        for (folder, text) in zip(["unknown", "nobody"], texts) {
            let client = try RawClient(network, folder)
            let connAck = try client.connect()
            #expect(connAck.reasonCode == .notAuthorized)
            #expect(connAck.properties.reasonString == text)
            #expect(try client.next() == nil)
        }
        // In the place of CONNECT they have nothing to say either.
        let silent = try RawClient(network, "nobody")
        try silent.send(.pingReq)
        #expect(try silent.next() == nil)

        try bystanders.expectUndisturbed()
        #expect(
            try network.refusals() == [
                .init(packet: "CONNECT", reason: 0x87, text: texts[0], station: uri),
                .init(packet: "TLS", reason: 0x87, text: texts[1], station: nil),
                .init(packet: "TLS", reason: 0x87, text: texts[1], station: nil),
            ]
        )
    }

    /// A CONNECT that gets a CONNACK with a reason, and then the end of the connection.
    private struct BadConnect {
        let code: ReasonCode
        let text: String
        let bytes: [UInt8]

        init(_ code: ReasonCode, _ text: String, _ body: [UInt8]) {
            self.code = code
            self.text = text
            bytes = [0x10, UInt8(body.count)] + body
        }
    }

    private static let name: [UInt8] = [0, 4] + Array("MQTT".utf8)
    private static let badConnects = [
        BadConnect(
            .unsupportedProtocolVersion,
            "protocol version 4 is not served: connect with MQTT 5.0 [MQTT-3.1.2-2]",
            name + [4, 2, 0, 60, 0, 1, 0x61]
        ),
        BadConnect(
            .unsupportedProtocolVersion,
            "the protocol name is not MQTT [MQTT-3.1.2-1]",
            [0, 4] + Array("HTTP".utf8) + [5, 2, 0, 60, 0, 0, 1, 0x61]
        ),
        BadConnect(
            .malformedPacket,
            "the reserved flag of CONNECT is set [MQTT-3.1.2-3]",
            name + [5, 3, 0, 60, 0, 0, 1, 0x61]
        ),
        BadConnect(
            .clientIdentifierNotValid,
            "the client identifier is no text: a string is not well-formed UTF-8 [MQTT-1.5.4-1] "
                + "[MQTT-3.1.3-4]",
            name + [5, 2, 0, 60, 0, 0, 2, 0xC3, 0x28]
        ),
        BadConnect(
            .badAuthenticationMethod,
            "enhanced authentication is not served: the TLS certificate says who you are",
            name + [5, 2, 0, 60, 4, 0x15, 0, 1, 0x78, 0, 1, 0x61]
        ),
        BadConnect(
            .implementationSpecificError,
            "a will cannot be a signed alert: connect without one",
            name + [5, 6, 0, 60, 0, 0, 1, 0x61, 0, 0, 1, 0x74, 0, 0]
        ),
    ]

    @Test func connectsThatCannotBeServedAreAnsweredWithTheReason() throws {
        let network = try TestNetwork()
        try network.start()
        let bystanders = try Bystanders(network)
        for bad in Self.badConnects {
            let client = try RawClient(network, "agencies/MX-FGR")
            try client.send(bad.bytes)
            guard case .connAck(let connAck) = try client.next() else {
                Issue.record("no CONNACK: \(bad.text)")
                continue
            }
            #expect(connAck.reasonCode == bad.code)
            #expect(connAck.properties.reasonString == bad.text)
            #expect(try client.next() == nil)
        }
        try bystanders.expectUndisturbed()
        let expected = Self.badConnects.map {
            TestNetwork.Attempt(
                packet: "CONNECT",
                reason: $0.code.rawValue,
                text: $0.text,
                station: "urn:aviso:agency:MX:FGR:station-1"
            )
        }
        #expect(try network.refusals() == expected)
    }
}
