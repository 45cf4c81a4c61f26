import Alerts
import Base
import CBOR
import COSE
import Crypto
import Foundation
import MQTTCodec
import MerkleLog
import Testing

/// Statements on groups, and alerts to them, such as no honest library makes.
@Suite struct GroupForgeryTests {
    private let network: TestNetwork
    private let forger: Forger

    init() throws {
        network = try TestNetwork(limits: ["refusalsPerSecond": 1000])
        forger = Forger(network: network)
        try network.start()
    }

    private func statement(
        by owner: String = "CO:PONAL",
        signer: String? = nil,
        version: UInt64 = 1,
        replacing current: [UInt8] = [],
        _ members: [String],
        until: WallTime? = nil
    ) throws -> [UInt8] {
        let now = Forger.now()
        return GroupStatement.sign(
            GroupStatement.Draft(
                issuer: try #require(AgencyID(owner)),
                identifier: UUID(version7At: now, random: (1, .random(in: 0...(.max)))),
                issuedAt: now,
                group: "andean",
                version: version,
                basis: SHA256().digest(current[...]),
                definition: GroupStatement.Definition(
                    form: .closed,
                    members: try members.map { try #require(AgencyID($0)) },
                    until: until,
                    title: nil
                )
            ),
            key: try forger.signingKey(signer ?? owner),
            coding: LibCBOR(),
            hasher: SHA256()
        )
    }

    @Test func aForgedStatementIsRefusedWithItsTextAndLogged() throws {
        let client = try RawClient(network, "agencies/CO-PONAL")
        try client.connect()
        let topic = GroupStatement.topicName
        let first = try statement(["CO:PONAL", "MX:FGR"])
        let accepted = try client.publish(first, on: topic)
        #expect(accepted.reasonCode == .success)
        let again = try client.publish(first, on: topic)
        #expect(again.properties.userProperties == accepted.properties.userProperties)

        let second = try statement(version: 2, replacing: first, ["CO:PONAL"])
        var flipped = second
        flipped[flipped.count - 1] ^= 1
        let past = WallTime(seconds: 1_700_000_000)
        let attempts: [(payload: [UInt8], code: ReasonCode, text: String)] = [
            (flipped, .notAuthorized, "the signature does not verify under CO:PONAL's"),
            (
                try statement(signer: "MX:FGR", version: 2, replacing: first, ["CO:PONAL"]),
                .notAuthorized, "the signature does not verify under CO:PONAL's"
            ),
            (
                try statement(by: "MX:FGR", version: 2, replacing: first, ["MX:FGR"]),
                .notAuthorized, "this statement is by agency MX:FGR, and the station is of agency"
            ),
            (
                try statement(version: 3, replacing: first, ["CO:PONAL"]),
                .packetIdentifierInUse, "version 3 of group andean does not follow, 2 is due"
            ),
            (
                try statement(version: 2, replacing: second, ["CO:PONAL"]),
                .payloadFormatInvalid, "the payload is not SHA-256 of the statement in force"
            ),
            (
                try statement(version: 2, replacing: first, ["CO:PONAL", "ZZ:NOBODY"]),
                .payloadFormatInvalid, "ZZ:NOBODY cannot be a member of group andean"
            ),
            (
                try statement(version: 2, replacing: first, ["CO:PONAL"], until: past),
                .implementationSpecificError, "the end of group andean, 2023-11-14T22:13:20.000Z"
            ),
            (Array(second.dropLast()), .payloadFormatInvalid, "the statement is not valid"),
        ]
        var texts: [String] = []
        for (place, attempt) in attempts.enumerated() {
            let pubAck = try client.publish(
                attempt.payload,
                on: topic,
                packetIdentifier: UInt16(place + 10)
            )
            #expect(pubAck.reasonCode == attempt.code, "\(attempt.text)")
            let text = try #require(pubAck.properties.reasonString)
            #expect(text.hasPrefix(attempt.text), "\(text)")
            texts.append(text)
        }
        texts.append(try takeOver(first))
        #expect(try network.refusals().map(\.text) == texts)
        #expect(try network.groupEntries().count == 1)
        #expect(try client.publish(second, on: topic).reasonCode == .success)
    }

    /// Another owner tries to replace a statement, at its own station.
    ///
    /// - Returns: why it was refused.
    private func takeOver(_ first: [UInt8]) throws -> String {
        let other = try RawClient(network, "agencies/PE-DEVIDA")
        try other.connect()
        let taken = try other.publish(
            try statement(by: "PE:DEVIDA", version: 2, replacing: first, ["PE:DEVIDA"]),
            on: GroupStatement.topicName
        )
        #expect(taken.reasonCode == .notAuthorized)
        let text = try #require(taken.properties.reasonString)
        #expect(text == "the name andean is another agency's: choose another name")
        return text
    }

    @Test func whoIsNoMemberCannotNameTheGroup() throws {
        try network.grouped("CO-PONAL", "define", "andean", "--members", "MX:FGR")
        let client = try RawClient(network, "agencies/PE-DEVIDA")
        try client.connect()
        for (place, group) in ["andean", "nowhere"].enumerated() {
            let alert = try forger.relabel(
                try forger.seal {
                    $0.author = "PE:DEVIDA"
                    $0.to = ["CO:PONAL", "MX:FGR"]
                },
                author: "PE:DEVIDA",
                ["groups": .array([.text(group)])]
            )
            let pubAck = try client.publish(
                alert,
                on: Forger.topic(),
                packetIdentifier: UInt16(place + 1)
            )
            #expect(pubAck.reasonCode == .notAuthorized)
            #expect(
                pubAck.properties.reasonString
                    == "there is no group \(group) that PE:DEVIDA belongs to: ask the owner of the "
                    + "group"
            )
        }
    }

    @Test func anOlderStatementIsNotTakenFromABroker() throws {
        try network.grouped("CO-PONAL", "define", "andean", "--members", "MX:FGR,US:DEA")
        try network.grouped("MX-FGR", "show", "andean")
        let seen = network.path("agencies/MX-FGR/receipts/groups/andean.cose")
        let old = try #require(FileManager.default.contents(atPath: seen))
        try network.grouped("CO-PONAL", "remove", "andean", "US:DEA")
        try network.grouped("MX-FGR", "show", "andean")
        let new = try #require(FileManager.default.contents(atPath: seen))
        #expect(new != old)
        // A later one than the broker has, as if it had gone back.
        let later = try statement(version: 3, replacing: Array(new), ["CO:PONAL", "MX:FGR"])
        try Data(later).write(to: URL(fileURLWithPath: seen))
        let stale = try network.group("MX-FGR", "show", "andean")
        #expect(stale.status == 1)
        #expect(stale.error.contains("version 3 was seen before"), "\(stale.error)")
        // Another one of the same version: two statements that cannot both be true.
        let fork = try statement(version: 2, replacing: Array(old), ["CO:PONAL", "PE:DEVIDA"])
        try Data(fork).write(to: URL(fileURLWithPath: seen))
        let forked = try network.publish("MX-FGR", group: "andean")
        #expect(forked.status == 1)
        #expect(forked.error.contains("does not continue what was seen"), "\(forked.error)")
    }

    @Test func nobodySealsToWhatTheDirectorysKeyDoesNotVerify() throws {
        try network.grouped("CO-PONAL", "define", "andean", "--members", "MX:FGR")
        // The directory has another key for the owner, such as after a change of keys.
        let key = Base64.encodeURL(Ed25519SigningKey.generate().publicKey.bytes)
        try network.edit("directory.json5") { text in
            let record = try #require(text.range(of: "id: \"CO:PONAL\""))
            let rest = record.upperBound..<text.endIndex
            let old = try #require(text.range(of: "signingKey: \"", range: rest))
            let end = try #require(text[old.upperBound...].firstIndex(of: "\""))
            text.replaceSubrange(old.upperBound..<end, with: key)
        }
        let shown = try network.grouped("MX-FGR", "show", "andean")
        #expect(shown["verified"] as? Bool == false)
        let published = try network.publish("MX-FGR", group: "andean")
        #expect(published.status == 1)
        #expect(published.error.contains("not signed with the key of CO:PONAL"))
        #expect(try network.replay().allSatisfy { $0["type"] as? String != "alert" })
    }

    @Test func anAuditFindsAnAlertThatTheBrokerLetPass() throws {
        try network.grouped("CO-PONAL", "define", "andean", "--members", "MX:FGR,US:DEA")
        #expect(try network.publish("CO-PONAL", group: "andean").status == 0)
        #expect(network.stop() == 0)
        // A dishonest operator takes the definition out of the log, and signs it anew.
        try LogForger(network: network).rewrite { entries in
            try entries.removeAll { stored in
                if case .group = try stored.entry().body { true } else { false }
            }
        }
        let audit = try network.audit("--from-start", "--log", network.path("broker/log"))
        #expect(audit.status == 1)
        #expect(audit.kind == "group")
        #expect((audit.violation["text"] as? String)?.contains("no group andean") == true)
    }
}
