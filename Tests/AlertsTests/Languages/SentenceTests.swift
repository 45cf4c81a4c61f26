import Alerts
import Foundation
import Testing

/// Every sentence that the code says to people in English is in the catalogues, in es, pt and fr.
@Suite struct SentenceTests {
    // What a command says of itself and of a wrong command line.
    private static let manual = [
        #"UsageError\(\s*message: "#, #"help: (?=")"#, #"say\(\s*(?=")"#, #"notes: Wording = "#,
        #"\.flag\(\s*"[^"]*",\s*"#, #"\.value\(\s*"[^"]*",\s*"[^"]*",\s*"#,
    ]
    // What the library says of wrong input and of failures.
    private static let messages = [
        #"AvisoError\(\s*\.\w+,\s*"#, #"CAPError\(\s*message: "#, #"problem: (?=")"#,
        #"rule: (?=")"#, #"\bfail\(\s*\w+,\s*"#, #"(?:list|invalid)\(\s*key,\s*(?:value|item),\s*"#,
        #"(?:value|optional|list)\(\s*[\w.]+,\s*"[a-z-]+",\s*"#, #"Wording \{\s*(?=")"#,
    ]
    private static let errors = ["JSONError.swift", "AlertError.swift", "AlertHeaderError.swift"]

    private static func sentences() throws -> [SourceSentences.Sentence] {
        var all = try SourceSentences.find(in: "Sources/AvisoTool", after: manual + messages)
        for folder in ["Sources/Alerts", "Sources/AvisoClient"] {
            all += try SourceSentences.find(in: folder, after: messages)
        }
        all += try SourceSentences.find(
            in: "Sources/Alerts",
            after: [#"case [^\n]*?:\s*(?=")"#, #"return (?=")"#],
            suffixes: errors
        )
        all += try SourceSentences.find(
            in: "Sources/AvisoTool",
            after: [#"return (?=")"#],
            suffixes: ["WitnessCommand.swift"]
        )
        // Rules of forms are keys of forms.csv; what has one gap alone quotes another's words.
        return all.filter { $0.template != "{0}" && !$0.template.hasPrefix("rule.") }
            .filter { $0.template != "table.gap" }
    }

    private static func catalogue(_ path: String) throws -> MessageCatalogue {
        try MessageCatalogue(csv: [UInt8](Data(contentsOf: Checkout.folder(path))))
    }

    private static func keys() throws -> Set<String> {
        let manual = try catalogue("Sources/AvisoTool/Languages/manual.csv")
        return Set(manual.keys).union(MessageCatalogue.messages.keys)
    }

    @Test func everySentenceOfTheCodeIsInACatalogue() throws {
        let sentences = try Self.sentences()
        #expect(sentences.count > 250)
        let keys = try Self.keys()
        for sentence in sentences where !keys.contains(sentence.template) {
            Issue.record("\(sentence.file): no catalogue has: \(sentence.template)")
        }
    }

    @Test func noCatalogueHasASentenceThatNothingSays() throws {
        let said = Set(try Self.sentences().map(\.template))
        for key in try Self.keys() where !said.contains(key) && !key.hasPrefix("discussion.") {
            Issue.record("nothing says: \(key)")
        }
    }

    @Test func everySentenceIsThereInEveryLanguageWithItsGaps() throws {
        let manual = try Self.catalogue("Sources/AvisoTool/Languages/manual.csv")
        for catalogue in [manual, MessageCatalogue.messages] {
            for key in catalogue.keys {
                let gaps = Set(key.matches(of: #/\{[0-9]+\}/#).map { String($0.output) })
                for language in Language.allCases where language != .english {
                    let text = try #require(catalogue.template(key, language), "\(key)")
                    let found = Set(text.matches(of: #/\{[0-9]+\}/#).map { String($0.output) })
                    #expect(found == gaps, "\(language): \(text)")
                }
            }
        }
    }

    @Test func everyCommandExplainsItselfInEveryLanguage() throws {
        let tool = try Self.catalogue("Sources/AvisoTool/Languages/tool.csv")
        let manual = try Self.catalogue("Sources/AvisoTool/Languages/manual.csv")
        let names = try SourceSentences.find(
            in: "Sources/AvisoTool/Commands",
            after: [#"CommandSpecification\(\s*name: "#]
        )
        #expect(names.count > 15)
        for name in names.map(\.template) {
            for language in Language.allCases {
                #expect(tool.template("help.\(name)", language) != nil, "\(name)")
                // The English text stands in the code; status has none.
                guard language != .english, name != "status" else { continue }
                #expect(manual.template("discussion.\(name)", language) != nil, "\(name)")
            }
        }
    }

    @Test func filesThatSayASentenceImportWhatKnowsItsLanguages() throws {
        // Without the import the compiler takes the literal for a text that others have written.
        for folder in ["Sources/AvisoTool", "Sources/AvisoClient"] {
            let root = Checkout.folder(folder)
            let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
            for name in names where name.hasSuffix(".swift") {
                let url = root.appendingPathComponent(name)
                let text = try String(contentsOf: url, encoding: .utf8)
                guard text.contains(#/UsageError\(message|AvisoError\(\s*\./#) else { continue }
                #expect(text.contains("import Alerts\n"), "\(folder)/\(name)")
            }
        }
    }

    @Test func sentencesAreSaidInTheReadersLanguage() {
        let name = "x{1}"
        let inner: Wording = "there is no channel \(name)"
        let outer: Wording = "alert at index \(7): \(inner)"
        #expect(outer.english == "alert at index 7: there is no channel x{1}")
        #expect(outer.text(in: .spanish) == "alerta en el índice 7: no existe el canal x{1}")
        let unknown: Wording = "nobody has \(name)" + " or \(3)"
        #expect(unknown.template == "nobody has {0} or {1}")
        #expect(unknown.text(in: .french) == "nobody has x{1} or 3")
        #expect(Wording(verbatim: "a {0} b").text(in: .portuguese) == "a {0} b")
    }
}
