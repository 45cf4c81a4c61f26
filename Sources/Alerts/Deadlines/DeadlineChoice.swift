package import Base

/// How an author says by when something is due: a class of the field, or a moment.
package enum DeadlineChoice: Hashable, Sendable {
    /// So many hours from the issue on, such as `8h`.
    case hours(Int)
    /// So many calendar days from the issue on, to the hour, such as `3d`.
    case days(Int)
    /// So many working days of a state, such as `5wd@CO`, or of each recipient's, `5wd`.
    case workingDays(Int, CountryCode?)
    /// A moment.
    case time(WallTime)

    /// What a choice must look like, for a sentence.
    package static let rule: Wording =
        "it is not such as 8h, 3d, 5wd, 5wd@CO or 2026-11-23T18:38:00Z"

    private static let hoursMax = 8784

    /// Reads a choice; nil for anything else.
    package init?(_ text: String) {
        if let time = RFC3339.parse(text) {
            self = .time(time)
            return
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let digits = parts[0].prefix { $0.isASCII && $0.isNumber }
        guard parts.count <= 2, digits.count <= 4, let count = Int(digits), count > 0 else {
            return nil
        }
        switch (parts[0].dropFirst(digits.count), parts.count) {
        case ("h", 1) where count <= Self.hoursMax: self = .hours(count)
        case ("d", 1) where count <= WorkingCalendar.dayCountMax: self = .days(count)
        case ("wd", 1) where count <= WorkingCalendar.dayCountMax: self = .workingDays(count, nil)
        case ("wd", 2) where count <= WorkingCalendar.dayCountMax:
            guard let state = CountryCode(parts[1]) else { return nil }
            self = .workingDays(count, state)
        default: return nil
        }
    }

    /// The class that a request for information names in its form.
    ///
    /// The result is nil for a word that is no class.
    package init?(formClass word: String) {
        switch word {
        case "8-hours": self = .hours(8)
        case "12-hours": self = .hours(12)
        case "3-days": self = .days(3)
        case "7-days": self = .days(7)
        default: return nil
        }
    }

    /// When it is due.
    ///
    /// Working days without a state are those of each recipient; the latest of them counts, so that
    /// nobody has fewer.
    ///
    /// - Parameters:
    ///   - issuedAt: the moment of issue.
    ///   - recipients: who is to act.
    ///   - calendars: the working days of states.
    /// - Returns: the moment, in whole seconds.
    /// - Throws: the state, or the agency without one, whose working days are not known.
    package func due(
        issuedAt: WallTime,
        recipients: [AgencyID],
        calendars: [CountryCode: WorkingCalendar]
    ) throws(UnknownCalendar) -> WallTime {
        switch self {
        case .hours(let count): return later(issuedAt, hours: count)
        case .days(let count): return later(issuedAt, hours: 24 * count)
        case .time(let time): return WallTime(seconds: time.seconds)
        case .workingDays(let count, let state?):
            guard let calendar = calendars[state] else {
                throw UnknownCalendar(whose: state.description)
            }
            return calendar.end(ofWorkingDay: count, after: issuedAt)
        case .workingDays(let count, nil):
            var latest = issuedAt
            for agency in recipients {
                guard let calendar = agency.country.flatMap({ calendars[$0] }) else {
                    throw UnknownCalendar(whose: agency.description)
                }
                latest = max(latest, calendar.end(ofWorkingDay: count, after: issuedAt))
            }
            return latest
        }
    }

    private func later(_ time: WallTime, hours: Int) -> WallTime {
        WallTime(seconds: time.seconds + UInt64(hours) * 3600)
    }

    /// Working days are asked for that no calendar tells.
    package struct UnknownCalendar: Error, Hashable, Sendable {
        /// The state or agency.
        package let whose: String

        /// What to do, as a clause.
        package var rule: Wording {
            "the working days of \(whose) are not known: name a state, such as 5wd@CO"
        }
    }
}
