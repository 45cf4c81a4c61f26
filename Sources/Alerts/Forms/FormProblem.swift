/// One rule that a form breaks: where, with which value, and what the rule is.
package struct FormProblem: Error, Hashable, Sendable {
    /// The field with its path, such as `goods[0].substance.cas`.
    package let field: String
    /// The value as JSON, cut to a length that suits a sentence; nil where there is none.
    package let value: String?
    /// What the rule asks, as a clause.
    package let rule: Phrase

    /// Makes a problem.
    package init(field: String, value: String?, rule: Phrase) {
        self.field = field
        self.value = value
        self.rule = rule
    }

    /// The problem as a sentence in English.
    package var message: String { message(in: .english) }

    /// The problem as a sentence.
    ///
    /// - Parameter language: the reader's language; names of fields and values stay as they are.
    /// - Returns: the sentence.
    package func message(in language: Language) -> String {
        let clause = rule.text(in: language)
        guard let value else {
            return Phrase("problem.absent", [field, clause]).text(in: language)
        }
        return Phrase("problem.value", [field, value, clause]).text(in: language)
    }
}
