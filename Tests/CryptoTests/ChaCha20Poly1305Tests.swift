import Base
import Testing

@testable import Crypto

@Suite struct ChaCha20Poly1305Tests {
    private let key = (0x80...0x9F).map { UInt8($0) }
    private let nonce = Hex.decode("070000004041424344454647") ?? []
    private let additionalData = Hex.decode("50515253c0c1c2c3c4c5c6c7") ?? []
    private let plaintext = Array(
        ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            + "future, sunscreen would be it.").utf8
    )
    private let ciphertext =
        Hex.decode(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                + "3ff4def08e4b7a9de576d26586cec64b6116"
                + "1ae10b594f09e26a7e902ecbd0600691"
        ) ?? []

    @Test func followsTheVectorOfRFC8439() throws {
        let key = SecretBytes(copying: key)
        let sealed = ChaCha20Poly1305.seal(
            plaintext[...],
            key: key,
            nonce: nonce,
            additionalData: additionalData
        )
        #expect(sealed == ciphertext)
        let opened = try ChaCha20Poly1305.open(
            sealed[...],
            key: key,
            nonce: nonce[...],
            additionalData: additionalData
        )
        #expect(opened == plaintext)
    }

    @Test func refusesEveryAlteredByte() {
        let key = SecretBytes(copying: key)
        for place in ciphertext.indices {
            var altered = ciphertext
            altered[place] ^= 0x40
            #expect(throws: CryptoError.notAuthentic) {
                try ChaCha20Poly1305.open(
                    altered[...],
                    key: key,
                    nonce: nonce[...],
                    additionalData: additionalData
                )
            }
        }
        #expect(throws: CryptoError.notAuthentic) {
            try ChaCha20Poly1305.open(
                ciphertext[...],
                key: key,
                nonce: nonce[...],
                additionalData: []
            )
        }
    }

    @Test(arguments: [(0, 12, 32), (15, 12, 32), (130, 11, 32), (130, 0, 32), (130, 12, 31)])
    func refusesWrongSizes(ciphertextCount: Int, nonceCount: Int, keyCount: Int) {
        let key = SecretBytes(copying: [UInt8](repeating: 1, count: keyCount))
        #expect(throws: CryptoError.notAuthentic) {
            try ChaCha20Poly1305.open(
                ciphertext.prefix(ciphertextCount),
                key: key,
                nonce: nonce.prefix(nonceCount),
                additionalData: additionalData
            )
        }
    }

    @Test func sealsNothing() throws {
        let key = SecretBytes(copying: key)
        let sealed = ChaCha20Poly1305.seal([], key: key, nonce: nonce, additionalData: [])
        #expect(sealed.count == ChaCha20Poly1305.tagByteCount)
        let opened = try ChaCha20Poly1305.open(
            sealed[...],
            key: key,
            nonce: nonce[...],
            additionalData: []
        )
        #expect(opened.isEmpty)
    }
}
