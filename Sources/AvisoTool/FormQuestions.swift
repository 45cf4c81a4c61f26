import Alerts
import AvisoClient

/// Asks a person for the fields of a form, one by one, on the terminal.
struct FormQuestions {
    private static let answerCountMax = 5000

    let speech: Speech
    let reference: ReferenceData
    private var answerCount = 0

    init(speech: Speech, reference: ReferenceData) {
        self.speech = speech
        self.reference = reference
    }

    /// Asks for a whole form.
    ///
    /// - Returns: the form; its fields are right one by one, though not always together.
    /// - Throws: ``AvisoError`` if the input ends.
    mutating func ask(for schema: FormSchema) throws(AvisoError) -> JSONValue {
        Output.note(speech("ask.intro"))
        return try object(schema, path: "")
    }

    private mutating func object(
        _ schema: FormSchema,
        path: String
    ) throws(AvisoError) -> JSONValue {
        var object = JSONObject()
        for field in schema.fields {
            let place = path.isEmpty ? field.name : "\(path).\(field.name)"
            if let value = try value(of: field, path: place) { object.append(field.name, value) }
        }
        return .object(object)
    }

    private mutating func value(
        of field: FormField,
        path: String
    ) throws(AvisoError) -> JSONValue? {
        switch field.type {
        case .object(let schema):
            if !field.isRequired, try !wants(path) { return nil }
            return try object(schema, path: path)
        case .list(let element, let countMax):
            if !field.isRequired, try !wants(path) { return nil }
            var items: [JSONValue] = []
            while items.count < countMax {
                let item = "\(path)[\(items.count)]"
                if !items.isEmpty {
                    guard try wants(item) else { break }
                }
                let single = FormField(name: field.name, type: element, isRequired: true)
                if let value = try value(of: single, path: item) { items.append(value) }
            }
            return .array(items)
        case .text, .choice, .boolean, .number, .integer, .identifier:
            return try single(field, path: path)
        }
    }

    private mutating func single(
        _ field: FormField,
        path: String
    ) throws(AvisoError) -> JSONValue? {
        let label = Phrase("label.\(field.name)").text(in: speech.language)
        let schema = FormSchema([.required(path, field.type)])
        while true {
            let need = field.isRequired ? "" : " (" + speech("ask.optional") + ")"
            let answer = try line("\(path), \(label)\(need): ")
            if answer.isEmpty, !field.isRequired { return nil }
            let value = field.type.value(of: answer)
            let problems = schema.problems(
                in: .object(JSONObject([JSONObject.Member(path, value)])),
                reference: reference
            )
            guard let problem = problems.first else { return value }
            Output.note(problem.message(in: speech.language))
        }
    }

    private mutating func wants(_ path: String) throws(AvisoError) -> Bool {
        let answer = try line(speech("ask.add", path) + " ")
        return ["y", "s", "o", "yes", "sí", "si", "sim", "oui"].contains(answer.lowercased())
    }

    private mutating func line(_ question: String) throws(AvisoError) -> String {
        answerCount += 1
        Output.prompt(question)
        guard answerCount <= FormQuestions.answerCountMax, let line = readLine() else {
            throw AvisoError(.invalidInput, speech("ask.ended"))
        }
        return line
    }
}
