import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import Alerts

@Suite struct AlertOpenerTests {
    private let sample: EnvelopeSample

    init() throws {
        sample = try EnvelopeSample()
    }

    @Test(arguments: [0, 1])
    func eachRecipientOpensTheForm(recipient: Int) throws {
        let opened = try sample.open(try sample.seal(), as: recipient)
        #expect(opened.form == sample.form)
        #expect(opened.statement.header.to == sample.recipients)
    }

    @Test func nobodyElseOpensIt() throws {
        let payload = try sample.seal()
        #expect(throws: AlertError.content(.notARecipient)) {
            try sample.opener.open(payload[...], key: X25519PrivateKey.generate()) { _ in
                sample.authorKey.publicKey
            }
        }
    }

    @Test func twoSealsOfOneDraftDiffer() throws {
        #expect(try sample.seal() != sample.seal())
    }

    @Test func anUnknownOrOtherAuthorIsRefused() throws {
        let payload = try sample.seal()
        for key in [nil, Ed25519SigningKey.generate().publicKey] {
            #expect(throws: AlertError.signatureInvalid) {
                try sample.opener.open(payload[...], key: sample.recipientKeys[0]) { _ in key }
            }
        }
    }

    @Test func everyAlteredBitIsNoticed() throws {
        let payload = try sample.seal()
        // Every third bit touches every byte, in all of the eight places.
        for bit in stride(from: 0, to: payload.count * 8, by: 3) {
            var altered = payload
            altered[bit / 8] ^= 1 << (bit % 8)
            guard let opened = try? sample.open(altered) else { continue }
            // An unprotected header that came out of a flipped bit is dropped; nothing else may be.
            #expect(opened.statement.canonicalBytes == (try statement(of: payload)))
        }
    }

    private func statement(of payload: [UInt8]) throws -> [UInt8] {
        Array(
            try AlertPayload(
                decoding: payload[...],
                using: sample.coding,
                limits: AlertLimits()
            ).statementBytes
        )
    }

    /// Content that was sealed as `plaintext` and signed as it should be.
    private func payload(
        plaintext: CBORValue,
        issuer: AgencyID? = nil,
        alert: UUID? = nil
    ) throws -> [UInt8] {
        let binding = AlertBinding.of(
            issuer ?? sample.author,
            alert ?? sample.alert,
            using: sample.coding
        )
        let content = try COSEEncrypt.seal(
            sample.coding.encode(plaintext)[...],
            externalAAD: binding,
            to: sample.recipientKeys.map { key in
                (
                    key.publicKey,
                    COSEKeyThumbprint.of(
                        key.publicKey,
                        coding: sample.coding,
                        hasher: sample.hasher
                    )
                )
            },
            coding: sample.coding,
            cryptography: sample.cryptography
        )
        let statement = try sample.statement(over: content)
        return AlertPayload.join(statement: statement, content: content)
    }

    private func plaintext(
        to: CBORValue? = nil,
        labels: CBORValue? = nil,
        form: CBORValue? = nil
    ) throws -> CBORValue {
        .map(
            CBORMap([
                CBORMap.Pair(
                    .text("to"),
                    to ?? .array(sample.recipients.map { .text($0.description) })
                ),
                CBORMap.Pair(.text("labels"), try labels ?? sample.draft().header.cbor),
                CBORMap.Pair(.text("form"), form ?? .bytes(sample.form)),
            ])
        )
    }

    /// Somebody takes the content of another author's or another alert, and signs it as theirs.
    @Test func contentCannotBePassedOn() throws {
        #expect(try sample.open(payload(plaintext: plaintext())).form == sample.form)
        let other = try #require(AgencyID("PE:DEVIDA"))
        let stolen = try payload(plaintext: plaintext(), issuer: other)
        #expect(throws: AlertError.content(.notAuthentic)) { try sample.open(stolen) }
        let moved = try payload(plaintext: plaintext(), alert: UUID(high: 1, low: 2))
        #expect(throws: AlertError.content(.notAuthentic)) { try sample.open(moved) }
    }

    @Test func whatIsInsideMustAgreeWithWhatIsSigned() throws {
        let labels = try AlertHeader(
            kind: .diversionIncident,
            to: sample.recipients,
            tlp: .green,
            urgency: .immediate
        ).cbor
        let cases: [(CBORValue, String)] = [
            (try plaintext(to: .array([.text("MX:FGR")])), "list of recipients"),
            (try plaintext(to: .text("MX:FGR")), "list of recipients"),
            (
                try plaintext(to: .array([.text("MX:FGR"), .text("US:DEA"), .unsigned(1)])),
                "list of recipients"
            ),
            (try plaintext(labels: labels), "labels"),
            (try plaintext(labels: .null), "labels"),
            (try plaintext(form: .text("{}")), "form"),
            (.null, "form"),
        ]
        for (plaintext, field) in cases {
            let payload = try payload(plaintext: plaintext)
            #expect(throws: AlertError.innerMismatch(field)) { try sample.open(payload) }
        }
    }

    @Test func anotherContentThanTheSignedOneIsRefused() throws {
        let first = try sample.seal()
        let second = try sample.seal()
        let content = try AlertPayload(
            decoding: second[...],
            using: sample.coding,
            limits: AlertLimits()
        ).contentBytes
        let mixed = AlertPayload.join(statement: try statement(of: first), content: content)
        #expect(throws: AlertError.contentAltered) { try sample.open(mixed) }
    }

    @Test func aKeyThatCannotBeEncryptedToIsRefused() throws {
        let zero = try #require(X25519PublicKey([UInt8](repeating: 0, count: 32)))
        #expect(throws: AlertError.content(.invalidRecipientKey)) {
            try sample.sealer.seal(
                form: sample.form,
                draft: sample.draft(),
                key: sample.authorKey,
                recipients: [zero]
            )
        }
    }
}
