/// A day of the Gregorian calendar, without a time zone.
package struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package let daysSince1970: Int

    /// Makes the day that lies so many days behind 1970-01-01.
    package init(daysSince1970 days: Int) {
        daysSince1970 = days
    }

    // The two conversions count days from 0000-03-01, so that the leap day ends the year.

    /// Makes a day of its parts.
    ///
    /// A day beyond the end of its month counts on into the next one.
    package init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        daysSince1970 =
            shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    /// Year, month and day.
    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The day of the week, 0 for Sunday.
    package var weekday: Int {
        // 1970-01-01 was a Thursday.
        let rest = (daysSince1970 + 4) % 7
        return rest < 0 ? rest + 7 : rest
    }

    /// The day so many days later.
    package func adding(_ days: Int) -> CivilDate { CivilDate(daysSince1970: daysSince1970 + days) }

    /// How many days a month has.
    package static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }
}
