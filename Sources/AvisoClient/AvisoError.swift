package import Alerts

/// Why something that the library was asked for did not happen.
///
/// Compare by ``code``; ``message`` is a sentence for people and may change.
public struct AvisoError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; new kinds may be added.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name.
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
        /// No answer came in time; the request may still be carried out.
        public static let timedOut = Code(rawValue: "timed-out")
        /// The task that waited for the answer was cancelled; the request may still be carried out.
        public static let cancelled = Code(rawValue: "cancelled")
        /// The client was closed.
        public static let closed = Code(rawValue: "closed")
        /// A file, folder or port could not be used.
        public static let fileFailed = Code(rawValue: "file-failed")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened, and what to mend, in English.
    public var message: String { wording.english }
    /// What happened, for readers of other languages.
    package let wording: Wording
    /// The MQTT reason code of the broker's answer, where there was one (MQTT 5.0 2.4).
    public let reasonCode: UInt8?
    /// For ``Code/tryLater``, how long the broker asks to wait.
    public let retryMilliseconds: UInt64?

    /// Makes an error of a sentence that others have written.
    ///
    /// Generic and last in choice, so that the compiler takes literals in this package for the
    /// other initializer, which knows them in every language.
    @_disfavoredOverload
    public init<Text: StringProtocol>(
        _ code: Code,
        _ message: Text,
        reasonCode: UInt8? = nil,
        retryMilliseconds: UInt64? = nil
    ) {
        self.init(
            code,
            Wording(verbatim: String(message)),
            reasonCode: reasonCode,
            retryMilliseconds: retryMilliseconds
        )
    }

    /// Makes an error of a sentence that the catalogue has in every language.
    package init(
        _ code: Code,
        _ wording: Wording,
        reasonCode: UInt8? = nil,
        retryMilliseconds: UInt64? = nil
    ) {
        self.code = code
        self.wording = wording
        self.reasonCode = reasonCode
        self.retryMilliseconds = retryMilliseconds
    }

    /// Whether the same request may succeed later without any change.
    ///
    /// The same is a ``SealedAlert``: the broker takes its identifier once, and a repeated one gets
    /// the receipt of the first. Publishing an ``AlertDraft`` again seals it again, and makes a
    /// second alert if the first got through.
    public var isRetryable: Bool {
        switch code {
        case .cannotConnect, .connectionLost, .timedOut, .tryLater: true
        default: false
        }
    }

    /// What happened, and what to mend, in the reader's language.
    ///
    /// What the broker or a file says is quoted as it is, behind words that say what it is about.
    ///
    /// - Parameter language: `es`, `en`, `pt` or `fr`; any other is taken for `en`.
    /// - Returns: the sentence.
    public func message(in language: String) -> String {
        let language = Language(rawValue: language) ?? .english
        let text = wording.text(in: language)
        guard language != .english, text == message else { return text }
        let headline = MessageCatalogue.forms.text(Phrase("error.\(code)"), in: language)
        return "\(headline): \(text)"
    }

    /// Code and message.
    public var description: String { "\(code): \(message)" }
}

extension AvisoError: Hashable {
    /// Two errors are equal if their codes are.
    public static func == (left: AvisoError, right: AvisoError) -> Bool {
        left.code == right.code
    }

    /// Hashes what is compared.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
