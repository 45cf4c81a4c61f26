import Crypto
import EventLoop

/// What one Ed25519 verification by libsodium costs here and now.
struct VerificationReference {
    private static let messageByteCount = 512

    private let message: [UInt8]
    private let signature: [UInt8]
    private let key: Ed25519SigningKey
    private var spentNanoseconds: UInt64 = 0
    private var count: UInt64 = 0

    init() {
        key = Ed25519SigningKey.generate()
        message = [UInt8](repeating: 0x5A, count: Self.messageByteCount)
        signature = key.sign(message[...])
    }

    /// The mean so far.
    var nanoseconds: Double { Double(spentNanoseconds) / Double(max(1, count)) }

    /// Verifies once and takes the time of the calling thread.
    mutating func measure() {
        let start = SystemClock.threadProcessorNanoseconds()
        precondition(key.publicKey.verify(signature: signature[...], over: message[...]))
        spentNanoseconds += SystemClock.threadProcessorNanoseconds() - start
        count += 1
    }
}
