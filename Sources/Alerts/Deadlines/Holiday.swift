package import Base

/// A rule by which a day is a holiday, year after year or once.
package struct Holiday: Hashable, Sendable {
    /// Which day it is before it is moved.
    package enum Day: Hashable, Sendable {
        /// The same day of each year.
        case fixed(month: Int, day: Int)
        /// So many days after Easter Sunday of the Western churches, or before it.
        case easter(Int)
        /// The n-th of a weekday in a month, 0 for Sunday; -1 for the last.
        case nth(Int, weekday: Int, month: Int)
        /// One day of one year, such as a feast of a calendar of the moon.
        case once(CivilDate)
    }

    /// Where it goes when it falls on a day that is free anyway.
    package enum Move: String, CaseIterable, Hashable, Sendable {
        /// Nowhere.
        case stays = ""
        /// From a Sunday to the Monday.
        case sunday
        /// From a Saturday to the Friday, from a Sunday to the Monday.
        case nearest
        /// From any other day to the next Monday.
        case monday
    }

    /// Which day it is before it is moved.
    package let day: Day
    /// Where it goes.
    package let move: Move

    /// Makes a rule.
    package init(_ day: Day, _ move: Move = .stays) {
        self.day = day
        self.move = move
    }

    /// The holiday of a year; it may be moved into the year before.
    ///
    /// - Parameter year: the year.
    /// - Returns: the day, or nil if there is none in that year.
    package func date(in year: Int) -> CivilDate? {
        let date: CivilDate
        switch day {
        case .fixed(let month, let day):
            // The 29th of February is none of most years.
            guard day <= CivilDate.dayCount(year: year, month: month) else { return nil }
            date = CivilDate(year: year, month: month, day: day)
        case .easter(let offset):
            date = Holiday.easter(of: year).adding(offset)
        case .nth(let number, let weekday, let month):
            date = Holiday.nth(number, weekday, month, year)
        case .once(let day):
            guard day.parts.year == year else { return nil }
            date = day
        }
        switch (move, date.weekday) {
        case (.sunday, 0), (.nearest, 0): return date.adding(1)
        case (.nearest, 6): return date.adding(-1)
        case (.monday, let weekday): return date.adding((8 - weekday) % 7)
        case (.stays, _), (.sunday, _), (.nearest, _): return date
        }
    }

    private static func nth(_ number: Int, _ weekday: Int, _ month: Int, _ year: Int) -> CivilDate {
        guard number > 0 else {
            let dayCount = CivilDate.dayCount(year: year, month: month)
            let last = CivilDate(year: year, month: month, day: dayCount)
            return last.adding(-((last.weekday - weekday + 7) % 7))
        }
        let first = CivilDate(year: year, month: month, day: 1)
        return first.adding((weekday - first.weekday + 7) % 7 + 7 * (number - 1))
    }

    /// Easter Sunday of the Western churches (the Gregorian computus of Meeus, Jones and Butcher).
    package static func easter(of year: Int) -> CivilDate {
        let (a, b, c) = (year % 19, year / 100, year % 100)
        let (d, e) = (b / 4, b % 4)
        let g = (8 * b + 13) / 25
        let h = (19 * a + b - d - g + 15) % 30
        let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7
        let m = (a + 11 * h + 19 * l) / 433
        let month = (h + l - 7 * m + 90) / 25
        return CivilDate(year: year, month: month, day: (h + l - 7 * m + 33 * month + 19) % 32)
    }
}
