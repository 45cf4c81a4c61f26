import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct LogEntryTests {
    private let coding = LibCBOR()
    private let time = WallTime(milliseconds: 1_790_000_000_123)

    @Test func everyBodyComesBackAsItWas() throws {
        let key = try #require(Ed25519PublicKey([UInt8](repeating: 7, count: 32)))
        try roundTrip(
            .genesis(GenesisBody(origin: "log.example/1", logKey: key, createdBy: "avisod 1.0"))
        )
        for keys in [([1, 2], [3]), (nil, nil)] as [([UInt8]?, [UInt8]?)] {
            try roundTrip(
                .directory(
                    DirectoryBody(
                        change: .changed,
                        member: "CO:PONAL",
                        role: "agency",
                        name: "Policía Nacional",
                        signingKey: keys.0,
                        encryptionKey: keys.1,
                        publish: ["chemical-diversion"],
                        subscribe: []
                    )
                )
            )
        }
        try roundTrip(.alert(Self.alert))
        try roundTrip(.refusal(Self.refusal(alert: "urn:uuid:1", digest: .zero, suppressed: 9)))
        try roundTrip(.refusal(Self.refusal(alert: nil, digest: nil, suppressed: nil)))
        var session = SessionBody(station: "s", client: "c", change: .subscribed)
        try roundTrip(.session(session))
        session.expirySeconds = 3600
        session.cursor = 4
        session.filter = "alerts/#"
        session.from = 2
        session.qos = 1
        session.identifier = 77
        try roundTrip(.session(session))
        try roundTrip(
            .delivery(
                DeliveryBody(
                    station: "s",
                    client: "c",
                    cursor: 5,
                    acknowledged: [7, 9],
                    skipped: [8]
                )
            )
        )
        try roundTrip(.redaction(Self.alert))
    }

    @Test func aNameWithAForeignLetterIsNoAgencys() throws {
        // `String` holds the Kelvin sign for a K, and an agency's name has none but ASCII letters.
        let name = "CO:\u{212A}ILO"
        let directory = DirectoryBody(
            change: .added,
            member: name,
            role: "agency",
            name: "Kilo",
            signingKey: nil,
            encryptionKey: nil,
            publish: [],
            subscribe: []
        )
        let alert = AlertEntryBody(
            statement: [1],
            accepted: time,
            counts: [.init(agency: name, count: 1)]
        )
        let notice = DeadlineBody(
            event: .passed,
            subject: .reply,
            alert: "urn:uuid:1",
            index: 3,
            author: "CO:KILO",
            channel: "intelligence",
            status: "actual",
            due: time,
            agencies: [name]
        )
        let bodies: [EntryBody] = [
            .directory(directory), .alert(alert), .redaction(alert), .deadline(notice),
        ]
        for body in bodies {
            let bytes = LogEntry(time: time, body: body).encode(using: coding)
            #expect(throws: LogEntryError.self) {
                try LogEntry(decoding: bytes[...], using: coding)
            }
        }
    }

    @Test func everyFieldThatMustBeThereIsMissed() throws {
        try missesEach(["statement", "accepted", "counts"], of: .alert(Self.alert))
        try missesEach(
            ["packet", "reason", "text"],
            of: .refusal(Self.refusal(alert: nil, digest: nil, suppressed: nil))
        )
        try missesEach(
            ["station", "client", "change"],
            of: .session(SessionBody(station: "s", client: "c", change: .ended))
        )
        try missesEach(
            ["station", "client", "cursor"],
            of: .delivery(
                DeliveryBody(station: "s", client: "c", cursor: 5, acknowledged: [], skipped: [])
            )
        )
    }

    @Test func aFieldOfAnotherKindIsNamed() throws {
        let fields: [(String, CBORValue)] = [
            ("digest", .bytes([1, 2])), ("suppressed", .text("9")), ("alert", .unsigned(1)),
        ]
        let body = EntryBody.refusal(Self.refusal(alert: nil, digest: nil, suppressed: nil))
        for (name, value) in fields {
            var map = try encodedFields(of: body)
            map.append(.text(name), value)
            try expectRefusal(of: map, type: "refusal", naming: name)
        }
    }

    @Test func bytesThatAreNoEntryAreRefused() {
        let empty = CBORValue.map(CBORMap())
        let refused: [CBORValue] = [
            .unsigned(1),
            .array([.unsigned(1), .text("policy"), .unsigned(1)]),
            .array([.text("1"), .text("policy"), .unsigned(1), empty]),
            .array([.unsigned(2), .text("policy"), .unsigned(1), empty]),
            .array([.unsigned(1), .text("alarm"), .unsigned(1), empty]),
            .array([.unsigned(1), .text("policy"), .unsigned(1), .null]),
        ]
        for value in refused {
            #expect(throws: LogEntryError.self) {
                try LogEntry(decoding: coding.encode(value)[...], using: coding)
            }
        }
        #expect(throws: LogEntryError.self) { try LogEntry(decoding: [], using: coding) }
        #expect(throws: LogEntryError(message: "the entry has more than 65535 bytes")) {
            try LogEntry(decoding: [UInt8](repeating: 0, count: 65_536)[...], using: coding)
        }
    }

    private static let alert = AlertEntryBody(
        statement: [1, 2, 3],
        accepted: WallTime(milliseconds: 99),
        counts: [
            AlertEntryBody.Count(agency: "MX:FGR", count: 12),
            AlertEntryBody.Count(agency: "CO:PONAL", count: 1),
        ]
    )

    private static func refusal(
        alert: String?,
        digest: Digest?,
        suppressed: UInt64?
    ) -> RefusalBody {
        RefusalBody(
            station: "urn:aviso:agency:CO:PONAL:station-1",
            address: nil,
            packet: "PUBLISH",
            reason: 0x87,
            text: "not authorized",
            alert: alert,
            digest: digest,
            suppressed: suppressed
        )
    }

    private func roundTrip(_ body: EntryBody) throws {
        let entry = LogEntry(time: time, body: body)
        let bytes = entry.encode(using: coding)
        let read = try LogEntry(decoding: bytes[...], using: coding)
        #expect(read == entry)
        #expect(read.body.type == body.type)
        #expect(read.encode(using: coding) == bytes)
    }

    // The body's map, as an entry has it.
    private func encodedFields(of body: EntryBody) throws -> CBORMap {
        let bytes = LogEntry(time: time, body: body).encode(using: coding)
        let items = try coding.decode(bytes[...], limits: CBORLimits()).arrayValue
        return try #require(items?.last?.mapValue)
    }

    @Test func countsStandInTheOrderOfTheirKeys() throws {
        let counts = ["PE:DEVIDA", "CO:PONAL", "CO:ANTE", "MX:FGR"].map {
            AlertEntryBody.Count(agency: $0, count: 7)
        }
        let body = AlertEntryBody(statement: [1], accepted: time, counts: counts)
        let encoded = try encodedFields(of: .alert(body))
        #expect(
            encoded["counts"]?.mapValue?.pairs.map(\.key.textValue)
                == ["MX:FGR", "CO:ANTE", "CO:PONAL", "PE:DEVIDA"]
        )
        // A tree of values, which the encoder sorts, gives the same bytes.
        let bytes = LogEntry(time: time, body: .alert(body)).encode(using: coding)
        #expect(try coding.encode(coding.decode(bytes[...], limits: CBORLimits())) == bytes)
    }

    private func missesEach(_ names: [String], of body: EntryBody) throws {
        for name in names {
            var map = try encodedFields(of: body)
            map.pairs.removeAll { $0.key == .text(name) }
            try expectRefusal(of: map, type: body.type.rawValue, naming: name)
        }
    }

    private func expectRefusal(of map: CBORMap, type: String, naming name: String) throws {
        let bytes = coding.encode(
            .array([.unsigned(1), .text(type), .unsigned(1), .map(map)])
        )
        let error = #expect(throws: LogEntryError.self) {
            try LogEntry(decoding: bytes[...], using: coding)
        }
        #expect(try #require(error).message.contains("\"\(name)\""))
    }
}
