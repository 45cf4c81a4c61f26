import Foundation
import Testing

/// `Docs/CONFORMANCE.md`: every statement of MQTT 5.0, and tests that there are.
@Suite struct ConformanceTableTests {
    private struct Row {
        let statement: String
        let binds: String
        let proof: String

        /// What stands between backticks in the last column.
        var tests: [String] {
            proof.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
        }
    }

    /// How many statements each section of the standard has; those of 2.2.1 begin at 2.
    private static let counts = [
        "1.5.4": 3, "1.5.5": 1, "1.5.7": 1, "2.1.3": 1, "2.2.1": 5, "2.2.2": 1, "3.1.0": 2,
        "3.1.2": 30, "3.1.3": 12, "3.1.4": 6, "3.2.0": 2, "3.2.2": 22, "3.3.1": 13, "3.3.2": 20,
        "3.3.4": 10, "3.4.2": 3, "3.5.2": 3, "3.6.1": 1, "3.6.2": 3, "3.7.2": 3, "3.8.1": 1,
        "3.8.3": 5, "3.8.4": 8, "3.9.2": 2, "3.9.3": 2, "3.10.1": 1, "3.10.3": 2, "3.10.4": 6,
        "3.11.2": 2, "3.11.3": 2, "3.12.4": 1, "3.14.0": 1, "3.14.1": 1, "3.14.2": 4,
        "3.14.4": 3, "3.15.1": 1, "3.15.2": 3, "4.1.0": 2, "4.2.0": 1, "4.3.1": 1, "4.3.2": 5,
        "4.3.3": 13, "4.4.0": 2, "4.5.0": 2, "4.6.0": 6, "4.7.0": 1, "4.7.1": 2, "4.7.2": 1,
        "4.7.3": 4, "4.8.2": 6, "4.9.0": 3, "4.12.0": 7, "4.12.1": 2, "4.13.1": 1, "4.13.2": 1,
        "6.0.0": 4,
    ]

    private static let rows: [Row] = {
        let table = Checkout.all.first { $0.path == "Docs/CONFORMANCE.md" }
        return (table?.lines ?? []).filter { $0.hasPrefix("| MQTT-") }.map { line in
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            return Row(
                statement: cells.first ?? "",
                binds: cells.count > 1 ? cells[1] : "",
                proof: cells.count == 4 ? cells[3] : ""
            )
        }
    }()

    @Test func everyStatementOfTheStandardStandsOnce() {
        var expected: [String] = []
        for (section, count) in Self.counts {
            let first = section == "2.2.1" ? 2 : 1
            expected += (first..<first + count).map { "MQTT-\(section)-\($0)" }
        }
        #expect(Self.rows.map(\.statement).sorted() == expected.sorted())
        #expect(Set(Self.rows.map(\.statement)).count == Self.rows.count)
    }

    @Test func whatBindsTheServerIsShown() {
        for row in Self.rows {
            switch row.binds {
            case "server", "both":
                let isShown = !row.tests.isEmpty || row.proof.hasPrefix("not applicable: ")
                #expect(isShown, "\(row.statement): no test")
            case "client":
                let isShown = !row.tests.isEmpty || row.proof == "client's duty"
                #expect(isShown, "\(row.statement): neither a test nor the client's duty")
            default:
                Issue.record("\(row.statement): binds \(row.binds)")
            }
        }
    }

    @Test func everyTestOfTheTableExists() {
        let known = Self.testFunctions.union(Self.wireCases)
        #expect(Self.wireCases.count > 100)
        for row in Self.rows {
            for test in row.tests where !known.contains(test) {
                Issue.record("\(row.statement): there is no test \(test)")
            }
        }
    }

    @Test func wireCasesNameStatementsThatExist() throws {
        let known = Set(Self.rows.map(\.statement))
        let statement = try Regex(#"MQTT-\d+\.\d+\.\d+-\d+"#)
        for name in Self.wireCases where !name.contains("of 3.1.1") {
            for match in name.matches(of: statement) {
                #expect(known.contains(String(name[match.range])), "\(name)")
            }
        }
    }

    /// The functions that stand behind `@Test`.
    private static let testFunctions: Set<String> = {
        var names: Set<String> = []
        for file in Checkout.tests where file.path != "Tests/TidyTests/LengthTests.swift" {
            var isTest = false
            for line in file.lines {
                if line.contains("@Test") { isTest = true }
                guard isTest, let start = line.range(of: "func ") else { continue }
                names.insert(String(line[start.upperBound...].prefix { $0 != "(" }))
                isTest = false
            }
        }
        return names
    }()

    /// The names of the exchanges of bytes: the first string of each case.
    private static let wireCases: Set<String> = {
        var names: Set<String> = []
        for file in Checkout.tests where file.path.contains("/WireCase+") {
            let starts = [".v5(", ".v4(", ".raw("]
            var isExpected = false
            for line in file.lines {
                if starts.contains(where: { line.contains($0) }) { isExpected = true }
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                guard isExpected, parts.count > 2 else { continue }
                names.insert(String(parts[1]))
                isExpected = false
            }
        }
        return names
    }()
}
