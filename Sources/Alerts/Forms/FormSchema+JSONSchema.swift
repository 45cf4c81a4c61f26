extension AlertForm {
    /// The JSON Schema (2020-12) of a kind's form, as `Docs/schemas` publishes it.
    ///
    /// JSON Schema cannot verify check digits or compare fields: what it cannot say stands in
    /// `x-aviso-rules` in words.
    ///
    /// - Parameters:
    ///   - kind: the kind.
    ///   - message: what the statement does; an answer or a cancel has a form of its own.
    /// - Returns: the schema.
    package static func jsonSchema(
        of kind: AlertKind,
        message: MessageType = .alert
    ) -> JSONValue {
        let schema = schema(kind: kind, message: message)
        let name = name(kind: kind, message: message)
        var identifiers: Set<Identifier> = []
        FormType.object(schema).collect(into: &identifiers)
        var root = JSONObject([
            .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
            .init("$id", .string("urn:aviso:schema:\(name)")),
            .init("title", .string(name == kind.rawValue ? "\(kind.channel)/\(kind)" : name)),
        ])
        root.members += schema.jsonSchema.objectValue?.members ?? []
        var definitions = JSONObject()
        for identifier in Identifier.allCases where identifiers.contains(identifier) {
            definitions.append(identifier.rawValue, identifier.jsonSchema)
        }
        if !definitions.members.isEmpty { root.append("$defs", .object(definitions)) }
        return .object(root)
    }
}

extension FormSchema {
    /// The schema as a JSON Schema of an object.
    var jsonSchema: JSONValue {
        var properties = JSONObject()
        for field in fields {
            var schema = field.type.jsonSchema.objectValue ?? JSONObject()
            if MessageCatalogue.forms.template("label.\(field.name)", .english) != nil {
                let label = Phrase("label.\(field.name)").text(in: .english)
                schema.members.insert(.init("title", .string(label)), at: 0)
            }
            properties.append(field.name, .object(schema))
        }
        var object = JSONObject([
            .init("type", "object"),
            .init("properties", .object(properties)),
            .init(
                "required",
                .array(fields.filter(\.isRequired).map { .string($0.name) })
            ),
            .init("additionalProperties", .boolean(false)),
        ])
        let conditions = rules.compactMap(\.jsonSchema)
        if !conditions.isEmpty { object.append("allOf", .array(conditions)) }
        let words = rules.filter { $0.jsonSchema == nil }.map { rule in
            JSONValue.string("\(rule.field): \(rule.rule.text(in: .english))")
        }
        if !words.isEmpty { object.append("x-aviso-rules", .array(words)) }
        return .object(object)
    }
}

extension FormType {
    /// The type as a JSON Schema; identifiers stand under `$defs`.
    var jsonSchema: JSONValue {
        switch self {
        case .text(let characterCountMax):
            [
                "type": "string", "maxLength": .number(Double(characterCountMax)),
                "pattern": "\\S",
            ]
        case .choice(let words): ["enum": .array(words.map { .string($0) })]
        case .boolean: ["type": "boolean"]
        case .number(let range):
            range.lowerBound == Double.leastNonzeroMagnitude
                ? [
                    "type": "number", "exclusiveMinimum": .number(0),
                    "maximum": .number(range.upperBound),
                ]
                : [
                    "type": "number", "minimum": .number(range.lowerBound),
                    "maximum": .number(range.upperBound),
                ]
        case .integer(let range):
            [
                "type": "integer", "minimum": .number(Double(range.lowerBound)),
                "maximum": .number(Double(range.upperBound)),
            ]
        case .identifier(let identifier): ["$ref": .string("#/$defs/\(identifier.rawValue)")]
        case .list(let element, let countMax):
            [
                "type": "array", "minItems": .number(1), "maxItems": .number(Double(countMax)),
                "items": element.jsonSchema,
            ]
        case .object(let schema): schema.jsonSchema
        }
    }

    /// Adds the schemes that codes of the type come from.
    func collect(into identifiers: inout Set<Identifier>) {
        switch self {
        case .text, .choice, .boolean, .number, .integer: break
        case .identifier(let identifier): identifiers.insert(identifier)
        case .list(let element, _): element.collect(into: &identifiers)
        case .object(let schema):
            for field in schema.fields { field.type.collect(into: &identifiers) }
        }
    }
}

extension Identifier {
    /// The scheme as a JSON Schema: the shape of its codes, with what else holds in words.
    var jsonSchema: JSONValue {
        var schema = JSONObject([
            .init("description", .string(expectation.text(in: .english))),
            .init("type", "string"),
        ])
        switch self {
        case .country:
            schema.append("enum", .array(CountryCode.allAssigned.map { .string("\($0)") }))
        case .currency:
            schema.append("enum", .array(CurrencyCodes.all.map { .string($0) }))
        default:
            schema.append("pattern", .string("^\(shape)$"))
        }
        return .object(schema)
    }

    private var shape: String {
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        return switch self {
        case .agency: "[A-Z]{2,8}:[A-Z0-9][A-Z0-9-]{0,31}"
        case .alert: "urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
        case .cas: "[1-9][0-9]{1,6}-[0-9]{2}-[0-9]"
        case .container: "[A-Z]{3}[UJZ][0-9]{7}"
        case .country: "[A-Z]{2}"
        case .currency: "[A-Z]{3}"
        case .date: date
        case .digest: "[0-9a-f]{64}"
        case .flight: "[A-Z]{3}[0-9][A-Z0-9]{0,3}"
        case .hsCode: "[0-9]{4}(\\.?[0-9]{2}(\\.?[0-9]{2,4}){0,2})?"
        case .imo: "[0-9]{7}"
        case .language: "(es|en|pt|fr)"
        case .locode: "[A-Z]{2}[A-Z2-9]{3}"
        case .mmsi: "[0-9]{9}"
        case .time: date + "[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
        }
    }
}
