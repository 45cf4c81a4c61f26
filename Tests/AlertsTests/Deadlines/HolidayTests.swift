import Alerts
import Base
import Testing

/// Days that move, against calendars that were printed.
@Suite struct HolidayTests {
    private static let easters = [
        (1961, 4, 2), (1970, 3, 29), (1981, 4, 19), (1999, 4, 4), (2000, 4, 23), (2005, 3, 27),
        (2008, 3, 23), (2010, 4, 4), (2011, 4, 24), (2012, 4, 8), (2013, 3, 31), (2014, 4, 20),
        (2015, 4, 5), (2016, 3, 27), (2017, 4, 16), (2018, 4, 1), (2019, 4, 21), (2020, 4, 12),
        (2021, 4, 4), (2022, 4, 17), (2023, 4, 9), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5),
        (2027, 3, 28), (2028, 4, 16), (2029, 4, 1), (2030, 4, 21), (2038, 4, 25), (2049, 4, 18),
        (2076, 4, 19), (2100, 3, 28), (2285, 3, 22),
    ]

    @Test(arguments: easters)
    func easterIsWhereTheChurchesHaveIt(year: Int, month: Int, day: Int) {
        #expect(Holiday.easter(of: year) == CivilDate(year: year, month: month, day: day))
    }

    @Test func easterIsASundayBetweenItsBounds() {
        for year in 1583...4099 {
            let easter = Holiday.easter(of: year)
            #expect(easter.weekday == 0, "\(year)")
            #expect(easter >= CivilDate(year: year, month: 3, day: 22), "\(year)")
            #expect(easter <= CivilDate(year: year, month: 4, day: 25), "\(year)")
        }
    }

    @Test func weekdaysInAMonthAreCounted() {
        let thanksgiving = Holiday(.nth(4, weekday: 4, month: 11))
        #expect(thanksgiving.date(in: 2026) == CivilDate(year: 2026, month: 11, day: 26))
        #expect(thanksgiving.date(in: 2029) == CivilDate(year: 2029, month: 11, day: 22))
        let memorial = Holiday(.nth(-1, weekday: 1, month: 5))
        #expect(memorial.date(in: 2026) == CivilDate(year: 2026, month: 5, day: 25))
        #expect(memorial.date(in: 2027) == CivilDate(year: 2027, month: 5, day: 31))
    }

    @Test func holidaysMoveByTheirRule() {
        // 2027-07-04 is a Sunday, 2026-07-04 a Saturday, 2028-01-06 a Thursday.
        let independence = Holiday.Day.fixed(month: 7, day: 4)
        #expect(Holiday(independence).date(in: 2027)?.parts.day == 4)
        #expect(Holiday(independence, .sunday).date(in: 2027)?.parts.day == 5)
        #expect(Holiday(independence, .sunday).date(in: 2026)?.parts.day == 4)
        #expect(Holiday(independence, .nearest).date(in: 2026)?.parts.day == 3)
        #expect(Holiday(independence, .nearest).date(in: 2027)?.parts.day == 5)
        let epiphany = Holiday(.fixed(month: 1, day: 6), .monday)
        #expect(epiphany.date(in: 2028)?.parts.day == 10)
        #expect(epiphany.date(in: 2031)?.parts.day == 6)
        // A Monday stays.
        #expect(epiphany.date(in: 2031)?.weekday == 1)
    }

    @Test func daysThatAYearLacksAreNone() {
        let leapDay = Holiday(.fixed(month: 2, day: 29))
        #expect(leapDay.date(in: 2026) == nil)
        #expect(leapDay.date(in: 2028) == CivilDate(year: 2028, month: 2, day: 29))
        let once = Holiday(.once(CivilDate(year: 2026, month: 11, day: 9)))
        #expect(once.date(in: 2026) != nil)
        #expect(once.date(in: 2027) == nil)
    }
}
