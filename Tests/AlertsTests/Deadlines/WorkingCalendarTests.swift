import Alerts
import Base
import Testing

@Suite struct WorkingCalendarTests {
    private let calendars = ReferenceData.embedded.calendars

    private func calendar(_ code: String) throws -> WorkingCalendar {
        let state = try #require(CountryCode(code))
        return try #require(calendars[state])
    }

    private func end(_ code: String, _ count: Int, after text: String) throws -> String {
        let time = try #require(RFC3339.parse(text))
        return RFC3339.format(try calendar(code).end(ofWorkingDay: count, after: time))
    }

    @Test func everyMemberStateHasACalendar() throws {
        for state in ReferenceData.embedded.members {
            let calendar = try calendar(state.code)
            let newYear = CivilDate(year: 2026, month: 1, day: 1)
            #expect(!calendar.isWorkingDay(newYear), "\(state.name)")
            #expect(!calendar.isWorkingDay(CivilDate(year: 2026, month: 12, day: 25)))
            // Good Friday is no holiday of the United States.
            let goodFriday = Holiday.easter(of: 2026).adding(-2)
            #expect(calendar.isWorkingDay(goodFriday) == (state.code == "US"), "\(state.name)")
            #expect(calendar.isWorkingDay(CivilDate(year: 2026, month: 1, day: 14)))
            #expect((-10 * 60...(-2) * 60).contains(calendar.offsetMinutes), "\(state.name)")
        }
        #expect(ReferenceData.embedded.calendarsVersion.contains("confirmed"))
    }

    @Test func weekendsAndHolidaysDoNotCount() throws {
        // Wednesday 25 November 2026: Thanksgiving is the day after, in the United States alone.
        let issued = "2026-11-25T22:00:00Z"
        #expect(try end("US", 1, after: issued) == "2026-11-28T05:00:00.000Z")
        #expect(try end("CO", 1, after: issued) == "2026-11-27T05:00:00.000Z")
        #expect(try end("CO", 5, after: issued) == "2026-12-03T05:00:00.000Z")
        // The eighth of December is the Immaculate Conception.
        #expect(try end("CO", 9, after: issued) == "2026-12-10T05:00:00.000Z")
    }

    @Test func theDayOfIssueIsTheOneInTheState() throws {
        // In Lima it is still Thursday.
        #expect(try end("PE", 1, after: "2026-11-27T03:00:00Z") == "2026-11-28T05:00:00.000Z")
        #expect(try end("PE", 1, after: "2026-11-27T06:00:00Z") == "2026-12-01T05:00:00.000Z")
    }

    @Test func inSummerTheDayOfIssueIsTheLater() throws {
        // In Washington it is Tuesday, half past midnight in summer time: Wednesday is the first.
        #expect(try end("US", 1, after: "2026-07-07T04:30:00Z") == "2026-07-09T05:00:00.000Z")
        #expect(try end("US", 1, after: "2026-07-07T03:30:00Z") == "2026-07-08T05:00:00.000Z")
        // Bogota has no summer time, and is still in Monday.
        #expect(try end("CO", 1, after: "2026-07-07T04:30:00Z") == "2026-07-08T05:00:00.000Z")
    }

    @Test func yearsEndInTheMiddleOfACount() throws {
        // Thursday 31 December 2026 is the last working day, and the next is Monday the fourth.
        #expect(try end("CO", 2, after: "2026-12-30T15:00:00Z") == "2027-01-05T05:00:00.000Z")
        // In 2028 the first of January is a Saturday, so that the United States take the Friday.
        #expect(try !calendar("US").isWorkingDay(CivilDate(year: 2027, month: 12, day: 31)))
        #expect(try end("US", 1, after: "2027-12-30T15:00:00Z") == "2028-01-04T05:00:00.000Z")
    }

    @Test func holyWeekAndCarnivalAreCounted() throws {
        // Easter 2027 is 28 March: Holy Thursday and Good Friday are free in Mexico.
        #expect(try end("MX", 1, after: "2027-03-24T15:00:00Z") == "2027-03-30T06:00:00.000Z")
        // Carnival 2027 is 8 and 9 February in Brazil.
        #expect(try end("BR", 1, after: "2027-02-05T15:00:00Z") == "2027-02-11T03:00:00.000Z")
        // Corpus Christi, 27 May 2027, in Brazil; the next day is a working day.
        #expect(try end("BR", 1, after: "2027-05-26T15:00:00Z") == "2027-05-29T03:00:00.000Z")
    }

    @Test func agencyChoicesTakeTheLatestOfTheRecipients() throws {
        let issued = try #require(RFC3339.parse("2026-11-25T22:00:00Z"))
        let both = [try #require(AgencyID("CO:PONAL")), try #require(AgencyID("US:DEA"))]
        func due(_ text: String, _ agencies: [AgencyID]) throws -> String {
            let choice = try #require(DeadlineChoice(text))
            return RFC3339.format(
                try choice.due(issuedAt: issued, recipients: agencies, calendars: calendars)
            )
        }
        #expect(try due("1wd", both) == "2026-11-28T05:00:00.000Z")
        #expect(try due("1wd@CO", both) == "2026-11-27T05:00:00.000Z")
        #expect(try due("8h", both) == "2026-11-26T06:00:00.000Z")
        #expect(try due("12h", both) == "2026-11-26T10:00:00.000Z")
        #expect(try due("3d", both) == "2026-11-28T22:00:00.000Z")
        #expect(try due("7d", both) == "2026-12-02T22:00:00.000Z")
        #expect(try due("2026-12-01T00:00:00-05:00", both) == "2026-12-01T05:00:00.000Z")
        let organisation = try #require(AgencyID("OAS:CICAD"))
        #expect(throws: DeadlineChoice.UnknownCalendar.self) { try due("1wd", [organisation]) }
        #expect(throws: DeadlineChoice.UnknownCalendar.self) { try due("1wd@FR", both) }
    }

    @Test(arguments: [
        "", "h", "0h", "8", "8m", "8 h", "-1d", "8h@CO", "5wd@", "5wd@co", "5wd@COL", "5wd@CO@US",
        "367d", "99999wd", "٣d", "tomorrow", "2026-13-01T00:00:00Z",
    ])
    func whatIsNoChoiceIsNone(text: String) {
        #expect(DeadlineChoice(text) == nil)
    }

    @Test(arguments: [
        ("CO,offset,-5,,", "offset"), ("CO,offset,-05:00,,", "weekend"),
        ("CO,weekend,sat sol,,", "weekend"),
        ("CO,weekend,sun mon tue wed thu fri sat,,", "not all"), ("CO,fixed,02-30,,", "MM-DD"),
        ("CO,fixed,01-01,tuesday,", "move"), ("CO,nth,6 mon 01,,", "3 mon 01"),
        ("CO,easter,x,,", "easter"), ("CO,once,2026-02-29,,", "YYYY-MM-DD"),
        ("CO,never,1,,", "rule must be"), ("CO,summer,-01:00,,", "summer must be"),
        ("XK,offset,-05:00,,", "alpha2"),
    ])
    func aWrongRowIsNamed(row: String, words: String) {
        let text = "# version: test\nalpha2,rule,value,move,name\n" + row + "\n"
        let error = #expect(throws: CSVError.self) {
            try ReferenceData.replacing(
                precursors: nil,
                members: nil,
                calendars: Array(text.utf8)
            )
        }
        #expect(error?.line == 3)
        #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "")")
    }

    @Test func aWeekendOfOtherDaysCounts() throws {
        let text = """
            # version: test
            alpha2,rule,value,move,name
            GY,offset,+04:30,,
            GY,weekend,fri,,
            GY,once,2026-11-28,,a feast of the moon
            """
        let data = try ReferenceData.replacing(
            precursors: nil,
            members: nil,
            calendars: Array(text.utf8)
        )
        let guyana = try #require(CountryCode("GY"))
        let calendar = try #require(data.calendars[guyana])
        // Thursday evening there; Friday is free, Saturday a feast, Sunday the first working day.
        let issued = try #require(RFC3339.parse("2026-11-26T15:00:00Z"))
        let end = calendar.end(ofWorkingDay: 1, after: issued)
        #expect(RFC3339.format(end) == "2026-11-29T19:30:00.000Z")
    }
}
