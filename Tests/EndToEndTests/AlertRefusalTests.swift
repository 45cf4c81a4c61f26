import Alerts
import Base
import CBOR
import COSE
import MQTTCodec
import Testing

/// Alerts that may not be: each gets its reason code and sentence, and an entry in the log.
@Suite struct AlertRefusalTests {
    /// What is published, and the answer that it must get.
    private struct Attempt {
        var topicName = Forger.topic()
        let payload: [UInt8]
        let code: ReasonCode
        let text: String

        init(_ code: ReasonCode, _ text: String, _ payload: [UInt8]) {
            self.code = code
            self.text = text
            self.payload = payload
        }
    }

    private static let station = "urn:aviso:agency:CO:PONAL:station-1"

    /// Publishes each on one connection, which stays open and goes on being served.
    private func expect(
        _ attempts: [Attempt],
        in network: TestNetwork,
        as station: String = station
    ) throws {
        let bystanders = try Bystanders(network)
        let folder = station.split(separator: ":")[3...4].joined(separator: "-")
        let client = try RawClient(network, "agencies/\(folder)")
        #expect(try client.connect().reasonCode == .success)
        for (place, attempt) in attempts.enumerated() {
            let pubAck = try client.publish(
                attempt.payload,
                on: attempt.topicName,
                packetIdentifier: UInt16(place + 1)
            )
            #expect(pubAck.reasonCode == attempt.code, "\(attempt.text)")
            #expect(pubAck.properties.reasonString == attempt.text)
        }
        #expect(try client.subscribe("alerts/#").reasonCodes == [.grantedQoS1])
        try bystanders.expectUndisturbed()
        let expected = attempts.map {
            TestNetwork.Attempt(
                packet: "PUBLISH",
                reason: $0.code.rawValue,
                text: $0.text,
                station: station
            )
        }
        #expect(try network.refusals() == expected)
    }

    private func makeNetwork() throws -> (TestNetwork, Forger) {
        let network = try TestNetwork(limits: ["refusalsPerSecond": 1000])
        try network.start()
        return (network, Forger(network: network))
    }

    @Test func authorsMustBeWhoTheySay() throws {
        let (network, forger) = try makeNetwork()
        try expect(
            [
                Attempt(
                    .notAuthorized,
                    "kid is not the thumbprint of CO:PONAL's registered signing key: sign with "
                        + "the registered key or have the new one registered",
                    try forger.seal { $0.signer = "PE:DEVIDA" }
                ),
                Attempt(
                    .notAuthorized,
                    "the signature does not verify under CO:PONAL's registered key: the "
                        + "statement was altered or signed with another key",
                    try forger.seal {
                        $0.signer = "PE:DEVIDA"
                        $0.isMasked = true
                    }
                ),
                Attempt(
                    .notAuthorized,
                    "issuer PE:DEVIDA is not the agency of the TLS certificate, CO:PONAL: "
                        + "publish with a station of the agency that signs",
                    try forger.seal { $0.author = "PE:DEVIDA" }
                ),
            ],
            in: network
        )
    }

    @Test func oneFlippedBitAnywhereIsFound() throws {
        let (network, forger) = try makeNetwork()
        let alert = try forger.seal()
        let statement = try AlertPayload(
            decoding: alert[...],
            using: LibCBOR(),
            limits: AlertLimits()
        ).statementBytes
        // A statement ends in the bytes of its digest, two bytes of head, and the signature.
        let signature = statement.endIndex - 64
        let digest = signature - 2 - 32
        let urn = Array("urn:uuid:".utf8)
        let identifier = try #require(
            statement.indices.first { statement[$0...].starts(with: urn) }
        )
        let forged =
            "the signature does not verify under CO:PONAL's registered key: the statement was "
            + "altered or signed with another key"
        let altered =
            "SHA-256 of the content differs from the digest that the statement signs: the "
            + "content was altered after signing"
        func flipped(_ place: Int, _ bit: UInt8 = 1) -> [UInt8] {
            var bytes = alert
            bytes[place] ^= bit
            return bytes
        }
        try expect(
            [
                // The last digit of the alert's identifier, the digest, the signature.
                Attempt(.notAuthorized, forged, flipped(identifier + urn.count + 35)),
                Attempt(.notAuthorized, forged, flipped(digest)),
                Attempt(.notAuthorized, forged, flipped(digest + 31, 0x80)),
                Attempt(.notAuthorized, forged, flipped(signature)),
                Attempt(.notAuthorized, forged, flipped(signature + 63, 0x80)),
                // The content, from its tag to the last byte of the last recipient's key.
                Attempt(.payloadFormatInvalid, altered, flipped(statement.endIndex)),
                Attempt(
                    .payloadFormatInvalid,
                    altered,
                    flipped((statement.endIndex + alert.count) / 2, 0x10)
                ),
                Attempt(.payloadFormatInvalid, altered, flipped(alert.count - 1)),
                // A bit of the framing: what is left is no statement.
                Attempt(
                    .payloadFormatInvalid,
                    "the statement is not valid: it is not the array behind tag 18",
                    flipped(1)
                ),
            ],
            in: network
        )
    }

    @Test func recipientsAreExactlyThoseNamed() throws {
        let (network, forger) = try makeNetwork()
        let stranger = forger.strangerKeyID.prefix(8)
        try expect(
            [
                Attempt(
                    .payloadFormatInvalid,
                    "the content is encrypted to US:DEA, which `to` does not name: name it in "
                        + "`to` or leave it out",
                    try forger.seal { $0.sealedTo = ["MX:FGR", "US:DEA"] }
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "`to` names US:DEA, but the content is not encrypted to it: add its "
                        + "recipient entry",
                    try forger.seal {
                        $0.to = ["MX:FGR", "US:DEA"]
                        $0.sealedTo = ["MX:FGR"]
                    }
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "recipient BR:PF is not in the directory, or has no encryption key there: "
                        + "take the current directory",
                    try forger.seal { $0.to = ["MX:FGR", "BR:PF"] }
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "the content is encrypted to key \(Hex.encode(stranger))…, which no agency "
                        + "has registered: take the current directory",
                    try forger.seal { $0.sealedTo = ["MX:FGR", "BR:PF"] }
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "the content is encrypted to MX:FGR twice: one recipient entry for each "
                        + "agency",
                    try forger.seal { $0.sealedTo = ["MX:FGR", "MX:FGR"] }
                ),
            ],
            in: network
        )
    }

    // What a reader takes for one letter fills half a MiB: a refusal that quotes it is a sentence
    // all the same, and the log goes on.
    @Test(arguments: ["\u{301}", "\u{20D0}"])
    func aLetterOfManyMarksFillsNoEntry(mark: String) throws {
        let (network, forger) = try makeNetwork()
        let letter = CBORValue.text("e" + String(repeating: mark, count: 500_000 / mark.utf8.count))
        let header = CBORMap([CBORMap.Pair(letter, .unsigned(0))])
        let protected = LibCBOR().encode(.map(header))
        let content = LibCBOR().encode(
            .tagged(
                COSEEncrypt.tag,
                .array([.bytes(protected[...]), .map(header), .bytes([]), .array([])])
            )
        )
        let cut = "e" + String(repeating: mark, count: 63 / mark.utf8.count)
        try expect(
            [
                Attempt(
                    .payloadFormatInvalid,
                    "the content is not valid: its header label \(cut) is invalid or stands twice",
                    try forger.recontent(try forger.seal(), content)
                )
            ],
            in: network
        )
    }

    @Test func topicHeaderAndFormAgree() throws {
        let (network, forger) = try makeNetwork()
        var elsewhere = Attempt(
            .topicNameInvalid,
            "topic alerts/intelligence/intelligence-report disagrees with the signed header, "
                + "which says chemical-diversion/diversion-incident: publish to the signed "
                + "channel and kind",
            try forger.seal()
        )
        elsewhere.topicName = Forger.topic(.intelligenceReport)
        var nowhere = Attempt(
            .topicNameInvalid,
            "topic \"alerts/weather\" names no channel and kind: publish to "
                + "alerts/<channel>/<kind>",
            try forger.seal()
        )
        nowhere.topicName = "alerts/weather"
        try expect(
            [
                elsewhere,
                nowhere,
                Attempt(
                    .payloadFormatInvalid,
                    "the payload is not the CBOR array [statement, content]",
                    Array("hello".utf8)
                ),
                Attempt(
                    .quotaExceeded,
                    "the content has 1048577 bytes, and 1048576 are allowed: send large files "
                        + "as attachments",
                    try forger.seal().padded(toContentOf: 1_048_577)
                ),
            ],
            in: network
        )
    }

    @Test func mayOnlyPublishWherePermitted() throws {
        let network = try TestNetwork()
        try network.permit("PE:DEVIDA", "publish", ["intelligence"])
        try network.start()
        try expect(
            [
                Attempt(
                    .notAuthorized,
                    "PE:DEVIDA may not publish on chemical-diversion: ask the operator for the "
                        + "permission",
                    try Forger(network: network).seal { $0.author = "PE:DEVIDA" }
                )
            ],
            in: network,
            as: "urn:aviso:agency:PE:DEVIDA:station-1"
        )
    }

    @Test func anAlertIsOfItsTime() throws {
        let (network, forger) = try makeNetwork()
        let now = Forger.now()
        let past = WallTime(seconds: now.seconds - 60)
        let old = WallTime(seconds: now.seconds - 86_500)
        let expired = try forger.seal {
            $0.issuedAt = past
            $0.expires = WallTime(seconds: now.seconds - 1)
        }
        let until = RFC3339.format(WallTime(seconds: now.seconds - 1))
        try expect(
            [
                Attempt(
                    .implementationSpecificError,
                    "expired at \(until): issue the alert anew",
                    expired
                ),
                Attempt(
                    .implementationSpecificError,
                    "issued at \(RFC3339.format(old)), more than 86400 s ago: issue the alert "
                        + "anew",
                    try forger.seal { $0.issuedAt = old }
                ),
            ],
            in: network
        )
    }

    @Test func anAlertFromTheFutureShowsBothClocks() throws {
        let (network, forger) = try makeNetwork()
        let bystanders = try Bystanders(network)
        let client = try RawClient(network, "agencies/CO-PONAL")
        try client.connect()
        let soon = WallTime(seconds: Forger.now().seconds + 3600)
        let alert = try forger.seal { $0.issuedAt = soon }
        let before = Forger.now()
        let pubAck = try client.publish(alert, on: Forger.topic())
        let after = Forger.now()
        #expect(pubAck.reasonCode == .implementationSpecificError)
        let text = try #require(pubAck.properties.reasonString)
        let start = "issued at \(RFC3339.format(soon)), but it is "
        let end = " here: set the author's clock"
        #expect(text.hasPrefix(start) && text.hasSuffix(end), "\(text)")
        let told = String(text.dropFirst(start.count).dropLast(end.count))
        let brokerTime = try #require(RFC3339.parse(told))
        #expect(brokerTime >= before && brokerTime <= after)
        try bystanders.expectUndisturbed()
        #expect(
            try network.refusals() == [
                .init(packet: "PUBLISH", reason: 0x83, text: text, station: Self.station)
            ]
        )
    }

    @Test func labelsThatDoNotGoTogetherAreRefused() throws {
        let (network, forger) = try makeNetwork()
        var wide = Attempt(
            .payloadFormatInvalid,
            "The aviso header has tlp TLP:CLEAR: alerts of intelligence go no further than "
                + "TLP:GREEN.",
            try forger.seal {
                $0.kind = .intelligenceReport
                $0.tlp = .clear
            }
        )
        wide.topicName = Forger.topic(.intelligenceReport)
        try expect(
            [
                wide,
                Attempt(
                    .payloadFormatInvalid,
                    "the statement's header is not valid: The aviso header has groups lab-watch: "
                        + "TLP:RED names agencies, no group.",
                    try forger.relabel(
                        forger.seal(),
                        ["tlp": .text("TLP:RED"), "groups": .array([.text("lab-watch")])]
                    )
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "The aviso header has handling H2: TLP:CLEAR lets everyone pass it on.",
                    try forger.seal {
                        $0.tlp = .clear
                        $0.handling = [.noOnwardDissemination]
                    }
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "The aviso header has handling H0: it stands twice.",
                    try forger.relabel(
                        forger.seal(),
                        ["handling": .array([.text("H0"), .text("H0")])]
                    )
                ),
            ],
            in: network
        )
    }

    @Test func whatIsPassedOnWithoutConsentIsRefused() throws {
        let (network, forger) = try makeNetwork()
        let source = UUID(version7At: Forger.now(), random: (1, 2))
        func citing(_ role: String) -> CBORValue {
            .array([
                .map(
                    CBORMap([
                        .init(.text("alert"), .text(source.urn)),
                        .init(.text("role"), .text(role)),
                    ])
                )
            ])
        }
        try expect(
            [
                Attempt(
                    .payloadFormatInvalid,
                    "The aviso header has references \(source.urn): it is passed on, so that the "
                        + "statement by which its author consents is cited too, with the role "
                        + "consent.",
                    try forger.relabel(forger.seal(), ["references": citing("source")])
                ),
                Attempt(
                    .payloadFormatInvalid,
                    "The aviso header has references \(source.urn): a consent is cited together "
                        + "with its source, the role source.",
                    try forger.relabel(forger.seal(), ["references": citing("consent")])
                ),
            ],
            in: network
        )
    }

    @Test func anIdentifierStandsForOneAlertOnly() throws {
        let (network, forger) = try makeNetwork()
        let alert = UUID(version7At: Forger.now(), random: (1, 2))
        let first = try forger.seal { $0.alert = alert }
        let client = try RawClient(network, "agencies/CO-PONAL")
        try client.connect()
        let accepted = try client.publish(first, on: Forger.topic())
        #expect(accepted.reasonCode == .success)
        let again = try client.publish(first, on: Forger.topic())
        #expect(again == accepted, "the same bytes get the same receipt")
        let index = try #require(
            accepted.properties.userProperties.first { $0.name == "aviso-index" }?.value
        )
        try expect(
            [
                Attempt(
                    .packetIdentifierInUse,
                    "alert \(alert.urn) stands at index \(index) with other bytes: give a new "
                        + "alert a new identifier",
                    try forger.seal { $0.alert = alert }
                )
            ],
            in: network
        )
    }
}

extension [UInt8] {
    /// The payload with so many bytes after its statement.
    fileprivate func padded(toContentOf byteCount: Int) throws -> [UInt8] {
        let content = try AlertPayload(
            decoding: self[...],
            using: LibCBOR(),
            limits: AlertLimits()
        ).contentBytes
        return self + [UInt8](repeating: 0, count: byteCount - content.count)
    }
}
