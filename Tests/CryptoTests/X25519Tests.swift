import Base
import COSE
import Testing

@testable import Crypto

@Suite struct X25519Tests {
    private let alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    private let bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"

    private func key(_ scalar: String) throws -> X25519PrivateKey {
        let key = X25519PrivateKey(SecretBytes(copying: Hex.decode(scalar) ?? []))
        return try #require(key)
    }

    @Test func agreesAsInRFC7748() throws {
        let alice = try key(alice)
        let bob = try key(bob)
        #expect(
            Hex.encode(alice.publicKey.bytes)
                == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        )
        #expect(
            Hex.encode(bob.publicKey.bytes)
                == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
        )
        let mine = try alice.sharedSecret(with: bob.publicKey)
        let theirs = try bob.sharedSecret(with: alice.publicKey)
        let areEqual = mine.equals(theirs)
        #expect(areEqual)
        #expect(
            Hex.encode(mine.exposed())
                == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        )
    }

    /// With a point of small order the secret would be the same for everybody.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func refusesPointsOfSmallOrder(point: String) throws {
        let key = try #require(X25519PublicKey(Hex.decode(point) ?? []))
        #expect(throws: CryptoError.weakPublicKey) {
            _ = try X25519PrivateKey.generate().sharedSecret(with: key)
        }
    }

    @Test func needsAScalarOf32Bytes() {
        #expect(X25519PrivateKey(SecretBytes(copying: [])) == nil)
    }
}
