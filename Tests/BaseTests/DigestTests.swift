import Base
import Testing

@Suite struct DigestTests {
    @Test func holdsItsBytesInOrder() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let digest = try #require(Digest(bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.description == Hex.encode(bytes))
        #expect(Digest(bytes.dropLast()) == nil)
    }

    @Test func comparesAsItsBytesDo() throws {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<200 {
            let left = (0..<32).map { _ in UInt8.random(in: 0...3, using: &generator) }
            let right = (0..<32).map { _ in UInt8.random(in: 0...3, using: &generator) }
            let less = try #require(Digest(left)) < #require(Digest(right))
            #expect(less == left.lexicographicallyPrecedes(right))
        }
    }
}
