import Alerts
import Base
import CBOR
import COSE
import Crypto
import TestKit
import Testing

private let program = ForeignProgram.python("cose/alerts.py")

/// Aviso and Python's `cwt` open what the other seals.
@Suite(.enabled(if: program.isWanted(probe: ["check"])))
struct EnvelopeInteropTests {
    private let sample: EnvelopeSample

    init() throws {
        sample = try EnvelopeSample()
    }

    /// The labels of the sample's header, as JSON has them.
    private struct Labels: Codable, Equatable {
        var channel = "chemical-diversion"
        var kind = "diversion-incident"
        var status = "actual"
        var message = "alert"
        var to = ["MX:FGR", "US:DEA"]
        var tlp = "TLP:AMBER"
        var urgency = "immediate"
    }

    private struct Sealing: Encodable {
        let issuer: String
        let subject: String
        let expires = 1_790_086_400
        let issuedAt = 1_790_000_000
        let aviso = Labels()
        let form: String
        let publicKey: String
        let privateKey: String
        let recipients: [String]
    }

    private struct Sealed: Decodable {
        let payload: String
    }

    private struct Opening: Encodable {
        let payload: String
        let authorKey: String
        let publicKey: String
        let privateKey: String
    }

    private struct Opened: Decodable {
        let issuer: String
        let subject: String
        let expires: UInt64
        let issuedAt: UInt64
        let aviso: Labels
        let form: String
        let recipients: [String]
    }

    @Test func cwtOpensWhatAvisoSeals() throws {
        // The other side needs the private key in the clear.
        let scalar = Randomness.bytes(32)
        let made = X25519PrivateKey(SecretBytes(copying: scalar))
        let key = try #require(made)
        let other = X25519PrivateKey.generate()
        let payload = try sample.sealer.seal(
            form: sample.form,
            draft: sample.draft(),
            key: sample.authorKey,
            recipients: [other.publicKey, key.publicKey]
        )
        let opened = try program.call(
            "open",
            Opening(
                payload: Hex.encode(payload),
                authorKey: Hex.encode(sample.authorKey.publicKey.bytes),
                publicKey: Hex.encode(key.publicKey.bytes),
                privateKey: Hex.encode(scalar)
            ),
            as: Opened.self
        )
        #expect(opened.issuer == sample.author.urn)
        #expect(opened.subject == sample.alert.urn)
        #expect(opened.expires == 1_790_086_400)
        #expect(opened.issuedAt == 1_790_000_000)
        #expect(opened.aviso == Labels())
        #expect(opened.form == Hex.encode(sample.form))
        let keyIDs = [other, key].map { key in
            Hex.encode(
                COSEKeyThumbprint.of(
                    key.publicKey,
                    coding: sample.coding,
                    hasher: sample.hasher
                )
            )
        }
        #expect(opened.recipients == keyIDs)
    }

    @Test func avisoOpensWhatCWTSeals() throws {
        let seed = Randomness.bytes(32)
        let made = Ed25519SigningKey(seed: SecretBytes(copying: seed))
        let author = try #require(made)
        let sealed = try program.call(
            "seal",
            Sealing(
                issuer: sample.author.urn,
                subject: sample.alert.urn,
                form: Hex.encode(sample.form),
                publicKey: Hex.encode(author.publicKey.bytes),
                privateKey: Hex.encode(seed),
                recipients: sample.recipientKeys.map { Hex.encode($0.publicKey.bytes) }
            ),
            as: Sealed.self
        )
        let payload = try #require(Hex.decode(sealed.payload))
        for key in sample.recipientKeys {
            let opened = try sample.opener.open(payload[...], key: key) { _ in author.publicKey }
            #expect(opened.form == sample.form)
            #expect(opened.statement.issuer == sample.author)
            #expect(opened.statement.alert == sample.alert)
            #expect(opened.statement.expires == WallTime(seconds: 1_790_086_400))
            #expect(opened.statement.header == (try sample.draft().header))
        }
    }
}
