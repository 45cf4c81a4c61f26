/// A rule that looks at several fields of one object.
package struct FormRule: Sendable {
    /// The field that is blamed.
    package let field: String
    /// What the rule asks, as a clause.
    package let rule: Phrase
    /// What JSON Schema can say of the rule; nil where it cannot say any of it.
    package let jsonSchema: JSONValue?
    /// Whether an object keeps the rule; fields that are wrong by themselves count as absent.
    package let holds: @Sendable (JSONObject, ReferenceData) -> Bool

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - field: the field that is blamed.
    ///   - rule: what the rule asks.
    ///   - jsonSchema: the same as a part of a JSON Schema, where that can say it.
    ///   - holds: whether an object keeps the rule.
    package init(
        _ field: String,
        _ rule: Phrase,
        jsonSchema: JSONValue? = nil,
        holds: @escaping @Sendable (JSONObject) -> Bool
    ) {
        self.field = field
        self.rule = rule
        self.jsonSchema = jsonSchema
        self.holds = { object, _ in holds(object) }
    }

    /// Makes a rule that needs the lists of reference.
    ///
    /// - Parameters:
    ///   - field: the field that is blamed.
    ///   - rule: what the rule asks.
    ///   - agrees: whether an object keeps the rule.
    package init(
        _ field: String,
        _ rule: Phrase,
        agrees: @escaping @Sendable (JSONObject, ReferenceData) -> Bool
    ) {
        self.field = field
        self.rule = rule
        jsonSchema = nil
        holds = agrees
    }
}
