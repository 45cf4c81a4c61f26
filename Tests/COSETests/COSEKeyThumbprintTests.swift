import Base
import CBOR
import COSE
import Crypto
import Testing

@Suite struct COSEKeyThumbprintTests {
    private let coding = LibCBOR()
    private let hasher = SHA256()

    /// RFC 9679 6: a P-256 key, whose parameters are hashed in deterministic encoding.
    @Test func hashesTheExampleOfRFC9679() throws {
        let x = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
        let y = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
        let parameters = CBORMap([
            CBORMap.Pair(.integer(-3), .bytes(try #require(Hex.decode(y)))),
            CBORMap.Pair(.integer(-2), .bytes(try #require(Hex.decode(x)))),
            CBORMap.Pair(.integer(-1), .integer(1)),
            CBORMap.Pair(.integer(1), .integer(2)),
        ])
        let thumbprint = COSEKeyThumbprint.of(
            requiredParameters: parameters,
            coding: coding,
            hasher: hasher
        )
        #expect(
            Hex.encode(thumbprint)
                == "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
        )
    }

    /// The key of RFC 8032 7.1, test 1, and that of RFC 9180 A.2.1, as other implementations have
    /// them.
    @Test func agreesWithOtherImplementations() throws {
        let signing = try #require(
            Ed25519PublicKey(
                Hex.decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") ?? []
            )
        )
        #expect(
            Hex.encode(COSEKeyThumbprint.of(signing, coding: coding, hasher: hasher))
                == "866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743"
        )
        let encryption = try #require(
            X25519PublicKey(
                Hex.decode("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a") ?? []
            )
        )
        #expect(
            Hex.encode(COSEKeyThumbprint.of(encryption, coding: coding, hasher: hasher))
                == "4c3144bb6e6af74b3c180f0a80c621a08eb820917e04515c7bcd5827a5331013"
        )
    }
}
