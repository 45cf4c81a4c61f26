import Base
import COSE
import Crypto
import Testing

@testable import Alerts

@Suite struct AlertStatementTests {
    private let sample: EnvelopeSample

    init() throws {
        sample = try EnvelopeSample()
    }

    private func decode(_ bytes: [UInt8]) throws(AlertError) -> AlertStatement {
        try AlertStatement(decoding: bytes[...], using: sample.coding)
    }

    @Test func saysWhatTheDraftSaid() throws {
        let payload = try sample.seal()
        let parts = try AlertPayload(
            decoding: payload[...],
            using: sample.coding,
            limits: AlertLimits()
        )
        let statement = try AlertStatement(parts.statementItem, using: sample.coding)
        #expect(statement.issuer == sample.author)
        #expect(statement.alert == sample.alert)
        #expect(statement.issuedAt == WallTime(seconds: 1_790_000_000))
        #expect(statement.expires == WallTime(seconds: 1_790_086_400))
        #expect(statement.header == (try sample.draft().header))
        #expect(statement.contentDigest == sample.hasher.digest(parts.contentBytes))
        #expect(statement.canonicalBytes == Array(parts.statementBytes))
        #expect(
            Array(statement.keyID)
                == COSEKeyThumbprint.of(
                    sample.authorKey.publicKey,
                    coding: sample.coding,
                    hasher: sample.hasher
                )
        )
        #expect(throws: Never.self) {
            try sample.opener.verify(statement, authorKey: sample.authorKey.publicKey)
        }
        #expect(throws: AlertError.signatureInvalid) {
            try sample.opener.verify(
                statement,
                authorKey: Ed25519SigningKey.generate().publicKey
            )
        }
    }

    @Test func dropsTheUnprotectedHeader() throws {
        let bytes = try sample.statement()
        let plain = try decode(bytes)
        let decorated = plain.sign1.encode(
            unprotectedHeader: CBORMap([CBORMap.Pair(.integer(394), .bytes([1, 2, 3]))]),
            using: sample.coding
        )
        #expect(decorated.count > bytes.count)
        #expect(try decode(decorated).canonicalBytes == bytes)
    }

    @Test func acceptsTheOlderNameOfTheAlgorithm() throws {
        let bytes = try sample.statement { $0.set(1, .integer(-8)) }
        #expect(throws: Never.self) { try decode(bytes) }
    }

    @Test func needNotExpire() throws {
        let bytes = try sample.statement { header in
            var claims = header[15]?.mapValue ?? CBORMap()
            claims.set(4, nil)
            header.set(15, .map(claims))
        }
        #expect(try decode(bytes).expires == nil)
    }

    @Test(
        arguments: [
            (1, nil, "alg"), (1, .integer(-7), "alg"), (1, .text("Ed25519"), "alg"),
            (4, nil, "kid"), (4, .bytes([1, 2]), "kid"), (4, .text("me"), "kid"),
            (15, nil, "CWT claims"), (15, .array([]), "CWT claims"),
            (16, nil, "typ"), (16, .text("application/json"), "typ"),
            (258, nil, "258"), (258, .integer(-44), "258"), (259, nil, "259"),
            (259, .text("text/plain"), "259"),
        ] as [(Int, CBORValue?, String)]
    )
    func namesTheLabelThatIsWrong(label: Int, value: CBORValue?, name: String) throws {
        let bytes = try sample.statement { $0.set(label, value) }
        do throws(AlertError) {
            _ = try decode(bytes)
            Issue.record("accepted")
        } catch {
            guard case .header(let words) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(words.contains(name))
            #expect(error.message.contains(name))
        }
    }

    @Test(
        arguments: [
            (1, nil, "iss"), (1, .text("CO:PONAL"), "iss"),
            (1, .text("urn:aviso:agency:co:p"), "iss"),
            (2, nil, "sub"), (2, .text("urn:uuid:x"), "sub"),
            // Version 4.
            (2, .text("urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6"), "sub"),
            (4, .text("tomorrow"), "exp"), (4, .double(1.5), "exp"), (4, .integer(-1), "exp"),
            (6, nil, "iat"), (6, .integer(-1), "iat"), (6, .tagged(1, .unsigned(1)), "iat"),
        ] as [(Int, CBORValue?, String)]
    )
    func namesTheClaimThatIsWrong(claim: Int, value: CBORValue?, name: String) throws {
        let bytes = try sample.statement { header in
            var claims = header[15]?.mapValue ?? CBORMap()
            claims.set(claim, value)
            header.set(15, .map(claims))
        }
        do throws(AlertError) {
            _ = try decode(bytes)
            Issue.record("accepted")
        } catch {
            #expect(error.message.contains(name))
        }
    }

    @Test func needsARoutingHeaderAndADigest() throws {
        let without = try sample.statement { $0.set(.text("aviso"), nil) }
        #expect(throws: AlertError.header("the aviso map is missing")) { try decode(without) }
        let empty = try sample.statement { $0.set(.text("aviso"), .map(CBORMap())) }
        #expect(throws: AlertError.routing(.missing(key: "kind"))) { try decode(empty) }
        let short = try sample.statement(payload: [1, 2, 3])
        #expect(throws: AlertError.self) { try decode(short) }
    }

    @Test func timesPastTheEndOfTimeDoNotTrap() throws {
        let bytes = try sample.statement { header in
            var claims = header[15]?.mapValue ?? CBORMap()
            claims.set(4, .unsigned(.max))
            claims.set(6, .unsigned(.max))
            header.set(15, .map(claims))
        }
        let statement = try decode(bytes)
        #expect(statement.issuedAt == WallTime(milliseconds: .max))
        #expect(statement.expires == WallTime(milliseconds: .max))
    }

    @Test func noPrefixAndNoAlteredByteTraps() throws {
        let bytes = try sample.statement()
        for count in bytes.indices {
            #expect(throws: AlertError.self) { try decode(Array(bytes.prefix(count))) }
        }
        var generator = SplitMix64(seed: 7)
        for _ in 0..<5000 {
            var altered = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                altered[place] = UInt8.random(in: 0...255, using: &generator)
            }
            guard altered != bytes, let statement = try? decode(altered) else { continue }
            // Whatever can still be read does not verify, unless nothing signed has changed.
            guard statement.canonicalBytes != bytes else { continue }
            #expect(throws: AlertError.signatureInvalid) {
                try sample.opener.verify(statement, authorKey: sample.authorKey.publicKey)
            }
        }
    }
}
