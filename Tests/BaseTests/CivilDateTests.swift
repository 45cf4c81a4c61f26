import Base
import Testing

@Suite struct CivilDateTests {
    @Test func daysAndPartsAgree() {
        var days = CivilDate(year: 1970, month: 1, day: 1)
        #expect(days.daysSince1970 == 0)
        #expect(days.weekday == 4)
        var (year, month, day) = (1970, 1, 1)
        for _ in 0..<60_000 {
            #expect(days.parts == (year, month, day))
            #expect(CivilDate(year: year, month: month, day: day) == days)
            days = days.adding(1)
            day += 1
            guard day > CivilDate.dayCount(year: year, month: month) else { continue }
            (month, day) = (month + 1, 1)
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test func weekdaysGoRound() {
        #expect(CivilDate(year: 2026, month: 11, day: 25).weekday == 3)
        #expect(CivilDate(year: 2000, month: 2, day: 29).weekday == 2)
        #expect(CivilDate(year: 1969, month: 12, day: 28).weekday == 0)
    }
}
