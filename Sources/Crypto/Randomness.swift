import CSodium

/// Randomness for keys, nonces and identifiers, from the operating system.
package enum Randomness {
    /// Draws `count` bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        SodiumLibrary.prepare()
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if let start = buffer.baseAddress { unsafe randombytes_buf(start, count) }
            filled = count
        }
    }

    /// Draws two words, as an identifier of version 7 needs them.
    package static func words() -> (UInt64, UInt64) {
        (word(), word())
    }

    /// Draws one word, as a seed for jitter.
    package static func word() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Draws `count` bytes of a secret.
    static func secret(_ count: Int) -> SecretBytes {
        SodiumLibrary.prepare()
        return unsafe SecretBytes(count: count) { buffer in
            if let start = buffer.baseAddress { unsafe randombytes_buf(start, count) }
        }
    }
}
