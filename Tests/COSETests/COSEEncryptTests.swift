import Base
import CBOR
import Crypto
import Testing

@testable import COSE

@Suite struct COSEEncryptTests {
    private let coding = LibCBOR()
    private let cryptography = Cryptography()

    private struct File: Decodable {
        let keyID: String
        let privateKey: String
        let plaintext: String
        let vectors: [Vector]
    }

    private struct Vector: Decodable {
        let cbor: String
        let externalAAD: String
        let recipientExtraInfo: String
        let hpkeAAD: String
    }

    /// Those of draft-ietf-cose-hpke, appendix C, that leave HPKE's own additional data empty, as
    /// Aviso does; with the others the key does not open.
    @Test func opensTheVectorsOfTheDraft() throws {
        let file = try Vectors.load(File.self, "hpke-4-ke.json")
        let scalar = SecretBytes(copying: try #require(Hex.decode(file.privateKey)))
        let made = X25519PrivateKey(scalar)
        let key = try #require(made)
        for vector in file.vectors {
            let bytes = try #require(Hex.decode(vector.cbor))
            let message = try COSEEncrypt(decoding: bytes[...], using: coding)
            func open(externalAAD: String, extraInfo: String) throws(COSEError) -> [UInt8] {
                try message.open(
                    keyID: Array(file.keyID.utf8),
                    key: key,
                    externalAAD: Array(externalAAD.utf8),
                    recipientExtraInfo: Array(extraInfo.utf8),
                    using: coding
                )
            }
            guard vector.hpkeAAD.isEmpty else {
                #expect(throws: COSEError.notAuthentic) {
                    try open(
                        externalAAD: vector.externalAAD,
                        extraInfo: vector.recipientExtraInfo
                    )
                }
                continue
            }
            let plaintext = try open(
                externalAAD: vector.externalAAD,
                extraInfo: vector.recipientExtraInfo
            )
            #expect(plaintext == Array(file.plaintext.utf8))
            #expect(throws: COSEError.notAuthentic) {
                try open(externalAAD: "other", extraInfo: vector.recipientExtraInfo)
            }
            #expect(throws: COSEError.notAuthentic) {
                try open(externalAAD: vector.externalAAD, extraInfo: "other")
            }
        }
    }

    /// The `Enc_structure` of the working group's example chacha-poly-01.
    @Test func authenticatesWhatRFC9052Says() throws {
        let structure = COSEEncrypt.encryptionStructure(
            [0xA1, 0x01, 0x18, 0x18],
            [],
            using: coding
        )
        #expect(Hex.encode(structure) == "8367456e637279707444a101181840")
    }

    private func seal(
        _ recipients: [(key: X25519PublicKey, keyID: [UInt8])],
        externalAAD: [UInt8] = [9]
    ) throws -> [UInt8] {
        try COSEEncrypt.seal(
            [1, 2, 3],
            externalAAD: externalAAD,
            to: recipients,
            coding: coding,
            cryptography: cryptography
        )
    }

    @Test func eachRecipientOpensWhatIsSealedToAll() throws {
        let keys = (0..<3).map { _ in X25519PrivateKey.generate() }
        let sealed = try seal(
            keys.enumerated().map { ($0.element.publicKey, [UInt8($0.offset)]) }
        )
        let message = try COSEEncrypt(decoding: sealed[...], using: coding)
        #expect(message.recipients.map { Array($0.keyID) } == [[0], [1], [2]])
        for (place, key) in keys.enumerated() {
            let plaintext = try message.open(
                keyID: [UInt8(place)],
                key: key,
                externalAAD: [9],
                using: coding
            )
            #expect(plaintext == [1, 2, 3])
            #expect(throws: COSEError.notAuthentic) {
                try message.open(keyID: [UInt8(place)], key: key, externalAAD: [], using: coding)
            }
        }
        #expect(throws: COSEError.notARecipient) {
            try message.open(keyID: [3], key: keys[0], externalAAD: [9], using: coding)
        }
        #expect(throws: COSEError.notAuthentic) {
            try message.open(keyID: [1], key: keys[0], externalAAD: [9], using: coding)
        }
    }

    @Test func refusesAKeyThatNobodyCanAgreeWith() throws {
        let zero = try #require(X25519PublicKey([UInt8](repeating: 0, count: 32)))
        #expect(throws: COSEError.invalidRecipientKey) { try seal([(zero, [0])]) }
    }

    @Test func everyAlteredBitIsNoticed() throws {
        let key = X25519PrivateKey.generate()
        let sealed = try seal([(key.publicKey, [5])])
        let point = try #require(
            X25519PublicKey(
                try COSEEncrypt(decoding: sealed[...], using: coding)
                    .recipients[0].contentKey.encapsulatedKey
            )
        )
        for bit in 0..<(sealed.count * 8) {
            var altered = sealed
            altered[bit / 8] ^= 1 << (bit % 8)
            guard let message = try? COSEEncrypt(decoding: altered[...], using: coding) else {
                continue
            }
            // X25519 ignores the highest bit of a point, but HPKE binds the bytes.
            #expect(message.recipients.first?.contentKey.encapsulatedKey.count == point.bytes.count)
            #expect(throws: COSEError.self) {
                try message.open(keyID: [5], key: key, externalAAD: [9], using: coding)
            }
        }
    }

    /// Hand-made messages: the parts of a right one, one of them replaced.
    private func message(
        protected: CBORValue = .bytes([0xA1, 0x01, 0x18, 0x18]),
        unprotected: CBORValue = .map(
            CBORMap([CBORMap.Pair(.integer(5), .bytes([UInt8](repeating: 0, count: 12)))])
        ),
        ciphertext: CBORValue = .bytes([UInt8](repeating: 0, count: 16)),
        recipients: CBORValue? = nil
    ) -> [UInt8] {
        coding.encode(
            .tagged(
                96,
                .array([
                    protected, unprotected, ciphertext, recipients ?? .array([recipient()]),
                ])
            )
        )
    }

    private func recipient(
        protected: [UInt8] = [0xA1, 0x01, 0x18, 0x32],
        keyID: CBORValue? = .bytes([1]),
        encapsulatedKey: CBORValue? = .bytes([UInt8](repeating: 1, count: 32)),
        more: [CBORValue] = []
    ) -> CBORValue {
        var unprotected = CBORMap()
        if let keyID { unprotected.append(.integer(4), keyID) }
        if let encapsulatedKey { unprotected.append(.integer(-4), encapsulatedKey) }
        return .array([.bytes(protected), .map(unprotected), .bytes([0])] + more)
    }

    private func refuses(_ bytes: [UInt8], _ expected: COSEError) {
        #expect(throws: expected) { try COSEEncrypt(decoding: bytes[...], using: coding) }
    }

    @Test func refusesWhatIsNoMessage() {
        #expect(throws: Never.self) { try COSEEncrypt(decoding: message()[...], using: coding) }
        refuses([], .invalidCBOR(.truncated))
        refuses([0xD8, 0x60, 0x80], .notTheMessage(tag: 96))
        refuses([0xD2] + message().dropFirst(2), .notTheMessage(tag: 96))
        refuses(message() + [0], .invalidCBOR(.trailingBytes))
        refuses(message(protected: .null), .invalidPart("protected header"))
        refuses(message(unprotected: .null), .invalidPart("unprotected header"))
        refuses(message(protected: .bytes([])), .unsupportedAlgorithm("content"))
        refuses(message(protected: .bytes([0xA1, 0x01, 0x01])), .unsupportedAlgorithm("content"))
        refuses(message(unprotected: .map(CBORMap())), .invalidPart("nonce"))
        let short = CBORMap([CBORMap.Pair(.integer(5), .bytes([1, 2]))])
        refuses(message(unprotected: .map(short)), .invalidPart("nonce"))
        refuses(message(ciphertext: .null), .invalidPart("ciphertext"))
        refuses(
            message(ciphertext: .bytes([UInt8](repeating: 0, count: 15))),
            .invalidPart("ciphertext")
        )
    }

    @Test func refusesWhatIsNoRecipient() {
        refuses(message(recipients: .array([])), .invalidPart("list of recipients"))
        refuses(message(recipients: .null), .invalidPart("list of recipients"))
        refuses(message(recipients: .array([.null])), .invalidPart("recipient"))
        // A further layer, as key wrapping would have it.
        let nested = recipient(more: [.array([])])
        refuses(message(recipients: .array([nested])), .invalidPart("recipient"))
        let direct = recipient(protected: [0xA1, 0x01, 0x25])
        refuses(message(recipients: .array([direct])), .unsupportedAlgorithm("recipient"))
        let nameless = recipient(keyID: nil)
        refuses(message(recipients: .array([nameless])), .invalidPart("recipient's kid"))
        for encapsulatedKey: CBORValue? in [nil, .bytes([1]), .text("x")] {
            let item = recipient(encapsulatedKey: encapsulatedKey)
            refuses(
                message(recipients: .array([item])),
                .invalidPart("recipient's encapsulated key")
            )
        }
        let many = [CBORValue](repeating: recipient(), count: COSEEncrypt.recipientCountMax + 1)
        refuses(message(recipients: .array(many)), .invalidPart("list of recipients"))
        let tooMany = [CBORValue](repeating: .null, count: 20_000)
        refuses(message(recipients: .array(tooMany)), .invalidCBOR(.limitExceeded))
    }
}
