/// The lists that forms are held against: they change without a new release of the program.
package struct ReferenceData: Sendable {
    /// The lists that are part of the program.
    package static let embedded = ReferenceData(
        embeddedPrecursors: PackageResources.precursors_csv,
        members: PackageResources.oas_members_csv,
        calendars: PackageResources.calendars_csv,
        duties: PackageResources.pre_export_duties_csv
    )

    /// Which list of precursors it is.
    package let precursorsVersion: String
    /// Tables I and II of the 1988 Convention, in the order of the list.
    package let precursors: [Precursor]
    /// Which list of states it is.
    package let membersVersion: String
    /// The states of the Organization of American States, now or before.
    package let members: [MemberState]
    /// Which list of calendars it is.
    package let calendarsVersion: String
    /// The working days of states.
    package let calendars: [CountryCode: WorkingCalendar]
    /// Which list of requests for pre-export notifications it is.
    package let dutiesVersion: String
    /// Where exports have to be notified before they leave, in the order of the list.
    package let duties: [PreExportDuty]

    private let byCAS: [String: Precursor]

    /// Reads the lists.
    ///
    /// Each begins with a line `# version: TEXT`; the columns are those of the embedded lists.
    ///
    /// - Parameters:
    ///   - precursors: the precursors as CSV.
    ///   - members: the states as CSV.
    ///   - calendars: the working days of states as CSV.
    ///   - duties: where exports have to be notified, as CSV.
    /// - Throws: ``CSVError`` naming the line and the rule.
    package init(
        precursors: [UInt8],
        members: [UInt8],
        calendars: [UInt8],
        duties: [UInt8]
    ) throws(CSVError) {
        let substances = try CSVTable(precursors[...])
        precursorsVersion = try ReferenceData.version(of: substances)
        self.precursors = try substances.rows.map { row throws(CSVError) in try Precursor(row) }
        let states = try CSVTable(members[...])
        membersVersion = try ReferenceData.version(of: states)
        self.members = try states.rows.map { row throws(CSVError) in try MemberState(row) }
        let days = try CSVTable(calendars[...])
        calendarsVersion = try ReferenceData.version(of: days)
        self.calendars = try WorkingCalendar.read(days)
        let requests = try CSVTable(duties[...])
        dutiesVersion = try ReferenceData.version(of: requests)
        self.duties = try requests.rows.map { row throws(CSVError) in try PreExportDuty(row) }
        var byCAS: [String: Precursor] = [:]
        for (precursor, row) in zip(self.precursors, substances.rows) {
            guard byCAS.updateValue(precursor, forKey: precursor.cas) == nil else {
                throw CSVError(line: row.line, problem: "\(precursor.cas) stands twice")
            }
        }
        self.byCAS = byCAS
    }

    private init(
        embeddedPrecursors: [UInt8],
        members: [UInt8],
        calendars: [UInt8],
        duties: [UInt8]
    ) {
        do throws(CSVError) {
            try self.init(
                precursors: embeddedPrecursors,
                members: members,
                calendars: calendars,
                duties: duties
            )
        } catch {
            preconditionFailure("an embedded list cannot be read: \(error.message)")
        }
    }

    /// The lists with some of them replaced.
    ///
    /// - Parameters:
    ///   - precursors: another list of precursors as CSV, or nil for the embedded one.
    ///   - members: another list of states as CSV, or nil for the embedded one.
    ///   - calendars: other working days as CSV, or nil for the embedded ones.
    ///   - duties: another list of requests as CSV, or nil for the embedded one.
    /// - Returns: the lists.
    /// - Throws: ``CSVError`` naming the line and the rule.
    package static func replacing(
        precursors: [UInt8]?,
        members: [UInt8]?,
        calendars: [UInt8]? = nil,
        duties: [UInt8]? = nil
    ) throws(CSVError) -> ReferenceData {
        try ReferenceData(
            precursors: precursors ?? PackageResources.precursors_csv,
            members: members ?? PackageResources.oas_members_csv,
            calendars: calendars ?? PackageResources.calendars_csv,
            duties: duties ?? PackageResources.pre_export_duties_csv
        )
    }

    /// Finds a substance of the tables by its CAS registry number.
    package func precursor(_ cas: String) -> Precursor? { byCAS[cas] }

    /// Whether exports of a substance to a country have to be notified before they leave.
    ///
    /// - Parameters:
    ///   - cas: the substance's CAS registry number.
    ///   - country: the importing country.
    ///   - day: the day of the export, such as `2026-12-14`.
    /// - Returns: the duty, the earliest if there are several; nil if the list has none.
    package func preExportDuty(
        for cas: String,
        into country: String,
        on day: String
    ) -> PreExportDuty? {
        duties.filter {
            $0.country == country && $0.since <= day && $0.covers(cas, precursor(cas))
        }.min { $0.since < $1.since }
    }

    private static func version(of table: CSVTable) throws(CSVError) -> String {
        let mark = "version: "
        guard let comment = table.comments.first(where: { $0.hasPrefix(mark) }) else {
            throw CSVError(line: 1, problem: "the first line must be # version: TEXT")
        }
        return String(comment.dropFirst(mark.count))
    }
}
