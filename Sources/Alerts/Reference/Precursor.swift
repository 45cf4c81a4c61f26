/// A substance of Table I or II of the 1988 Convention.
///
/// The embedded list comes from a secondary source; the official Red List of the Board decides.
package struct Precursor: Hashable, Sendable {
    /// The table of the Convention.
    package enum Table: String, Hashable, Sendable {
        /// Table I: precursors that are built into the drug.
        case one = "I"
        /// Table II: reagents and solvents.
        case two = "II"
    }

    /// The table.
    package let table: Table
    /// The name by the International Narcotics Control Board.
    package let name: String
    /// The CAS registry number.
    package let cas: String
    /// The code of the Harmonized System 2022, which several substances may share.
    package let hsCode: String
    /// What else is to be said of it, or nil.
    package let note: String?

    /// Reads a row of the list.
    init(_ row: CSVTable.Row) throws(CSVError) {
        guard let table = row["table"].flatMap({ Table(rawValue: $0) }) else {
            throw CSVError(line: row.line, problem: "table must be I or II")
        }
        guard let cas = row["cas"], Identifier.cas.accepts(cas) else {
            throw CSVError(line: row.line, problem: "cas must be a CAS number with its check digit")
        }
        guard let hsCode = row["hs2022"], Identifier.hsCode.accepts(hsCode) else {
            throw CSVError(line: row.line, problem: "hs2022 must be a code such as 2915.24")
        }
        guard let name = row["substance"], !name.isEmpty else {
            throw CSVError(line: row.line, problem: "substance must be the INCB's name")
        }
        self.table = table
        self.name = name
        self.cas = cas
        self.hsCode = hsCode
        note = row["note"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether a name is the list's: as it stands there, or without what stands in parentheses.
    package func isCalled(_ text: String) -> Bool {
        let given = text.lowercased()
        let listed = name.lowercased()
        if given == listed { return true }
        guard let start = listed.firstIndex(of: "(") else { return false }
        return given == listed[..<start].dropLast()
    }

    /// Whether a code of the Harmonized System is the list's, or a part of it.
    ///
    /// - Parameter code: four digits or more, with or without points.
    /// - Returns: true also where the list calls its own code indicative.
    package func isClassified(under code: String) -> Bool {
        if note?.contains("indicative") == true { return true }
        let given = code.filter { $0 != "." }.prefix(6)
        return hsCode.filter { $0 != "." }.hasPrefix(given)
    }
}
