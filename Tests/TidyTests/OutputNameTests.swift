import Foundation
import Testing

/// The names in what `aviso --json` prints are one vocabulary, which `Docs/OUTPUT.md` has.
@Suite struct OutputNameTests {
    @Test func everyNameIsWordsWithHyphensAndExplained() throws {
        let manual = try String(
            contentsOf: Checkout.root.appendingPathComponent("Docs/OUTPUT.md"),
            encoding: .utf8
        )
        var names: Set<String> = []
        for file in Checkout.sources {
            if file.target == "AvisoTool" {
                for match in file.text.matches(of: #/\.add\(\s*"([^"]+)"/#) {
                    names.insert(String(match.1))
                }
            } else if file.path.hasSuffix("LogRecord+Entries.swift") {
                for match in file.text.matches(of: #/\("([^"]+)", /#) {
                    names.insert(String(match.1))
                }
            }
        }
        #expect(names.count > 100)
        for name in names.sorted() {
            #expect(name.wholeMatch(of: #/[a-z]+(-[a-z]+)*/#) != nil, "\(name)")
            #expect(manual.contains("`\(name)`"), "not in Docs/OUTPUT.md: \(name)")
        }
    }
}
