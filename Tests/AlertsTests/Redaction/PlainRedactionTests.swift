import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import Alerts

@Suite struct PlainRedactionTests {
    @Test func whatSaysMoreThanAStatementHasIsNotPlain() throws {
        let time = WallTime(seconds: 1_790_000_000)
        for more in [nil, "note"] as [String?] {
            var details = CBORMap([
                .init(.text("act"), .text("order")), .init(.text("index"), .unsigned(7)),
                .init(
                    .text("alert"),
                    .text(UUID(version7At: time, random: (1, 1)).urn)
                ),
            ])
            if let more { details.append(.text(more), .text("hidden")) }
            let bytes = SignedStatement.sign(
                type: RedactionStatement.contentType,
                claims: SignedStatement.Claims(
                    issuer: "urn:aviso:operator:OAS:BROKER",
                    identifier: UUID(version7At: time, random: (1, 2)),
                    issuedAt: time,
                    basis: SHA256().digest([]),
                    basisType: "application/octet-stream"
                ),
                details: details,
                key: Ed25519SigningKey.generate(),
                coding: LibCBOR(),
                hasher: SHA256()
            )
            // In logs of before it can be read.
            let statement = try RedactionStatement(decoding: bytes[...], using: LibCBOR())
            #expect(statement.isPlain == (more == nil))
        }
    }
}
