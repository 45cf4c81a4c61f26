/// The place of one value in a form, such as `goods[0].substance.cas`.
package struct FormPath: Hashable, Sendable {
    /// One step on the way to a value.
    enum Step: Hashable, Sendable {
        case name(String)
        case index(Int)
    }

    /// The most items of a list that a path can lead to.
    static let indexMax = 500
    /// The most steps of a path.
    static let stepCountMax = 16

    let steps: [Step]

    /// Reads a path.
    ///
    /// - Returns: nil for anything but names with points and indexes in brackets.
    package init?(_ text: String) {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let name = pieces.first, !name.isEmpty, !name.contains("]") else { return nil }
            steps.append(.name(String(name)))
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]"), let index = Int(piece.dropLast()),
                    (0...FormPath.indexMax).contains(index)
                else { return nil }
                steps.append(.index(index))
            }
        }
        guard (1...FormPath.stepCountMax).contains(steps.count) else { return nil }
        self.steps = steps
    }

    /// The type of the value at the path, or nil if forms of the schema have no such place.
    package func type(in schema: FormSchema) -> FormType? {
        var type = FormType.object(schema)
        for step in steps {
            switch (step, type) {
            case (.name(let name), .object(let schema)):
                guard let field = schema.fields.first(where: { $0.name == name }) else {
                    return nil
                }
                type = field.type
            case (.index(let index), .list(let element, let countMax)) where index < countMax:
                type = element
            default: return nil
            }
        }
        return type
    }
}

extension JSONValue {
    /// Puts a value at a path; what is missing on the way is made.
    ///
    /// - Returns: false if the way is barred by a value of another type, or leaves items out.
    package mutating func set(_ value: JSONValue, at path: FormPath) -> Bool {
        set(value, at: path.steps[...])
    }

    private mutating func set(_ value: JSONValue, at steps: ArraySlice<FormPath.Step>) -> Bool {
        guard let step = steps.first else {
            self = value
            return true
        }
        switch step {
        case .name(let name):
            guard var object = self == .null ? JSONObject() : objectValue else { return false }
            var inner = object[name] ?? .null
            guard inner.set(value, at: steps.dropFirst()) else { return false }
            if let place = object.members.firstIndex(where: { $0.name == name }) {
                object.members[place] = JSONObject.Member(name, inner)
            } else {
                object.append(name, inner)
            }
            self = .object(object)
        case .index(let index):
            guard var items = self == .null ? [] : arrayValue, index <= items.count else {
                return false
            }
            if index == items.count { items.append(.null) }
            guard items[index].set(value, at: steps.dropFirst()) else { return false }
            self = .array(items)
        }
        return true
    }
}
