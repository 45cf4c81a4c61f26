/// Why a header is not that of an alert.
package enum AlertHeaderError: Error, Hashable, Sendable {
    /// The item is no map.
    case notAMap
    /// A key is no text, or one that no header has.
    case unknownKey(String)
    /// A key that every header has is not there.
    case missing(key: String)
    /// The value behind a key breaks a rule.
    case invalid(key: String, value: String, rule: Wording)

    /// What is wrong and what the rule is, as a sentence.
    package var message: String { wording.english }

    /// The same sentence, for readers of other languages.
    package var wording: Wording {
        switch self {
        case .notAMap:
            "The aviso header is not a map."
        case .unknownKey(let key):
            "The aviso header has the key \(key), which is not defined."
        case .missing(let key):
            "The aviso header lacks \(key)."
        case .invalid(let key, let value, let rule):
            "The aviso header has \(key) \(value): \(rule)."
        }
    }
}
