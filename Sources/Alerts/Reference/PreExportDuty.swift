/// That exports of a substance to a country have to be notified before they leave, since a day.
///
/// A state asks for it through the Secretary-General (1988 Convention, article 12(10)(a)); the list
/// of the International Narcotics Control Board decides, the embedded one is a working copy.
package struct PreExportDuty: Hashable, Sendable {
    /// Which substances the request is for.
    package enum Substances: Hashable, Sendable {
        /// All substances of one table, or of both.
        case tables([Precursor.Table])
        /// One substance by its CAS registry number.
        case cas(String)
    }

    /// The importing country (ISO 3166-1 alpha-2).
    package let country: String
    /// Which substances.
    package let substances: Substances
    /// The day on which the request was passed on to the exporting states.
    package let since: String
    /// What else is to be said of it, or nil.
    package let note: String?

    /// The substances as the list writes them.
    package var scope: String {
        switch substances {
        case .tables(let tables): tables.map(\.rawValue).joined(separator: " and ")
        case .cas(let cas): cas
        }
    }

    /// Reads a row of the list.
    init(_ row: CSVTable.Row) throws(CSVError) {
        guard let country = row["country"], Identifier.country.accepts(country) else {
            throw CSVError(line: row.line, problem: "country must be a country such as CO")
        }
        let scope = row["substance"] ?? ""
        switch scope {
        case "I": substances = .tables([.one])
        case "II": substances = .tables([.two])
        case "I and II": substances = .tables([.one, .two])
        default:
            guard Identifier.cas.accepts(scope) else {
                throw CSVError(
                    line: row.line,
                    problem: "substance must be I, II, I and II, or a CAS number"
                )
            }
            substances = .cas(scope)
        }
        guard let since = row["since"], Identifier.date.accepts(since) else {
            throw CSVError(line: row.line, problem: "since must be a day such as 1999-09-27")
        }
        self.country = country
        self.since = since
        note = row["note"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the duty is for a substance.
    ///
    /// - Parameters:
    ///   - cas: the substance's CAS registry number.
    ///   - precursor: what the list of precursors says of it, if it is there.
    /// - Returns: true if the request is for it.
    func covers(_ cas: String, _ precursor: Precursor?) -> Bool {
        switch substances {
        case .tables(let tables): precursor.map { tables.contains($0.table) } ?? false
        case .cas(let listed): listed == cas
        }
    }
}
