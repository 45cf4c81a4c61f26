import Base

extension FormSchema {
    /// The most problems that one validation reports.
    package static let problemCountMax = 50

    /// Checks a form against the schema.
    ///
    /// - Parameters:
    ///   - form: the form.
    ///   - reference: the lists that substances and agencies are held against.
    /// - Returns: what is wrong, in the order of the schema; nothing if the form is right.
    package func problems(
        in form: JSONValue,
        reference: ReferenceData = .embedded
    ) -> [FormProblem] {
        var validator = FormValidator(reference: reference)
        validator.check(form, .object(self), path: "form")
        return validator.problems
    }
}

/// Walks a form along its schema; the depth is that of the schema.
private struct FormValidator {
    private(set) var problems: [FormProblem] = []
    private let reference: ReferenceData

    init(reference: ReferenceData) {
        self.reference = reference
    }

    mutating func check(_ value: JSONValue, _ type: FormType, path: String) {
        guard problems.count < FormSchema.problemCountMax else { return }
        switch type {
        case .text(let characterCountMax):
            check(value, path, Phrase("rule.text", ["\(characterCountMax)"])) {
                $0.stringValue.map { FormValidator.isText($0, characterCountMax) } ?? false
            }
        case .choice(let words):
            check(value, path, Phrase("rule.choice", [words.joined(separator: ", ")])) {
                $0.stringValue.map { words.contains($0) } ?? false
            }
        case .boolean:
            check(value, path, "rule.boolean") { $0.booleanValue != nil }
        case .number(let range):
            check(value, path, FormValidator.phrase(for: range)) {
                $0.numberValue.map { range.contains($0) } ?? false
            }
        case .integer(let range):
            check(
                value,
                path,
                Phrase("rule.integer", ["\(range.lowerBound)", "\(range.upperBound)"])
            ) {
                $0.numberValue.flatMap { Int(exactly: $0) }.map { range.contains($0) } ?? false
            }
        case .identifier(let identifier):
            check(value, path, identifier.expectation) {
                $0.stringValue.map { identifier.accepts($0) } ?? false
            }
        case .list(let element, let countMax):
            checkList(value, element, countMax: countMax, path: path)
        case .object(let schema):
            checkObject(value, schema, path: path)
        }
    }

    private mutating func check(
        _ value: JSONValue,
        _ path: String,
        _ rule: Phrase,
        _ accepts: (JSONValue) -> Bool
    ) {
        if !accepts(value) { report(path, value, rule) }
    }

    private mutating func checkList(
        _ value: JSONValue,
        _ element: FormType,
        countMax: Int,
        path: String
    ) {
        guard let items = value.arrayValue, (1...countMax).contains(items.count) else {
            report(path, value, Phrase("rule.list", ["\(countMax)"]))
            return
        }
        for (index, item) in items.enumerated() {
            check(item, element, path: "\(path)[\(index)]")
        }
    }

    private mutating func checkObject(_ value: JSONValue, _ schema: FormSchema, path: String) {
        guard let object = value.objectValue else {
            report(path, value, "rule.object")
            return
        }
        let prefix = path == "form" ? "" : path + "."
        var sound = JSONObject()
        for field in schema.fields {
            guard let member = object[field.name] else {
                if field.isRequired { report(prefix + field.name, nil, "rule.missing") }
                continue
            }
            let countBefore = problems.count
            check(member, field.type, path: prefix + field.name)
            if problems.count == countBefore { sound.append(field.name, member) }
        }
        let known = Set(schema.fields.map(\.name))
        for member in object.members where !known.contains(member.name) {
            report(prefix + member.name.prefix(utf8: 64), member.value, "rule.unknown-field")
        }
        for rule in schema.rules where !rule.holds(sound, reference) {
            report(prefix + rule.field, sound[rule.field], rule.rule)
        }
    }

    private mutating func report(_ field: String, _ value: JSONValue?, _ rule: Phrase) {
        guard problems.count < FormSchema.problemCountMax else { return }
        let text = value.map { value in
            switch value {
            case .array(let items): "[…] (\(items.count))"
            case .object: "{…}"
            case .null, .boolean, .number, .string: FormValidator.shortened(value.text)
            }
        }
        problems.append(FormProblem(field: field, value: text, rule: rule))
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count > 80 ? text.prefix(utf8: 77) + "…\"" : text
    }

    private static func isText(_ text: String, _ characterCountMax: Int) -> Bool {
        // One character of Swift can have any number of scalars, so that scalars are counted.
        (1...characterCountMax).contains(text.unicodeScalars.count)
            && text.unicodeScalars.contains { !$0.properties.isWhitespace }
            && !text.unicodeScalars.contains {
                $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
            }
    }

    private static func phrase(for range: ClosedRange<Double>) -> Phrase {
        let upper = JSONValue.text(of: range.upperBound)
        return range.lowerBound == Double.leastNonzeroMagnitude
            ? Phrase("rule.number-above-zero", [upper])
            : Phrase("rule.number", [JSONValue.text(of: range.lowerBound), upper])
    }
}
