import Base
import COSE
import Crypto
import Testing

@Suite struct Ed25519SigningKeyTests {
    struct Vector: Sendable {
        let seed: String
        let key: String
        let message: String
        let signature: String
    }

    /// RFC 8032 7.1, tests 1 to 3.
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test(arguments: vectors)
    func followsTheVectorsOfRFC8032(vector: Vector) throws {
        let seed = SecretBytes(copying: try #require(Hex.decode(vector.seed)))
        let made = Ed25519SigningKey(seed: seed)
        let key = try #require(made)
        let message = try #require(Hex.decode(vector.message))
        #expect(Hex.encode(key.publicKey.bytes) == vector.key)
        let signature = key.sign(message[...])
        #expect(Hex.encode(signature) == vector.signature)
        #expect(key.publicKey.verify(signature: signature[...], over: message[...]))
    }

    @Test func refusesEveryFlippedBitOfASignature() throws {
        let key = Ed25519SigningKey.generate()
        let message: [UInt8] = [1, 2, 3]
        let signature = key.sign(message[...])
        for bit in 0..<(signature.count * 8) {
            var altered = signature
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.publicKey.verify(signature: altered[...], over: message[...]))
        }
        #expect(!key.publicKey.verify(signature: signature[...], over: [1, 2, 4]))
    }

    @Test(arguments: [0, 1, 63, 65, 128])
    func refusesSignaturesOfAWrongLength(count: Int) {
        let key = Ed25519SigningKey.generate()
        let signature = [UInt8](repeating: 0, count: count)
        #expect(!key.publicKey.verify(signature: signature[...], over: []))
    }

    /// A key of small order would verify signatures that nobody made.
    @Test func refusesKeysOfSmallOrder() throws {
        let neutral = try #require(Ed25519PublicKey([1] + [UInt8](repeating: 0, count: 31)))
        let forged = [1] + [UInt8](repeating: 0, count: 63)
        #expect(!neutral.verify(signature: forged[...], over: [1, 2, 3]))
    }

    /// The same signature with the group's order added to its scalar must not verify again.
    @Test func refusesSignaturesThatAreNotCanonical() {
        let order: [UInt8] = [
            0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9,
            0xDE, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ]
        let key = Ed25519SigningKey.generate()
        var signature = key.sign([1])
        var carry = 0
        for (place, byte) in order.enumerated() {
            let sum = Int(signature[32 + place]) + Int(byte) + carry
            signature[32 + place] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(carry == 0)
        #expect(!key.publicKey.verify(signature: signature[...], over: [1]))
    }

    @Test func needsASeedOf32Bytes() {
        #expect(Ed25519SigningKey(seed: SecretBytes(copying: [1, 2, 3])) == nil)
    }
}
