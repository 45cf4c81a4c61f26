package import Base
import COpenSSL

/// SHA-256 by OpenSSL, without a lookup or an allocation per call.
package struct SHA256: Hashing {
    private static let leafPrefix: [UInt8] = [0]
    private static let nodePrefix: [UInt8] = [1]

    /// Makes the hash function.
    package init() {}

    package func digest(_ bytes: ArraySlice<UInt8>) -> Digest {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe SHA256.digest(COpenSSL_sha256(buffer.baseAddress, buffer.count, nil, 0))
        }
    }

    package func leafHash(_ entry: ArraySlice<UInt8>) -> Digest {
        unsafe SHA256.leafPrefix.withUnsafeBufferPointer { prefix in
            unsafe entry.withUnsafeBufferPointer { buffer in
                unsafe SHA256.digest(
                    COpenSSL_sha256(prefix.baseAddress, 1, buffer.baseAddress, buffer.count)
                )
            }
        }
    }

    package func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        let children = (left.bigEndianWords, right.bigEndianWords)
        return unsafe SHA256.nodePrefix.withUnsafeBufferPointer { prefix in
            unsafe withUnsafeBytes(of: children) { bytes in
                let bytes = unsafe bytes.assumingMemoryBound(to: UInt8.self)
                return unsafe SHA256.digest(
                    COpenSSL_sha256(prefix.baseAddress, 1, bytes.baseAddress, bytes.count)
                )
            }
        }
    }

    static func digest(_ result: COpenSSL_digest) -> Digest {
        unsafe withUnsafeBytes(of: result) { bytes in
            unsafe Digest(
                word0: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                word1: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                word2: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                word3: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            )
        }
    }
}

extension Digest {
    /// The words as they lie in memory when their bytes are to be in order.
    fileprivate var bigEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        let words = words
        return (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    }
}
