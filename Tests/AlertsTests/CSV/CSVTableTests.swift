import Alerts
import Testing

@Suite struct CSVTableTests {
    @Test func readsQuotesCommasLineEndsAndComments() throws {
        let text = "\u{FEFF}# version: 7\r\na,b\r\n\"x, \"\"y\"\"\",2\r\n\"two\nlines\",\r\n\r\n"
        let table = try CSVTable(Array(text.utf8)[...])
        #expect(table.comments == ["version: 7"])
        #expect(table.columns == ["a", "b"])
        #expect(table.rows.map { $0["a"] } == ["x, \"y\"", "two\nlines"])
        #expect(table.rows.map { $0["b"] } == ["2", ""])
        #expect(table.rows.map(\.line) == [3, 4])
        #expect(table.rows.first?["c"] == nil)
    }

    @Test(arguments: [
        ("", 1, "header"), ("a,a\n", 1, "twice"), ("a,b\n1\n", 2, "cells"),
        ("a\n\"x\n", 3, "does not end"), ("a\nx\"y\n", 2, "unquoted"),
        ("a\n\"x\"y\n", 2, "comma"),
    ])
    func namesTheLine(text: String, line: Int, words: String) {
        let error = #expect(throws: CSVError.self) { try CSVTable(Array(text.utf8)[...]) }
        #expect(error?.line == line)
        #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "")")
    }

    @Test func formsOfATableKeepTheTypesOfTheirFields() throws {
        let text = """
            name,confirmedx
            """
        #expect(throws: FormTable.Failure.unknownColumn("name")) {
            try FormTable(csv: Array(text.utf8), kind: .newSubstance)
        }
        let table = try FormTable(
            csv: Array(
                "info[0].language,names[0],confirmed,deathCount\nes,X,true,3\nfr,,no,\n".utf8
            ),
            kind: .newSubstance
        )
        #expect(
            table.rows.map(\.form.text) == [
                "{\"info\":[{\"language\":\"es\"}],\"names\":[\"X\"],\"confirmed\":true,"
                    + "\"deathCount\":3}",
                "{\"info\":[{\"language\":\"fr\"}],\"confirmed\":\"no\"}",
            ]
        )
    }

    @Test func itemsOfAListComeInOrder() throws {
        #expect(throws: FormTable.Failure.self) {
            try FormTable(csv: Array("names[1]\nX\n".utf8), kind: .newSubstance)
        }
        #expect(FormPath("a[501]") == nil)
        #expect(FormPath("a..b") == nil)
        #expect(FormPath("a[x]") == nil)
    }
}
