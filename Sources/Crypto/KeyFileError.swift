/// Why a key file cannot be read or written.
package enum KeyFileError: Error, Hashable, Sendable {
    /// A call of the operating system failed; its own words.
    case systemFailed(path: String, call: String, reason: String)
    /// The file is no regular file, or larger than any key.
    case notAKeyFile(path: String)
    /// Others can read or change a private key.
    case permissionsTooOpen(path: String, mode: UInt32)
    /// A file stands where a new key should go.
    case alreadyThere(path: String)
    /// The text is no PEM of a key; the library's own words.
    case notPEM(path: String, reason: String)
    /// A key of another algorithm.
    case otherAlgorithm(path: String, wanted: String)

    /// What is wrong and how to mend it, as a sentence.
    package var message: String {
        switch self {
        case .systemFailed(let path, let call, let reason):
            "The key file \(path) cannot be used: \(call) failed: \(reason)."
        case .notAKeyFile(let path):
            "The key file \(path) is no regular file of at most \(KeyFile.byteCountMax) bytes."
        case .permissionsTooOpen(let path, let mode):
            "The private key \(path) can be read or changed by others (mode "
                + "\(String(mode, radix: 8))): set it to 600."
        case .alreadyThere(let path):
            "The file \(path) exists already; a key is never overwritten."
        case .notPEM(let path, let reason):
            "The file \(path) holds no key in PEM without a password: \(reason)."
        case .otherAlgorithm(let path, let wanted):
            "The key in \(path) is not of the algorithm \(wanted)."
        }
    }
}
