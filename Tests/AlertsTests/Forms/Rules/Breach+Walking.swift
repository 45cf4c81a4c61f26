import Alerts

extension Breach {
    /// Every rule of a form at every place that has it, found in the tables themselves.
    ///
    /// - Parameters:
    ///   - schema: the form's table.
    ///   - unknown: is told of a rule that nothing here breaks.
    /// - Returns: the rules, with what breaks each of them.
    static func all(of schema: FormSchema, unknown: (FormRule) -> Void) -> [Breach] {
        var breaches: [Breach] = []
        collect(.object(schema), at: [], into: &breaches, unknown)
        return breaches
    }

    private static func collect(
        _ type: FormType,
        at steps: [Step],
        into breaches: inout [Breach],
        _ unknown: (FormRule) -> Void
    ) {
        let path = steps.isEmpty ? "form" : path(steps)
        for wrong in Examples.wrong(type) {
            breaches.append(
                Breach(
                    steps: steps,
                    field: path,
                    rule: phrase(of: type),
                    isInJSONSchema: wrong.isInJSONSchema
                ) { $0 = wrong.value }
            )
        }
        switch type {
        case .list(let element, _):
            collect(element, at: steps + [.first], into: &breaches, unknown)
        case .object(let schema):
            collectFields(of: schema, at: steps, into: &breaches)
            for rule in schema.rules {
                collectRule(rule, of: schema, at: steps, into: &breaches, unknown)
            }
            for field in schema.fields {
                collect(field.type, at: steps + [.name(field.name)], into: &breaches, unknown)
            }
        default: break
        }
    }

    private static func collectFields(
        of schema: FormSchema,
        at steps: [Step],
        into breaches: inout [Breach]
    ) {
        for field in schema.fields where field.isRequired {
            breaches.append(
                Breach(
                    steps: steps,
                    field: path(steps + [.name(field.name)]),
                    rule: "rule.missing",
                    isInJSONSchema: true
                ) { value in edit(&value) { $0.remove(field.name) } }
            )
        }
        breaches.append(
            Breach(
                steps: steps,
                field: path(steps + [.name("unheardOf")]),
                rule: "rule.unknown-field",
                isInJSONSchema: true
            ) { value in edit(&value) { $0.append("unheardOf", .number(1)) } }
        )
    }

    private static func collectRule(
        _ rule: FormRule,
        of schema: FormSchema,
        at steps: [Step],
        into breaches: inout [Breach],
        _ unknown: (FormRule) -> Void
    ) {
        let changes = changes(of: rule, in: schema)
        if changes.isEmpty { unknown(rule) }
        breaches.append(
            Breach(
                steps: steps,
                field: path(steps + [.name(rule.field)]),
                rule: rule.rule,
                isInJSONSchema: rule.jsonSchema != nil
            ) { value in
                // One of several words may be the one that the rule is about.
                for change in changes {
                    var object = value.objectValue ?? JSONObject()
                    change(&object)
                    if rule.holds(object, .embedded) { continue }
                    value = .object(object)
                    return
                }
            }
        )
    }

    private static func edit(_ value: inout JSONValue, _ change: (inout JSONObject) -> Void) {
        var object = value.objectValue ?? JSONObject()
        change(&object)
        value = .object(object)
    }

    private static func phrase(of type: FormType) -> Phrase {
        switch type {
        case .list(_, let countMax): Phrase("rule.list", ["\(countMax)"])
        case .object: "rule.object"
        default: type.expectation ?? ""
        }
    }
}
