import Base
import Testing

@testable import Crypto

@Suite struct SecretStreamTests {
    private let chunks = [[UInt8](repeating: 1, count: 100), [], Array(0...200)]

    private func seal(_ key: [UInt8]) -> (header: [UInt8], chunks: [[UInt8]]) {
        var sealer = SecretStreamSealer(key: SecretBytes(copying: key))
        let sealed = chunks.indices.map { place in
            sealer.seal(chunks[place][...], isLast: place == chunks.count - 1)
        }
        return (sealer.header, sealed)
    }

    @Test func whatIsSealedOnceMoreGivesTheSameBytes() throws {
        let key = SecretStream.makeKey().exposed()
        let (header, sealed) = seal(key)
        var again = try SecretStreamSealer(repeating: header[...], key: SecretBytes(copying: key))
        for (place, chunk) in chunks.enumerated() {
            let bytes = again.seal(chunk[...], isLast: place == chunks.count - 1)
            #expect(bytes == sealed[place])
        }
        do throws(CryptoError) {
            _ = try SecretStreamSealer(repeating: header[1...], key: SecretBytes(copying: key))
            Issue.record("a header of another size was taken")
        } catch {
            #expect(error == .notAuthentic)
        }
    }

    @Test func whatIsSealedOpensInItsOrder() throws {
        let key = SecretStream.makeKey().exposed()
        let (header, sealed) = seal(key)
        #expect(header.count == SecretStream.headerByteCount)
        var opener = try SecretStreamOpener(
            header: header[...],
            key: SecretBytes(copying: key)
        )
        for (place, chunk) in sealed.enumerated() {
            let isAtEnd = opener.isAtEnd
            #expect(!isAtEnd)
            #expect(chunk.count == chunks[place].count + SecretStream.chunkOverheadByteCount)
            let opened = try opener.open(chunk[...])
            #expect(opened == chunks[place])
        }
        let isAtEnd = opener.isAtEnd
        #expect(isAtEnd)
        do throws(CryptoError) {
            _ = try opener.open(sealed[2][...])
            Issue.record("something was taken behind the end")
        } catch {
            #expect(error == .notAuthentic)
        }
    }

    @Test func everyAlteredByteIsNoticed() throws {
        let key = SecretStream.makeKey().exposed()
        let (header, sealed) = seal(key)
        for place in header.indices {
            var altered = header
            altered[place] ^= 1
            #expect(try !opens([sealed[0]], altered, key))
        }
        for place in sealed[0].indices {
            var altered = sealed[0]
            altered[place] ^= 0x10
            #expect(try !opens([altered], header, key))
        }
        #expect(try !opens([sealed[0].dropLast()], header, key))
        #expect(try !opens([Array(sealed[0].prefix(16))], header, key))
        #expect(try !opens([sealed[0]], header, SecretStream.makeKey().exposed()))
    }

    @Test func orderAndEndAreNoticed() throws {
        let key = SecretStream.makeKey().exposed()
        let (header, sealed) = seal(key)
        #expect(try opens(sealed, header, key))
        #expect(try !opens([sealed[1], sealed[0], sealed[2]], header, key))
        #expect(try !opens([sealed[0], sealed[2]], header, key))
        #expect(try !opens([sealed[0], sealed[0]], header, key))
        // Cut off at a chunk's end, it opens, and is not at its end.
        #expect(try !opens([sealed[0], sealed[1]], header, key))
        let other = seal(key)
        #expect(try !opens([sealed[0], other.chunks[1], sealed[2]], header, key))
    }

    @Test func wrongSizesAreRefused() {
        let key = SecretStream.makeKey().exposed()
        for count in [0, 23, 25] {
            #expect(!begins([UInt8](repeating: 0, count: count), key))
        }
        #expect(!begins([UInt8](repeating: 0, count: 24), [1, 2, 3]))
    }

    private func begins(_ header: [UInt8], _ key: [UInt8]) -> Bool {
        do throws(CryptoError) {
            _ = try SecretStreamOpener(
                header: header[...],
                key: SecretBytes(copying: key)
            )
            return true
        } catch {
            return false
        }
    }

    /// Whether all chunks open, and the last of them is the end.
    private func opens(
        _ chunks: [[UInt8]],
        _ header: [UInt8],
        _ key: [UInt8]
    ) throws -> Bool {
        var opener = try SecretStreamOpener(
            header: header[...],
            key: SecretBytes(copying: key)
        )
        do throws(CryptoError) {
            for chunk in chunks { _ = try opener.open(chunk[...]) }
        } catch {
            return false
        }
        return opener.isAtEnd
    }

    /// Made with an implementation of our own in Python, of the primitives alone.
    @Test func opensWhatAnotherImplementationHasSealed() throws {
        let key = (0..<32).map { UInt8($0) }
        let header = (0..<24).map { UInt8(0x40 + $0) }
        var opener = try SecretStreamOpener(
            header: header[...],
            key: SecretBytes(copying: key)
        )
        let sealed = Self.vector.compactMap { Hex.decode($0) }
        try #require(sealed.count == 2)
        let opened = [try opener.open(sealed[0][...]), try opener.open(sealed[1][...])]
        #expect(opened[0] == Array("the first chunk".utf8))
        #expect(opened[1] == Array("the last chunk, longer than one".utf8))
        let isAtEnd = opener.isAtEnd
        #expect(isAtEnd)
    }

    private static let vector = [
        "0db7f025c96db1da3a1e43c0f425417d1f6ed330966f3c733c4af421970dd1a2",
        "ff25cf2fb2149fa0dc4f46bd73c081113be50b2eb1e72cab1df45375265a52e6"
            + "ea7bdd87874707549feff51dd50600c9",
    ]

    @Test func theDigestOfPiecesIsThatOfTheWhole() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        for pieceCount in [1, 7, 64, 1000] {
            let stream = SHA256Stream()
            for start in stride(from: 0, to: bytes.count, by: pieceCount) {
                stream.update(bytes[start..<min(start + pieceCount, bytes.count)])
            }
            stream.update([])
            #expect(stream.finish() == SHA256().digest(bytes[...]))
        }
        #expect(SHA256Stream().finish() == SHA256().digest([]))
    }
}
