package import Base

/// The working days of a state: its weekend, its holidays, and when its day ends.
package struct WorkingCalendar: Hashable, Sendable {
    /// The most working days that can be counted.
    package static let dayCountMax = 366

    /// The state.
    package let state: CountryCode
    /// Minutes by which its clocks are ahead of UTC when a working day ends.
    package let offsetMinutes: Int
    /// Minutes by which its clocks are ahead of that in summer time; 0 for a state that has none.
    package let summerMinutes: Int
    /// The days of the week that are free, 0 for Sunday.
    package let weekend: Set<Int>
    /// Its holidays.
    package let holidays: [Holiday]

    /// Makes a calendar.
    ///
    /// - Precondition: some day of the week is no part of the weekend.
    package init(
        state: CountryCode,
        offsetMinutes: Int,
        summerMinutes: Int = 0,
        weekend: Set<Int>,
        holidays: [Holiday]
    ) {
        precondition(weekend.count < 7, "a calendar without working days counts for ever")
        self.state = state
        self.offsetMinutes = offsetMinutes
        self.summerMinutes = summerMinutes
        self.weekend = weekend
        self.holidays = holidays
    }

    /// Whether people work on a day.
    package func isWorkingDay(_ date: CivilDate) -> Bool {
        guard !weekend.contains(date.weekday) else { return false }
        // A holiday may be moved over the turn of the year, in both directions.
        let year = date.parts.year
        return !holidays.contains { holiday in
            (year - 1...year + 1).contains { holiday.date(in: $0) == date }
        }
    }

    /// The end of the n-th working day after the day of a moment.
    ///
    /// The day of the moment itself does not count, whatever the hour; where it may be the one day
    /// or, by summer time, the next, it is the later.
    ///
    /// - Parameters:
    ///   - count: how many working days, 1 to ``dayCountMax``.
    ///   - time: the moment.
    /// - Returns: when that day ends in the state, which is midnight there.
    package func end(ofWorkingDay count: Int, after time: WallTime) -> WallTime {
        var date = localDate(of: time)
        var left = min(max(count, 1), Self.dayCountMax)
        while left > 0 {
            date = date.adding(1)
            if isWorkingDay(date) { left -= 1 }
        }
        let seconds = date.adding(1).daysSince1970 * 86_400 - offsetMinutes * 60
        return WallTime(seconds: UInt64(max(0, seconds)))
    }

    private func localDate(of time: WallTime) -> CivilDate {
        let seconds = Int(time.seconds) + (offsetMinutes + summerMinutes) * 60
        return CivilDate(daysSince1970: max(0, seconds) / 86_400)
    }
}
