import Base
import CBOR
import COSE
import Crypto
import Testing

@Suite struct COSESign1Tests {
    private let coding = LibCBOR()
    private let header = CBORMap([CBORMap.Pair(.integer(1), .integer(-19))])

    private struct File: Decodable {
        let vectors: [Vector]
    }

    private struct Vector: Decodable {
        let name: String
        let cbor: String
        let publicKey: String?
        let externalAAD: String?
        let toBeSigned: String?
        let refused: String?
        let isAltered: Bool?
    }

    private func bytes(_ hex: String?) throws -> [UInt8] { try #require(Hex.decode(hex ?? "")) }

    /// The examples of the COSE working group: structure for all, signature for Ed25519.
    @Test func followsTheVectorsOfTheWorkingGroup() throws {
        for vector in try Vectors.load(File.self, "sign1.json").vectors {
            let encoded = try bytes(vector.cbor)
            guard vector.refused == nil else {
                #expect(throws: COSEError.notTheMessage(tag: 18), "\(vector.name)") {
                    try COSESign1(decoding: encoded[...], using: coding)
                }
                continue
            }
            let message = try COSESign1(decoding: encoded[...], using: coding)
            #expect(message.encode(using: coding) == encoded, "\(vector.name)")
            #expect(message.payload.map { Array($0) } == Array("This is the content.".utf8))
            let structure = message.signatureStructure(
                externalAAD: try bytes(vector.externalAAD)[...],
                using: coding
            )
            if let expected = vector.toBeSigned {
                let isEqual = Hex.encode(structure) == expected
                #expect(isEqual == (vector.isAltered != true), "\(vector.name)")
            }
            if let key = vector.publicKey {
                let key = try #require(Ed25519PublicKey(try bytes(key)))
                #expect(key.verify(signature: message.signature, over: structure[...]))
            }
        }
    }

    @Test func signsWhatItReads() throws {
        let key = Ed25519SigningKey.generate()
        let made = COSESign1(header: header, payload: [1, 2, 3], key: key, using: coding)
        let encoded = made.encode(using: coding)
        let read = try COSESign1(decoding: encoded[...], using: coding)
        #expect(read == made)
        let structure = read.signatureStructure(using: coding)
        #expect(key.publicKey.verify(signature: read.signature, over: structure[...]))
    }

    @Test func theSignatureCoversExternalData() throws {
        let key = Ed25519SigningKey.generate()
        let message = COSESign1(
            header: header,
            payload: [1],
            externalAAD: [2],
            key: key,
            using: coding
        )
        let with = message.signatureStructure(externalAAD: [2], using: coding)
        let without = message.signatureStructure(using: coding)
        #expect(key.publicKey.verify(signature: message.signature, over: with[...]))
        #expect(!key.publicKey.verify(signature: message.signature, over: without[...]))
    }

    @Test func aDetachedPayloadIsHandedIn() throws {
        let key = Ed25519SigningKey.generate()
        let whole = COSESign1(header: header, payload: [7, 8], key: key, using: coding)
        let detached = coding.encode(
            .tagged(
                18,
                .array([
                    .bytes(whole.protectedHeader), .map(CBORMap()), .null, .bytes(whole.signature),
                ])
            )
        )
        let read = try COSESign1(decoding: detached[...], using: coding)
        #expect(read.payload == nil)
        let structure = read.signatureStructure(detachedPayload: [7, 8], using: coding)
        #expect(key.publicKey.verify(signature: read.signature, over: structure[...]))
        #expect(read.encode(using: coding) == detached)
    }

    @Test func keepsTheProtectedHeaderAsItCame() throws {
        // {1: -19} with a length that is not the shortest.
        let protected: [UInt8] = [0xB8, 0x01, 0x01, 0x32]
        let bytes: [UInt8] = [0xD2, 0x84, 0x44] + protected + [0xA0, 0x41, 0x00, 0x41, 0x00]
        let message = try COSESign1(decoding: bytes[...], using: coding)
        #expect(Array(message.protectedHeader) == protected)
        #expect(message.header[1]?.integerValue == -19)
        #expect(message.encode(using: coding) == bytes)
    }

    @Test(arguments: [
        ("", COSEError.invalidCBOR(.truncated)),
        ("d28440a04040f6", .invalidCBOR(.trailingBytes)),
        ("d2", .invalidCBOR(.truncated)),
        ("d2a0", .notTheMessage(tag: 18)),
        ("d28340a040", .notTheMessage(tag: 18)),
        ("d284a0a04040", .invalidPart("protected header")),
        ("d28440404040", .invalidPart("unprotected header")),
        ("d28440a00040", .invalidPart("payload")),
        ("d28440a040f6", .invalidPart("signature")),
        // A protected header that is no map, or no CBOR.
        ("d2844100a04040", .invalidPart("protected header")),
        ("d28441a1a04040", .invalidCBOR(.truncated)),
        ("d28442a000a04040", .invalidCBOR(.trailingBytes)),
        // Label 1 in both headers; twice in one; a label that is a byte string.
        ("d28443a10132a101324040", .invalidHeader("1")),
        ("d28445a201320132a04040", .invalidCBOR(.duplicateKey)),
        ("d28443a14000a04040", .invalidHeader("of a wrong type")),
        ("d28440a140004040", .invalidHeader("of a wrong type")),
        // Critical labels.
        ("d28445a102811820a04040", .criticalHeader),
        ("d28440a1028118204040", .criticalHeader),
    ])
    func refusesWhatIsNoMessage(hex: String, expected: COSEError) throws {
        let bytes = try bytes(hex)
        #expect(throws: expected) { try COSESign1(decoding: bytes[...], using: coding) }
    }

    @Test func everyAlteredBitIsNoticed() throws {
        let key = Ed25519SigningKey.generate()
        let encoded = COSESign1(header: header, payload: [1, 2, 3], key: key, using: coding)
            .encode(using: coding)
        for bit in 0..<(encoded.count * 8) {
            var altered = encoded
            altered[bit / 8] ^= 1 << (bit % 8)
            guard let message = try? COSESign1(decoding: altered[...], using: coding) else {
                continue
            }
            let structure = message.signatureStructure(using: coding)
            #expect(!key.publicKey.verify(signature: message.signature, over: structure[...]))
        }
    }
}
