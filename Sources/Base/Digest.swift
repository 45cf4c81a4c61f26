/// A SHA-256 value: 32 bytes held inline, cheap to copy, compare and hash.
package struct Digest: Hashable, Comparable, Sendable {
    /// The number of bytes in a digest.
    package static let byteCount = 32

    /// The all-zero digest.
    package static let zero = Digest(words: (0, 0, 0, 0))

    // Big-endian words, so that comparing words in order compares bytes in order.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (word0, word1, word2, word3) = words
    }

    /// Makes a digest of exactly 32 bytes.
    ///
    /// The result is nil if there are not exactly 32 of them.
    ///
    /// - Parameter bytes: the bytes, in order.
    package init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        let words = unsafe bytes.withUnsafeBytes { bytes in
            let word = { place in
                UInt64(
                    bigEndian: unsafe bytes.loadUnaligned(
                        fromByteOffset: 8 * place,
                        as: UInt64.self
                    )
                )
            }
            return (word(0), word(1), word(2), word(3))
        }
        self.init(words: words)
    }

    /// Makes a digest of exactly 32 bytes, or nil.
    package init?(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Makes a digest of four big-endian words, as a hash function's wrapper has them at hand.
    package init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
        self.init(words: (word0, word1, word2, word3))
    }

    /// The four big-endian words, for a hash function's wrapper.
    package var words: (UInt64, UInt64, UInt64, UInt64) { (word0, word1, word2, word3) }

    /// The 32 bytes, in order.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Digest.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// Appends the 32 bytes to `bytes`.
    package func append(to bytes: inout [UInt8]) {
        let words = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
        unsafe withUnsafeBytes(of: words) { unsafe bytes.append(contentsOf: $0) }
    }

    package static func < (left: Digest, right: Digest) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}

extension Digest: CustomStringConvertible {
    /// The digest in lower-case hexadecimal.
    package var description: String { Hex.encode(bytes) }
}
