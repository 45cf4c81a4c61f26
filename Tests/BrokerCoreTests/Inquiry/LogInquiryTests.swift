import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

/// Who learns what of which entry.
@Suite struct LogInquiryTests {
    private static let time = WallTime(seconds: 1_790_000_000)
    private static let key = Ed25519SigningKey.generate()
    private static let reader = X25519PrivateKey.generate().publicKey

    private static func uuid(_ number: UInt64) -> Base.UUID {
        Base.UUID(version7At: time, random: (0, number))
    }

    private func entry(
        _ number: UInt64,
        _ message: MessageType,
        by author: String,
        to recipients: String...,
        about cited: UInt64? = nil,
        role: AlertReference.Role? = nil
    ) throws -> [UInt8] {
        let reference = cited.map { AlertReference(alert: Self.uuid($0), role: role) }
        let header = try AlertHeader(
            kind: .diversionIncident,
            to: recipients.map { try #require(AgencyID($0)) },
            tlp: .amber,
            message: message,
            references: reference.map { [$0] } ?? []
        )
        let sealer = AlertSealer(
            coding: LibCBOR(),
            hasher: SHA256(),
            cryptography: Cryptography()
        )
        let payload = try sealer.seal(
            form: Array("{}".utf8),
            draft: AlertSealer.Draft(
                header: header,
                issuer: try #require(AgencyID(author)),
                alert: Self.uuid(number),
                issuedAt: Self.time,
                expires: nil
            ),
            key: Self.key,
            recipients: recipients.map { _ in Self.reader }
        )
        let parts = try AlertPayload(
            decoding: payload[...],
            using: LibCBOR(),
            limits: AlertLimits()
        )
        let body = AlertEntryBody(
            statement: parts.statementBytes,
            accepted: Self.time,
            counts: recipients.map { .init(agency: $0, count: 1) }
        )
        return LogEntry(time: Self.time, body: .alert(body)).encode(using: LibCBOR())
    }

    private func redaction(_ act: RedactionStatement.Act, by issuer: String) throws -> [UInt8] {
        let draft = RedactionStatement.Draft(
            act: act,
            issuer: try #require(AgencyID(issuer)),
            identifier: Self.uuid(900),
            issuedAt: Self.time,
            index: 5,
            alert: Self.uuid(5),
            basis: .zero,
            reason: nil
        )
        let statement = RedactionStatement.sign(
            draft,
            key: Self.key,
            coding: LibCBOR(),
            hasher: SHA256()
        )
        let told = act == .order ? ["MX:FGR", "US:DEA"] : [issuer]
        let body = AlertEntryBody(
            statement: statement[...],
            accepted: Self.time,
            counts: told.map { .init(agency: $0, count: 1) }
        )
        return LogEntry(time: Self.time, body: .redaction(body)).encode(using: LibCBOR())
    }

    private func tracking() throws -> LogInquiry {
        let alert = try entry(5, .request, by: "CO:PONAL", to: "MX:FGR", "US:DEA")
        let subject = try #require(LogInquiry.subject(alert, index: 5, coding: LibCBOR()))
        #expect(subject.alert == Self.uuid(5))
        #expect(subject.author.description == "CO:PONAL")
        #expect(subject.recipients.map(\.description) == ["MX:FGR", "US:DEA"])
        return LogInquiry(.track(subject), coding: LibCBOR())
    }

    private func statements(of agency: String?) throws -> LogInquiry {
        let agency = try agency.map { try #require(AgencyID($0)) }
        return LogInquiry(.statements(of: agency), coding: LibCBOR())
    }

    @Test func anAuthorLearnsWhatItIsToldAboutItsAlert() throws {
        let inquiry = try tracking()
        let about = [
            try entry(6, .acknowledgement, by: "MX:FGR", to: "CO:PONAL", about: 5),
            try entry(7, .answer, by: "MX:FGR", to: "CO:PONAL", "US:DEA", about: 5),
            try entry(8, .update, by: "CO:PONAL", to: "MX:FGR", "US:DEA", about: 5),
            try entry(9, .cancel, by: "CO:PONAL", to: "MX:FGR", "US:DEA", about: 5),
            try redaction(.order, by: "OAS:BROKER"), try redaction(.confirmation, by: "MX:FGR"),
        ]
        for bytes in about {
            #expect(inquiry.items(in: bytes, index: 8) == [.entry(index: 8, bytes)])
        }
        for bytes in [
            try entry(6, .acknowledgement, by: "MX:FGR", to: "CO:PONAL", about: 4),
            // Between two others, or passing it on: not said to its author.
            try entry(7, .answer, by: "MX:FGR", to: "US:DEA", about: 5),
            try entry(8, .alert, by: "MX:FGR", to: "CO:PONAL", about: 5),
            try entry(9, .answer, by: "MX:FGR", to: "CO:PONAL", about: 5, role: .source),
            try entry(9, .update, by: "MX:FGR", to: "CO:PONAL", about: 5),
        ] {
            #expect(inquiry.items(in: bytes, index: 8).isEmpty)
        }
    }

    @Test func ofADeliveryOnlyTheAlertIsTold() throws {
        let station = "urn:aviso:agency:MX:FGR:station-1"
        func bytes(_ acknowledged: [UInt64], _ skipped: [UInt64]) -> [UInt8] {
            let body = DeliveryBody(
                station: station,
                client: "secret",
                cursor: 9,
                acknowledged: acknowledged,
                skipped: skipped
            )
            return LogEntry(time: Self.time, body: .delivery(body)).encode(using: LibCBOR())
        }
        func report(_ act: DeliveryReport.Act) -> LogExtract.Item {
            .report(DeliveryReport(index: 7, time: Self.time, act: act, station: station))
        }
        let inquiry = try tracking()
        #expect(inquiry.items(in: bytes([4, 5, 6], []), index: 7) == [report(.delivered)])
        #expect(inquiry.items(in: bytes([4], [5]), index: 7) == [report(.skipped)])
        #expect(inquiry.items(in: bytes([4, 6], [7]), index: 7).isEmpty)
        // Nobody's statement.
        #expect(try statements(of: "MX:FGR").items(in: bytes([5], []), index: 7).isEmpty)
        #expect(try statements(of: nil).items(in: bytes([5], []), index: 7).isEmpty)
    }

    @Test func anAgencyLearnsWhatItWroteOrIsNamedIn() throws {
        let bytes = try entry(5, .alert, by: "CO:PONAL", to: "MX:FGR", "US:DEA")
        for (agency, isTold) in [
            ("CO:PONAL", true), ("MX:FGR", true), ("US:DEA", true), ("PE:DEVIDA", false),
            ("CO:PONA", false),
        ] {
            let items = try statements(of: agency).items(in: bytes, index: 5)
            #expect(items == (isTold ? [.entry(index: 5, bytes)] : []), "\(agency)")
        }
        #expect(try statements(of: nil).items(in: bytes, index: 5).count == 1)
        let order = try redaction(.order, by: "OAS:BROKER")
        #expect(try statements(of: "MX:FGR").items(in: order, index: 8).count == 1)
        #expect(try statements(of: "PE:DEVIDA").items(in: order, index: 8).isEmpty)
    }

    @Test func whatIsNoStatementSaysNothing() throws {
        let genesis = GenesisBody(
            origin: "log.example/1",
            logKey: Self.key.publicKey,
            createdBy: "CO:PONAL"
        )
        let entry = LogEntry(time: Self.time, body: .genesis(genesis)).encode(using: LibCBOR())
        for bytes in [entry, [], [0x84], [0x84, 1, 0x65], Array("CO:PONAL".utf8)] {
            #expect(try statements(of: "CO:PONAL").items(in: bytes, index: 0).isEmpty)
            #expect(try tracking().items(in: bytes, index: 0).isEmpty)
            #expect(LogInquiry.subject(bytes, index: 0, coding: LibCBOR()) == nil)
        }
    }
}
