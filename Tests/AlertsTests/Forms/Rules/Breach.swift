import Alerts

/// One rule of a form, at one place, with what breaks it.
struct Breach {
    /// A step on the way from the form to a part of it.
    enum Step: Hashable {
        case name(String)
        case first
    }

    /// Where the value or the object stands that is changed.
    let steps: [Step]
    /// The field that must be blamed.
    let field: String
    /// The rule that must be named.
    let rule: Phrase
    /// Whether JSON Schema can say the rule too.
    let isInJSONSchema: Bool
    /// Breaks it.
    let change: (inout JSONValue) -> Void

    /// A form with the rule broken; the way to its place is made where the sample leaves it out.
    ///
    /// - Returns: the form before the breach, and with it.
    func applied(to form: JSONValue, of schema: FormSchema) -> (JSONValue, JSONValue) {
        var whole = form
        Self.edit(&whole, .object(schema), steps[...]) { _ in }
        var broken = whole
        Self.edit(&broken, .object(schema), steps[...], change)
        return (whole, broken)
    }

    private static func edit(
        _ value: inout JSONValue,
        _ type: FormType,
        _ steps: ArraySlice<Step>,
        _ change: (inout JSONValue) -> Void
    ) {
        guard let step = steps.first else { return change(&value) }
        switch (step, type) {
        case (.name(let name), .object(let schema)):
            guard let field = schema.fields.first(where: { $0.name == name }) else { return }
            var object = value.objectValue ?? JSONObject()
            var inner = object[name] ?? Examples.value(of: field.type)
            edit(&inner, field.type, steps.dropFirst(), change)
            object.set(name, inner)
            value = .object(object)
        case (.first, .list(let element, _)):
            var items = value.arrayValue ?? []
            if items.isEmpty { items.append(Examples.value(of: element)) }
            edit(&items[0], element, steps.dropFirst(), change)
            value = .array(items)
        default: return
        }
    }

    /// The place as problems name it.
    static func path(_ steps: [Step]) -> String {
        steps.reduce("") { path, step in
            switch step {
            case .first: path + "[0]"
            case .name(let name): path.isEmpty ? name : path + "." + name
            }
        }
    }
}

extension JSONObject {
    /// Puts a member into the place of one of the same name, or behind the others.
    mutating func set(_ name: String, _ value: JSONValue) {
        if let place = members.firstIndex(where: { $0.name == name }) {
            members[place] = Member(name, value)
        } else {
            append(name, value)
        }
    }

    /// Takes members out.
    mutating func remove(_ names: String...) {
        members.removeAll { names.contains($0.name) }
    }
}
