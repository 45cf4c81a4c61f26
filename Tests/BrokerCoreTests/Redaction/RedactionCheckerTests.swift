import Alerts
import Base
import CBOR
import COSE
import Crypto
import MQTTCodec
import Testing

@testable import BrokerCore

/// The rules of Docs/PROTOCOL.md section 12.
@Suite struct RedactionCheckerTests {
    private let coding = LibCBOR()
    private let hasher = SHA256()
    private let now = WallTime(seconds: 1_790_000_000)
    private let keys: [String: Ed25519SigningKey]
    private let alert = UUID(version7At: WallTime(seconds: 1_789_999_000), random: (1, 2))
    private var directory = Directory()

    init() throws {
        keys = [
            "OAS:BROKER": Ed25519SigningKey.generate(), "MX:FGR": Ed25519SigningKey.generate(),
            "US:DEA": Ed25519SigningKey.generate(),
        ]
        for (name, key) in keys {
            let member = DirectoryMember(
                id: try #require(AgencyID(name)),
                role: name == "OAS:BROKER" ? .operatorStation : .agency,
                name: name,
                signingKey: key.publicKey,
                encryptionKey: nil,
                publish: [],
                subscribe: []
            )
            let id = COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: hasher)
            directory.set(member, signingKeyID: id, encryptionKeyID: [])
        }
    }

    private func statement(
        _ act: RedactionStatement.Act,
        by issuer: String,
        signer: String? = nil,
        issuedAt: WallTime? = nil
    ) throws -> [UInt8] {
        RedactionStatement.sign(
            RedactionStatement.Draft(
                act: act,
                issuer: try #require(AgencyID(issuer)),
                identifier: UUID(version7At: now, random: (3, 4)),
                issuedAt: issuedAt ?? now,
                index: 17,
                alert: alert,
                basis: hasher.digest([1, 2, 3]),
                reason: nil
            ),
            key: try #require(keys[signer ?? issuer]),
            coding: coding,
            hasher: hasher
        )
    }

    private func check(_ payload: [UInt8], _ station: String) throws -> VerifiedRedaction {
        let checker = StatementChecker(
            coding: coding,
            hasher: hasher,
            verifier: Cryptography(),
            limits: BrokerLimits()
        )
        let identity = try #require(StationIdentity(urn: "urn:aviso:\(station):station-1"))
        return VerifiedRedaction(
            statement: try checker.check(
                payload,
                station: identity,
                directory: directory,
                now: now
            ),
            station: identity,
            acceptedAt: now
        )
    }

    private func subject(
        isErased: Bool = false,
        alert: UUID? = nil,
        orders: [Digest]? = nil
    ) throws
        -> RedactionChecker.Subject
    {
        RedactionChecker.Subject(
            alert: alert ?? self.alert,
            channel: .intelligence,
            counts: [RecipientCount(agency: try #require(AgencyID("MX:FGR")), count: 4)],
            isErased: isErased,
            orders: orders ?? (isErased ? [hasher.digest([1, 2, 3])] : [])
        )
    }

    private func refusal(_ body: () throws -> Void) -> Refusal? {
        do {
            try body()
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test func theOperatorOrdersAndARecipientConfirms() throws {
        let order = try check(try statement(.order, by: "OAS:BROKER"), "operator:OAS:BROKER")
        let complete = try RedactionChecker.complete(order, try subject(), directory: directory)
        #expect(complete.isOrder)
        #expect(complete.counts.map(\.count) == [4])
        #expect(complete.channel == .intelligence)
        let agency = try #require(AgencyID("MX:FGR"))
        let mask = try #require(directory[agency]?.mask)
        #expect(complete.recipientMask == mask)

        let confirmation = try check(try statement(.confirmation, by: "MX:FGR"), "agency:MX:FGR")
        let erased = try subject(isErased: true)
        let confirmed = try RedactionChecker.complete(confirmation, erased, directory: directory)
        #expect(!confirmed.isOrder)
        #expect(confirmed.counts.map(\.agency.description) == ["MX:FGR"])
        #expect(confirmed.recipientMask == 0)
    }

    @Test func whoMayNotIsRefused() throws {
        let order = try statement(.order, by: "OAS:BROKER")
        for (payload, station, text) in [
            (order, "agency:MX:FGR", "publish it with a station of the member that signs"),
            (order, "auditor:OAS:BROKER", "publish it with a station of the member that signs"),
            (
                try statement(.order, by: "OAS:BROKER", signer: "MX:FGR"), "operator:OAS:BROKER",
                "does not verify"
            ),
            (try statement(.order, by: "MX:FGR"), "operator:MX:FGR", "is not in the directory"),
            (
                try statement(.confirmation, by: "US:DEA"), "agency:MX:FGR",
                "publish it with a station of the member that signs"
            ),
        ] {
            let refusal = refusal { _ = try check(payload, station) }
            #expect(refusal?.reasonCode == .notAuthorized)
            #expect(refusal?.text.contains(text) == true, "\(refusal?.text ?? "accepted")")
            #expect(refusal?.payloadDigest != nil)
        }
        for time in [
            now.adding(milliseconds: 301_000), now.subtracting(milliseconds: 86_401_000),
        ] {
            let payload = try statement(.order, by: "OAS:BROKER", issuedAt: time)
            let refusal = refusal { _ = try check(payload, "operator:OAS:BROKER") }
            #expect(refusal?.reasonCode == .implementationSpecificError)
        }
        let malformed = refusal { _ = try check([0x82], "operator:OAS:BROKER") }
        #expect(malformed?.reasonCode == .payloadFormatInvalid)
    }

    @Test func whatDoesNotFitTheLogIsRefused() throws {
        let order = try check(try statement(.order, by: "OAS:BROKER"), "operator:OAS:BROKER")
        let ours = try check(try statement(.confirmation, by: "MX:FGR"), "agency:MX:FGR")
        let theirs = try check(try statement(.confirmation, by: "US:DEA"), "agency:US:DEA")
        let other = try subject(alert: UUID(version7At: now, random: (9, 9)))
        for (redaction, subject, code, text) in [
            (order, nil, ReasonCode.payloadFormatInvalid, "the log has no alert"),
            (order, other, .payloadFormatInvalid, "the log has no alert"),
            (order, try subject(isErased: true), .packetIdentifierInUse, "erased already"),
            // Of two orders in one batch the second finds the first, before anything is erased.
            (
                order, try subject(orders: [hasher.digest([9])]), .packetIdentifierInUse,
                "erased already"
            ),
            (ours, try subject(), .payloadFormatInvalid, "has not been erased"),
            (
                ours, try subject(isErased: true, orders: [hasher.digest([9])]),
                .payloadFormatInvalid, "is not the SHA-256 of the order"
            ),
            (theirs, try subject(isErased: true), .notAuthorized, "was not addressed to US:DEA"),
        ] {
            let refusal = refusal {
                _ = try RedactionChecker.complete(redaction, subject, directory: directory)
            }
            #expect(refusal?.reasonCode == code)
            #expect(refusal?.text.contains(text) == true, "\(refusal?.text ?? "accepted")")
        }
    }
}
