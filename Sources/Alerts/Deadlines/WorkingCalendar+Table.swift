import Base

/// Calendars as rows: `alpha2,rule,value,move,name`.
extension WorkingCalendar {
    /// Reads the calendars of a table.
    ///
    /// - Parameter table: the table.
    /// - Returns: one calendar for each state.
    /// - Throws: ``CSVError`` naming the line and the rule.
    static func read(_ table: CSVTable) throws(CSVError) -> [CountryCode: WorkingCalendar] {
        var drafts: [CountryCode: Draft] = [:]
        for row in table.rows {
            guard let state = row["alpha2"].flatMap({ CountryCode($0) }), state.isAssigned else {
                throw CSVError(line: row.line, problem: "alpha2 must be a country such as CO")
            }
            var draft = drafts[state] ?? Draft(line: row.line)
            try draft.take(row)
            drafts[state] = draft
        }
        var calendars: [CountryCode: WorkingCalendar] = [:]
        for (state, draft) in drafts.sorted(by: { $0.key < $1.key }) {
            guard let offset = draft.offsetMinutes, let weekend = draft.weekend else {
                throw CSVError(
                    line: draft.line,
                    problem: "\(state) needs a row with rule offset and one with rule weekend"
                )
            }
            calendars[state] = WorkingCalendar(
                state: state,
                offsetMinutes: offset,
                summerMinutes: draft.summerMinutes,
                weekend: weekend,
                holidays: draft.holidays
            )
        }
        return calendars
    }

    private struct Draft {
        let line: Int
        var offsetMinutes: Int?
        var summerMinutes = 0
        var weekend: Set<Int>?
        var holidays: [Holiday] = []

        mutating func take(_ row: CSVTable.Row) throws(CSVError) {
            let value = row["value"] ?? ""
            func wrong(_ problem: Wording) -> CSVError {
                CSVError(line: row.line, problem: problem)
            }
            switch row["rule"] {
            case "offset":
                guard let minutes = Self.offset(value) else {
                    throw wrong("offset must be one such as -05:00")
                }
                offsetMinutes = minutes
            case "summer":
                guard let minutes = Self.offset(value), (0...120).contains(minutes) else {
                    throw wrong("summer must be such as +01:00")
                }
                summerMinutes = minutes
            case "weekend":
                let days = value.split(separator: " ").map { Self.weekday($0) }
                let known = Set(days.compactMap { $0 })
                guard known.count == days.count, (1...6).contains(known.count) else {
                    throw wrong("weekend must be days such as sat sun, and not all of them")
                }
                weekend = known
            case "fixed", "easter", "nth", "once":
                guard let day = Self.day(row["rule"] ?? "", value) else {
                    throw wrong(
                        "value must be MM-DD (fixed), days (easter), such as 3 mon 01 (nth), or "
                            + "YYYY-MM-DD (once)"
                    )
                }
                guard let move = Holiday.Move(rawValue: row["move"] ?? "") else {
                    throw wrong("move must be empty, sunday, nearest or monday")
                }
                holidays.append(Holiday(day, move))
            default:
                throw wrong("rule must be offset, summer, weekend, fixed, easter, nth or once")
            }
        }

        private static func offset(_ text: String) -> Int? {
            let parts = text.dropFirst().split(separator: ":")
            guard let sign = text.first, sign == "-" || sign == "+", parts.count == 2,
                let hours = Int(parts[0]), let minutes = Int(parts[1]), (0...14).contains(hours),
                (0...59).contains(minutes)
            else { return nil }
            return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
        }

        private static func weekday(_ text: Substring) -> Int? {
            ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].firstIndex(of: text)
        }

        private static func day(_ rule: String, _ value: String) -> Holiday.Day? {
            let numbers = value.split(separator: "-").map { Int($0) }
            switch rule {
            case "easter":
                return Int(value).flatMap { (-100...100).contains($0) ? .easter($0) : nil }
            case "fixed":
                guard numbers.count == 2, let month = numbers[0], let day = numbers[1],
                    isDay(2024, month, day)
                else { return nil }
                return .fixed(month: month, day: day)
            case "once":
                guard numbers.count == 3, let year = numbers[0], let month = numbers[1],
                    let day = numbers[2], (1970...9999).contains(year), isDay(year, month, day)
                else { return nil }
                return .once(CivilDate(year: year, month: month, day: day))
            default:
                let words = value.split(separator: " ")
                guard words.count == 3, let number = Int(words[0]), let day = weekday(words[1]),
                    let month = Int(words[2]), (1...12).contains(month),
                    number == -1 || (1...4).contains(number)
                else { return nil }
                return .nth(number, weekday: day, month: month)
            }
        }

        private static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
            (1...12).contains(month)
                && (1...CivilDate.dayCount(year: year, month: month)).contains(day)
        }
    }
}
