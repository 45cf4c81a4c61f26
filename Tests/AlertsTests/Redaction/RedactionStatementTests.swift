import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import Alerts

@Suite struct RedactionStatementTests {
    private let key = Ed25519SigningKey.generate()
    private let coding = LibCBOR()
    private let hasher = SHA256()

    private func draft(
        _ act: RedactionStatement.Act = .order,
        reason: String? = "Court order 12/2026"
    ) throws -> RedactionStatement.Draft {
        let time = WallTime(seconds: 1_790_000_000)
        return RedactionStatement.Draft(
            act: act,
            issuer: try #require(AgencyID(act == .order ? "OAS:BROKER" : "MX:FGR")),
            identifier: UUID(version7At: time, random: (1, 2)),
            issuedAt: time,
            index: 17,
            alert: UUID(version7At: time, random: (3, 4)),
            basis: hasher.digest(Array("the document".utf8)[...]),
            reason: reason
        )
    }

    private func sign(_ draft: RedactionStatement.Draft) -> [UInt8] {
        RedactionStatement.sign(draft, key: key, coding: coding, hasher: hasher)
    }

    private func isSigned(_ statement: RedactionStatement, by key: Ed25519PublicKey) -> Bool {
        statement.isSigned(by: key, coding: coding, hasher: hasher, verifier: Cryptography())
    }

    @Test(arguments: [RedactionStatement.Act.order, .confirmation], [nil, "Court order 12/2026"])
    func whatIsSignedIsReadBack(act: RedactionStatement.Act, reason: String?) throws {
        let draft = try draft(act, reason: reason)
        let bytes = sign(draft)
        let statement = try RedactionStatement(decoding: bytes[...], using: coding)
        #expect(statement.draft == draft)
        #expect(statement.canonicalBytes == bytes)
        #expect(statement.role == (act == .order ? .operatorStation : .agency))
        #expect(isSigned(statement, by: key.publicKey))
        #expect(!isSigned(statement, by: Ed25519SigningKey.generate().publicKey))
    }

    @Test func anyOtherByteBreaksIt() throws {
        let bytes = sign(try draft())
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            let statement = try? RedactionStatement(decoding: altered[...], using: coding)
            guard let statement else { continue }
            #expect(!isSigned(statement, by: key.publicKey), "byte \(place)")
        }
    }

    @Test func anAlertIsNoRedactionAndNothingMayFollow() throws {
        let sample = try EnvelopeSample()
        let payload = try sample.seal()
        #expect(throws: AlertError.self) {
            try RedactionStatement(decoding: payload.dropFirst(), using: coding)
        }
        let bytes = sign(try draft())
        #expect(throws: AlertError.self) {
            try RedactionStatement(decoding: (bytes + [0])[...], using: coding)
        }
        let long = try draft(reason: String(repeating: "x", count: 501))
        #expect(throws: AlertError.header("reason must be a text of up to 500 characters")) {
            try RedactionStatement(decoding: sign(long)[...], using: coding)
        }
        let large = [UInt8](repeating: 0, count: RedactionStatement.byteCountMax + 1)
        #expect(throws: AlertError.statementTooLarge(limit: RedactionStatement.byteCountMax)) {
            try RedactionStatement(decoding: large[...], using: coding)
        }
    }
}
