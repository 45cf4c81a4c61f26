/// The fields of a form or of a part of one, and the rules that relate them.
///
/// One table serves all that is said about a form: validation, the published JSON Schema and the
/// templates for people who fill it in.
package struct FormSchema: Sendable {
    /// The fields, in the order in which people fill them in.
    package let fields: [FormField]
    /// Rules that look at several fields.
    package let rules: [FormRule]

    /// Makes a schema.
    package init(_ fields: [FormField], rules: [FormRule] = []) {
        self.fields = fields
        self.rules = rules
    }
}

/// One field of a form.
package struct FormField: Sendable {
    /// The name in JSON.
    package let name: String
    /// What the value must be.
    package let type: FormType
    /// Whether a form without the field is incomplete.
    package let isRequired: Bool

    /// Makes a field.
    package init(name: String, type: FormType, isRequired: Bool) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
    }

    /// A field that must be there.
    package static func required(_ name: String, _ type: FormType) -> FormField {
        FormField(name: name, type: type, isRequired: true)
    }

    /// A field that may be left out.
    package static func optional(_ name: String, _ type: FormType) -> FormField {
        FormField(name: name, type: type, isRequired: false)
    }
}

/// What the value of a field must be.
package indirect enum FormType: Sendable {
    /// A text that is not empty.
    case text(characterCountMax: Int)
    /// One of some words.
    case choice([String])
    /// True or false.
    case boolean
    /// A number within bounds.
    case number(ClosedRange<Double>)
    /// A whole number within bounds.
    case integer(ClosedRange<Int>)
    /// A code from a published scheme.
    case identifier(Identifier)
    /// A list.
    case list(FormType, countMax: Int)
    /// A part with fields of its own.
    case object(FormSchema)

    /// A name or a phrase.
    package static let line = FormType.text(characterCountMax: 200)
    /// A paragraph or several.
    package static let paragraphs = FormType.text(characterCountMax: 20_000)
    /// A number above zero that a scale or a count can show.
    package static let amount = FormType.number(Double.leastNonzeroMagnitude...1e12)
    /// A share in percent.
    package static let percentage = FormType.number(0...100)
}
