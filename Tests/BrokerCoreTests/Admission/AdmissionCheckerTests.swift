import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// The rules of Docs/PROTOCOL.md section 3, each with its reason code and its sentence.
@Suite struct AdmissionCheckerTests {
    private let sample: SealedAlertSample

    init() throws {
        sample = try SealedAlertSample()
    }

    private func refusal(_ body: () throws -> VerifiedAlert) throws -> Refusal {
        do {
            _ = try body()
        } catch let refusal as Refusal {
            return refusal
        }
        Issue.record("it was accepted")
        return Refusal(.publish, .success, "")
    }

    private func expect(
        _ code: ReasonCode,
        _ text: String,
        _ body: () throws -> VerifiedAlert
    ) throws {
        let refusal = try refusal(body)
        #expect(refusal.reasonCode == code)
        #expect(refusal.text.contains(text), "\(refusal.text)")
        #expect(refusal.request == .publish)
        #expect(refusal.payloadDigest != nil)
    }

    @Test func anAlertThatKeepsTheRulesIsAccepted() throws {
        let payload = try sample.seal(to: ["PE:DEVIDA", "MX:FGR"])
        let alert = try sample.check(payload)
        #expect(alert.payload == payload)
        #expect(alert.recipients.map(\.description) == ["MX:FGR", "PE:DEVIDA"], "sorted")
        #expect(alert.isCanonical)
        #expect(alert.channel == .chemicalDiversion)
        #expect(alert.issuer.description == "CO:PONAL")
        #expect(alert.acceptedAt == sample.now)
    }

    @Test func topics() throws {
        let payload = try sample.seal()
        try expect(.topicNameInvalid, "names no channel and kind") {
            try sample.check(payload, topic: "alerts/elsewhere/x")
        }
        try expect(.topicNameInvalid, "disagrees with the signed header") {
            try sample.check(payload, topic: "alerts/intelligence/intelligence-report")
        }
    }

    @Test func malformedAndLarge() throws {
        try expect(.payloadFormatInvalid, "CBOR array") { try sample.check([1, 2, 3]) }
        var limits = BrokerLimits()
        limits.contentByteCountMax = 64
        let payload = try sample.seal()
        try expect(.quotaExceeded, "content") { try sample.check(payload, limits: limits) }
        limits = BrokerLimits()
        limits.statementByteCountMax = 64
        try expect(.quotaExceeded, "statement") { try sample.check(payload, limits: limits) }
    }

    @Test func authorship() throws {
        let payload = try sample.seal()
        try expect(.notAuthorized, "not the agency of the TLS certificate") {
            try sample.check(payload, station: "urn:aviso:agency:MX:FGR:station-1")
        }
        let foreign = try sample.seal(signer: "MX:FGR")
        try expect(.notAuthorized, "kid is not the thumbprint") { try sample.check(foreign) }
        var altered = payload
        let content = try #require(position(of: [0xD8, 0x60, 0x84], in: payload))
        altered[content - 1] ^= 1
        try expect(.notAuthorized, "signature does not verify") { try sample.check(altered) }
    }

    @Test func everyFlippedBitOfTheContentIsNoticed() throws {
        let payload = try sample.seal()
        let content = try #require(position(of: [0xD8, 0x60, 0x84], in: payload))
        for position in content..<payload.count {
            var altered = payload
            altered[position] ^= 1 << UInt8(position % 8)
            let refusal = try refusal { try sample.check(altered) }
            #expect(refusal.reasonCode == .payloadFormatInvalid)
        }
    }

    @Test func recipients() throws {
        let outside = try sample.seal(to: ["MX:FGR"], sealedTo: ["MX:FGR", "PE:DEVIDA"])
        try expect(.payloadFormatInvalid, "PE:DEVIDA") { try sample.check(outside) }
        let missing = try sample.seal(to: ["MX:FGR", "PE:DEVIDA"], sealedTo: ["MX:FGR"])
        try expect(.payloadFormatInvalid, "PE:DEVIDA") { try sample.check(missing) }
        let unknown = try sample.seal(to: ["ZZ:NOBODY"])
        try expect(.payloadFormatInvalid, "ZZ:NOBODY") { try sample.check(unknown) }
        let stranger = try sample.seal(to: ["MX:FGR"], sealedTo: ["ZZ:NOBODY"])
        try expect(.payloadFormatInvalid, "no agency has") { try sample.check(stranger) }
        let twice = try sample.seal(to: ["MX:FGR"], sealedTo: ["MX:FGR", "MX:FGR"])
        try expect(.payloadFormatInvalid, "MX:FGR") { try sample.check(twice) }
    }

    @Test func permission() throws {
        let payload = try sample.seal(from: "PE:DEVIDA")
        try expect(.notAuthorized, "chemical-diversion") {
            try sample.check(payload, station: "urn:aviso:agency:PE:DEVIDA:station-1")
        }
    }

    @Test func labels() throws {
        let topic = "alerts/intelligence/intelligence-report"
        let wide = try sample.seal(kind: .intelligenceReport, tlp: .clear)
        try expect(.payloadFormatInvalid, "alerts of intelligence go no further than TLP:GREEN") {
            try sample.check(wide, topic: topic)
        }
        let green = try sample.seal(kind: .intelligenceReport, tlp: .green)
        _ = try sample.check(green, topic: topic)
        let onward = try sample.seal(tlp: .clear, handling: [.noOnwardDissemination])
        try expect(.payloadFormatInvalid, "H2: TLP:CLEAR lets everyone pass it on") {
            try sample.check(onward)
        }
        let twice = try sample.seal(handling: [.crimeOnly, .crimeOnly])
        try expect(.payloadFormatInvalid, "H0: it stands twice") { try sample.check(twice) }
    }

    @Test func redNamesFewAgencies() throws {
        var crowd = sample
        let names = (1...17).map { "MX:A\($0)" }
        for name in names { try crowd.join(name) }
        let most = try crowd.seal(to: Array(names.prefix(16)), tlp: .red)
        #expect(try crowd.check(most).recipients.count == 16)
        let tooMany = try crowd.seal(to: names, tlp: .red)
        try expect(.payloadFormatInvalid, "an alert of TLP:RED names at most 16 agencies") {
            try crowd.check(tooMany)
        }
    }

    @Test func times() throws {
        let limits = BrokerLimits()
        let tolerance = UInt64(limits.clockToleranceSeconds)
        let ageMax = UInt64(limits.issuedAgeMaxSeconds)
        let latest = try sample.seal(issuedAt: sample.now.adding(milliseconds: tolerance * 1000))
        _ = try sample.check(latest)
        let future = try sample.seal(
            issuedAt: sample.now.adding(milliseconds: (tolerance + 1) * 1000)
        )
        try expect(.implementationSpecificError, "set the author's clock") {
            try sample.check(future)
        }
        let earliest = WallTime(seconds: sample.now.milliseconds / 1000 - ageMax)
        _ = try sample.check(try sample.seal(issuedAt: earliest))
        let tooOld = WallTime(seconds: sample.now.milliseconds / 1000 - ageMax - 1)
        let old = try sample.seal(issuedAt: tooOld)
        try expect(.implementationSpecificError, "ago") { try sample.check(old) }
        let expired = try sample.seal(expires: sample.now)
        try expect(.implementationSpecificError, "expired") { try sample.check(expired) }
        _ = try sample.check(try sample.seal(expires: sample.now.adding(milliseconds: 1000)))
    }

    @Test func theOrderOfTheRulesIsThatOfTheProtocol() throws {
        // Foreign in every respect: what is said first is what costs and tells the least.
        let payload = try sample.seal(
            from: "PE:DEVIDA",
            to: ["ZZ:NOBODY"],
            signer: "MX:FGR",
            expires: WallTime(seconds: 1)
        )
        try expect(.topicNameInvalid, "names no channel") {
            try sample.check(payload, topic: "elsewhere")
        }
        try expect(.topicNameInvalid, "disagrees") {
            try sample.check(payload, topic: "alerts/intelligence/interdiction")
        }
        try expect(.notAuthorized, "issuer") { try sample.check(payload) }
        try expect(.notAuthorized, "kid") {
            try sample.check(payload, station: "urn:aviso:agency:PE:DEVIDA:station-1")
        }
    }

    private func position(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        (0...(bytes.count - pattern.count)).first {
            Array(bytes[$0..<($0 + pattern.count)]) == pattern
        }
    }
}
