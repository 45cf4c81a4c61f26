/// One rule that a form breaks: where, with which value, and what the rule is.
package struct FormProblem: Error, Hashable, Sendable {
    /// The field with its path, such as `goods[0].substance.cas`.
    package let field: String
    /// The value as JSON, cut to a length that suits a sentence; nil where there is none.
    package let value: String?
    /// What the rule asks, as a clause.
    package let rule: String

    /// Makes a problem.
    package init(field: String, value: String?, rule: String) {
        self.field = field
        self.value = value
        self.rule = rule
    }

    /// The problem as a sentence.
    package var message: String {
        if let value {
            "\(field) is \(value): \(rule)."
        } else {
            "\(field): \(rule)."
        }
    }
}
