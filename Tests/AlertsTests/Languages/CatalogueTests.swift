import Alerts
import Foundation
import Testing

@Suite struct CatalogueTests {
    @Test(arguments: MessageCatalogue.forms.keys)
    func everyKeyIsThereInEveryLanguageWithTheSameGaps(key: String) throws {
        let english = try #require(MessageCatalogue.forms.template(key, .english))
        let gaps = english.matches(of: #/\{[0-9]+\}/#).map { String($0.output) }.sorted()
        for language in Language.allCases {
            let text = try #require(MessageCatalogue.forms.template(key, language), "\(language)")
            let found = text.matches(of: #/\{[0-9]+\}/#).map { String($0.output) }.sorted()
            #expect(Set(found) == Set(gaps), "\(language): \(text)")
        }
    }

    @Test func theToolSpeaksEveryLanguageAndOnlyWithWordsThatItHas() throws {
        let folder = Checkout.folder("Sources/AvisoTool")
        let file = folder.appendingPathComponent("Languages/tool.csv")
        let catalogue = try MessageCatalogue(csv: [UInt8](Data(contentsOf: file)))
        for key in catalogue.keys {
            var gaps: Set<Set<String>> = []
            for language in Language.allCases {
                let text = try #require(catalogue.template(key, language), "\(key) \(language)")
                gaps.insert(Set(text.matches(of: #/\{[0-9]+\}/#).map { String($0.output) }))
            }
            #expect(gaps.count == 1, "\(key): the gaps differ")
        }
        var used = 0
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for name in names where name.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            for match in text.matches(of: #/speech\(\s*"([a-z.-]+)"/#) {
                used += 1
                #expect(catalogue.keys.contains(String(match.output.1)), "\(match.output.1)")
            }
        }
        #expect(used > 25)
    }

    @Test(arguments: AlertKind.allCases)
    func everyFieldAndRuleHasItsWords(kind: AlertKind) {
        check(AlertForm.schema(of: kind))
        for message in MessageType.allCases {
            check(AlertForm.schema(kind: kind, message: message))
        }
    }

    @Test func identifiersHaveTheirWords() {
        for identifier in Identifier.allCases {
            expectWords(identifier.expectation)
        }
    }

    @Test(arguments: [
        ("es_CO.UTF-8", Language.spanish), ("pt-BR", .portuguese), ("fr", .french),
        ("EN_us", .english),
    ])
    func localesNameTheirLanguage(locale: String, language: Language) {
        #expect(Language(locale: locale) == language)
        #expect(Language(locale: "de_DE") == nil)
        #expect(Language(locale: "C") == nil)
    }

    @Test func problemsAreSaidInTheReadersLanguage() {
        let problem = FormProblem(field: "tlp", value: "\"{0}\"", rule: "rule.missing")
        #expect(problem.message(in: .english) == "tlp is \"{0}\": it is missing.")
        #expect(problem.message(in: .spanish) == "tlp es \"{0}\": falta.")
        #expect(problem.message(in: .portuguese) == "tlp é \"{0}\": falta.")
        #expect(problem.message(in: .french) == "tlp est \"{0}\" : ce champ manque.")
    }

    private func check(_ schema: FormSchema) {
        for rule in schema.rules { expectWords(rule.rule) }
        for field in schema.fields {
            expectWords(Phrase("label.\(field.name)"))
            check(field.type)
        }
    }

    private func check(_ type: FormType) {
        switch type {
        case .list(let element, _): check(element)
        case .object(let schema): check(schema)
        default: if let words = type.expectation { expectWords(words) }
        }
    }

    private func expectWords(_ phrase: Phrase) {
        for language in Language.allCases {
            #expect(phrase.text(in: language) != phrase.key, "\(phrase.key) in \(language)")
        }
    }
}
