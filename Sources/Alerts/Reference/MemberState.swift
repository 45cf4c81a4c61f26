/// A state of the Organization of American States, now or before.
package struct MemberState: Hashable, Sendable {
    /// The state's code (ISO 3166-1 alpha-2).
    package let code: String
    /// The state's name in English.
    package let name: String
    /// The month in which it left, such as `2023-11`, or nil.
    package let until: String?
    /// What else is to be said of its membership, or nil.
    package let note: String?

    /// Reads a row of the list.
    init(_ row: CSVTable.Row) throws(CSVError) {
        guard let code = row["alpha2"], Identifier.country.accepts(code) else {
            throw CSVError(line: row.line, problem: "alpha2 must be a country such as CO")
        }
        guard let name = row["name"], !name.isEmpty else {
            throw CSVError(line: row.line, problem: "name must not be empty")
        }
        let until = row["until"].flatMap { $0.isEmpty ? nil : $0 }
        if let until, !Identifier.date.accepts(until + "-01") {
            throw CSVError(line: row.line, problem: "until must be a month such as 2023-11")
        }
        self.code = code
        self.name = name
        self.until = until
        note = row["note"].flatMap { $0.isEmpty ? nil : $0 }
    }
}
