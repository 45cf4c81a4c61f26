/// Something said to people: a key of a catalogue, and what stands in its gaps.
package struct Phrase: Hashable, Sendable {
    /// The key, such as `rule.missing`.
    package let key: String
    /// What stands for `{0}`, `{1}` and so on; never translated.
    package let arguments: [String]

    /// Makes a phrase.
    package init(_ key: String, _ arguments: [String] = []) {
        self.key = key
        self.arguments = arguments
    }

    /// The words of the phrase in the catalogue of forms.
    ///
    /// - Parameter language: the reader's language.
    /// - Returns: the words; the key itself if the catalogue has none.
    package func text(in language: Language) -> String {
        MessageCatalogue.forms.text(self, in: language)
    }
}

extension Phrase: ExpressibleByStringLiteral {
    /// Makes a phrase without gaps of its key.
    package init(stringLiteral value: String) {
        self.init(value)
    }
}
