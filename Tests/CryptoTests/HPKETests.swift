import Base
import COSE
import Testing

@testable import Crypto

/// RFC 9180 A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode.
@Suite struct HPKETests {
    private let info = hex("4f6465206f6e2061204772656369616e2055726e")
    private let ephemeral = hex("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600")
    private let encapsulated = hex(
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
    )
    private let scalar = hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
    private let point = hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
    private let plaintext = hex("4265617574792069732074727574682c20747275746820626561757479")
    private let additionalData = hex("436f756e742d30")
    private let ciphertext = hex(
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db"
            + "21993c62ce81883d2dd1b51a28"
    )

    private func recipient() throws -> X25519PrivateKey {
        let key = X25519PrivateKey(SecretBytes(copying: scalar))
        return try #require(key)
    }

    @Test func derivesTheKeysOfTheVector() throws {
        let recipient = try recipient()
        #expect(recipient.publicKey.bytes == point)
        let agreed = try recipient.sharedSecret(with: try #require(X25519PublicKey(encapsulated)))
        let secret = try HPKE.sharedSecret(
            agreed,
            encapsulated: encapsulated,
            recipient: recipient.publicKey
        )
        #expect(
            Hex.encode(secret.exposed())
                == "0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7"
        )
        let schedule = try HPKE.KeySchedule(secret, info: info)
        #expect(
            Hex.encode(schedule.key.exposed())
                == "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91"
        )
        #expect(Hex.encode(schedule.nonce) == "5c4d98150661b848853b547f")
    }

    @Test func sealsAndOpensAsTheVector() throws {
        let sealed = try HPKE.seal(
            SecretBytes(copying: plaintext),
            to: try #require(X25519PublicKey(point)),
            info: info,
            additionalData: additionalData,
            ephemeral: SecretBytes(copying: ephemeral)
        )
        #expect(Array(sealed.encapsulatedKey) == encapsulated)
        #expect(Array(sealed.ciphertext) == ciphertext)
        let opened = try HPKE.open(
            sealed,
            with: recipient(),
            info: info,
            additionalData: additionalData
        )
        #expect(opened.exposed() == plaintext)
    }

    @Test func twoSealsShareNothing() throws {
        let key = X25519PrivateKey.generate()
        let secret = SecretBytes(copying: plaintext)
        let first = try HPKE.seal(secret, to: key.publicKey, info: info)
        let second = try HPKE.seal(secret, to: key.publicKey, info: info)
        #expect(first.encapsulatedKey != second.encapsulatedKey)
        #expect(first.ciphertext != second.ciphertext)
        let opened = try HPKE.open(second, with: key, info: info)
        #expect(opened.exposed() == plaintext)
    }

    @Test func refusesWhatDoesNotFit() throws {
        let recipient = try recipient()
        let sealed = EncryptedContentKey(
            encapsulatedKey: encapsulated[...],
            ciphertext: ciphertext[...]
        )
        func refuses(
            _ sealed: EncryptedContentKey,
            key: X25519PrivateKey? = nil,
            info: [UInt8]? = nil,
            additionalData: [UInt8]? = nil,
            _ expected: CryptoError = .notAuthentic
        ) {
            #expect(throws: expected) {
                _ = try HPKE.open(
                    sealed,
                    with: key ?? recipient,
                    info: info ?? self.info,
                    additionalData: additionalData ?? self.additionalData
                )
            }
        }
        refuses(sealed, key: X25519PrivateKey.generate())
        refuses(sealed, info: [])
        refuses(sealed, additionalData: [])
        for count in 0..<ciphertext.count {
            refuses(
                EncryptedContentKey(
                    encapsulatedKey: encapsulated[...],
                    ciphertext: ciphertext.prefix(count)
                )
            )
        }
        for count in [0, 31] {
            refuses(
                EncryptedContentKey(
                    encapsulatedKey: encapsulated.prefix(count),
                    ciphertext: ciphertext[...]
                )
            )
        }
        let zero = EncryptedContentKey(
            encapsulatedKey: [UInt8](repeating: 0, count: 32)[...],
            ciphertext: ciphertext[...]
        )
        refuses(zero, .weakPublicKey)
    }

    @Test func refusesToSealToAKeyOfSmallOrder() throws {
        let zero = try #require(X25519PublicKey([UInt8](repeating: 0, count: 32)))
        #expect(throws: CryptoError.weakPublicKey) {
            try HPKE.seal(SecretBytes(copying: plaintext), to: zero, info: info)
        }
    }
}

private func hex(_ text: String) -> [UInt8] { Hex.decode(text) ?? [] }
