/// Forms of one kind as a table: each column is a field's path, each row a form.
package struct FormTable: Sendable {
    /// One form of the table.
    package struct Row: Sendable {
        /// The line of the file that the row begins on.
        package let line: Int
        /// The form.
        package let form: JSONValue
    }

    /// The forms, in the order of the table.
    package let rows: [Row]

    /// Something wrong with a table.
    package enum Failure: Error, Hashable, Sendable {
        /// It is no table.
        case notATable(CSVError)
        /// A column names no field of the kind's form.
        case unknownColumn(String)
        /// A cell cannot be put into the form.
        case cell(line: Int, FormProblem)

        /// What is wrong, as a sentence.
        package func message(in language: Language) -> String {
            switch self {
            case .notATable(let error): error.wording.text(in: language)
            case .unknownColumn(let column):
                Phrase("table.unknown-column", [column]).text(in: language)
            case .cell(let line, let problem):
                Phrase("table.row", ["\(line)", problem.message(in: language)]).text(in: language)
            }
        }
    }

    /// Reads a table.
    ///
    /// An empty cell leaves its field out. Numbers and `true` or `false` are read as what the field
    /// is; a cell that is no such value stays a text, so that the check of the form names it.
    ///
    /// - Parameters:
    ///   - bytes: the table as CSV.
    ///   - kind: the kind of the forms.
    ///   - message: what the statements do that carry them.
    /// - Throws: ``Failure``.
    package init(
        csv bytes: [UInt8],
        kind: AlertKind,
        message: MessageType = .alert
    ) throws(Failure) {
        let table: CSVTable
        do throws(CSVError) {
            table = try CSVTable(bytes[...])
        } catch {
            throw .notATable(error)
        }
        let schema = AlertForm.schema(kind: kind, message: message)
        var columns: [(name: String, path: FormPath, type: FormType)] = []
        for column in table.columns {
            guard let path = FormPath(column), let type = path.type(in: schema) else {
                throw .unknownColumn(column)
            }
            columns.append((column, path, type))
        }
        var rows: [Row] = []
        for row in table.rows {
            var form = JSONValue.object(JSONObject())
            for column in columns {
                guard let cell = row[column.name], !cell.isEmpty else { continue }
                guard form.set(column.type.value(of: cell), at: column.path) else {
                    throw .cell(
                        line: row.line,
                        FormProblem(
                            field: column.name,
                            value: JSONValue.string(cell).text,
                            rule: "table.gap"
                        )
                    )
                }
            }
            rows.append(Row(line: row.line, form: form))
        }
        self.rows = rows
    }
}

extension FormType {
    /// The value that a text stands for, where a field has this type.
    package func value(of text: String) -> JSONValue {
        switch self {
        case .boolean where text == "true": .boolean(true)
        case .boolean where text == "false": .boolean(false)
        case .number, .integer:
            Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
        case .text, .choice, .boolean, .identifier, .list, .object: .string(text)
        }
    }
}
