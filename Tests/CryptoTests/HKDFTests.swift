import Base
import Testing

@testable import Crypto

@Suite struct HKDFTests {
    struct Vector: Sendable {
        let keyMaterial: [UInt8]
        let salt: [UInt8]
        let info: [UInt8]
        let key: String
        let output: String
    }

    /// RFC 5869 A.1 and A.3: with salt and info, and without.
    static let vectors = [
        Vector(
            keyMaterial: [UInt8](repeating: 0x0B, count: 22),
            salt: Array(0...12),
            info: Array(0xF0...0xF9),
            key: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865"
        ),
        Vector(
            keyMaterial: [UInt8](repeating: 0x0B, count: 22),
            salt: [],
            info: [],
            key: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8"
        ),
    ]

    @Test(arguments: vectors)
    func followsTheVectorsOfRFC5869(vector: Vector) throws {
        let key = try HKDF.extract(
            salt: SecretBytes(copying: vector.salt),
            keyMaterial: SecretBytes(copying: vector.keyMaterial)
        )
        #expect(Hex.encode(key.exposed()) == vector.key)
        let output = try HKDF.expand(key: key, info: vector.info, byteCount: 42)
        #expect(Hex.encode(output.exposed()) == vector.output)
    }

    /// OpenSSL refuses to expand to nothing; its reason is told and does not stay in its queue.
    @Test func failureLeavesNothingInTheErrorQueue() {
        do {
            _ = try HKDF.expand(key: SecretBytes(copying: [1]), info: [], byteCount: 0)
            Issue.record("expanded to nothing")
        } catch {
            guard case .libraryFailed(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason != "no reason given")
        }
        #expect(OpenSSLErrors.isEmpty)
    }
}
