import Testing

@testable import Crypto

@Suite struct SecretBytesTests {
    @Test func comparesContentAndLength() {
        let secret = SecretBytes(copying: [1, 2, 3])
        let same = secret.equals(SecretBytes(copying: [1, 2, 3]))
        let other = secret.equals(SecretBytes(copying: [1, 2, 4]))
        let shorter = secret.equals(SecretBytes(copying: [1, 2]))
        let nothing = SecretBytes(copying: []).equals(SecretBytes(copying: []))
        #expect(same && nothing)
        #expect(!other && !shorter)
    }

    @Test func joinsAPrefix() {
        let joined = SecretBytes([1, 2], SecretBytes(copying: [3]))
        #expect(joined.exposed() == [1, 2, 3])
        #expect(joined.count == 3)
    }

    @Test func guardedSecretKeepsItsBytes() {
        let secret = unsafe GuardedSecret(count: 4) { buffer in
            for place in 0..<4 { unsafe buffer[place] = UInt8(place) }
        }
        let copy = secret.copy(prefix: 3)
        #expect(copy.exposed() == [0, 1, 2])
    }

    /// A guarded secret can only be read: writing to it ends the process.
    @Test func guardedSecretIsReadOnly() async {
        await #expect(processExitsWith: .failure) {
            let secret = unsafe GuardedSecret(count: 4) { _ in }
            unsafe secret.withUnsafeBytes { bytes in
                unsafe UnsafeMutableBufferPointer(mutating: bytes)[0] = 1
            }
        }
    }
}
