package import Base
import COpenSSL

/// SHA-256 by OpenSSL of bytes that come in pieces.
@safe package final class SHA256Stream: DigestStream {
    private var context = SHA256_CTX()

    /// Begins a digest.
    package init() {
        unsafe COpenSSL_sha256_begin(&context)
    }

    package func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe COpenSSL_sha256_update(&context, buffer.baseAddress, buffer.count)
        }
    }

    package func finish() -> Digest {
        unsafe SHA256.digest(COpenSSL_sha256_finish(&context))
    }
}
