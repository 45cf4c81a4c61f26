/// Why something that the library was asked for did not happen.
///
/// Compare by ``code``; ``message`` is a sentence for people and may change.
public struct AvisoError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; new kinds may be added.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name, as `--json` output carries it.
        public let rawValue: String

        /// Makes a code of its name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The name.
        public var description: String { rawValue }

        /// Profile, key, directory or form cannot be used.
        public static let invalidInput = Code(rawValue: "invalid-input")
        /// The broker cannot be reached, or is not the one that the profile trusts.
        public static let cannotConnect = Code(rawValue: "cannot-connect")
        /// The broker refused what was asked; ``AvisoError/reasonCode`` says why.
        public static let refused = Code(rawValue: "refused")
        /// A limit is reached; ``AvisoError/retryMilliseconds`` says how long to wait.
        public static let tryLater = Code(rawValue: "try-later")
        /// A signature, proof, count or decryption did not hold.
        public static let notVerified = Code(rawValue: "not-verified")
        /// The connection was lost before the answer came; the request may have been carried out.
        public static let connectionLost = Code(rawValue: "connection-lost")
        /// No answer came in time.
        public static let timedOut = Code(rawValue: "timed-out")
        /// The client was closed.
        public static let closed = Code(rawValue: "closed")
        /// A file could not be read or written.
        public static let fileFailed = Code(rawValue: "file-failed")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened, and what to mend.
    public let message: String
    /// The MQTT reason code of the broker's answer, where there was one (MQTT 5.0 2.4).
    public let reasonCode: UInt8?
    /// For ``Code/tryLater``, how long the broker asks to wait.
    public let retryMilliseconds: UInt64?

    /// Makes an error.
    public init(
        _ code: Code,
        _ message: String,
        reasonCode: UInt8? = nil,
        retryMilliseconds: UInt64? = nil
    ) {
        self.code = code
        self.message = message
        self.reasonCode = reasonCode
        self.retryMilliseconds = retryMilliseconds
    }

    /// Whether the same request may succeed later without any change.
    public var isRetryable: Bool {
        switch code {
        case .cannotConnect, .connectionLost, .timedOut, .tryLater: true
        default: false
        }
    }

    /// Code and message.
    public var description: String { "\(code): \(message)" }
}

extension AvisoError: Equatable {
    /// Two errors are equal if their codes are.
    public static func == (left: AvisoError, right: AvisoError) -> Bool {
        left.code == right.code
    }
}
