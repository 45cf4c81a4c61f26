/// The words of a program in every language, read from a table of keys and translations.
package struct MessageCatalogue: Sendable {
    /// The words of forms: rules, and labels of fields.
    package static let forms = MessageCatalogue(embedded: PackageResources.forms_csv)
    /// The sentences of mistakes and failures, by their English templates.
    package static let messages = MessageCatalogue(embedded: PackageResources.messages_csv)

    private let entries: [String: [Language: String]]

    /// Reads a table whose columns are `key` and the languages.
    ///
    /// - Parameter bytes: the table as CSV.
    /// - Throws: ``CSVError`` if it is no such table.
    package init(csv bytes: [UInt8]) throws(CSVError) {
        let table = try CSVTable(bytes[...])
        var entries: [String: [Language: String]] = [:]
        for row in table.rows {
            guard let key = row["key"] else { continue }
            var texts: [Language: String] = [:]
            for language in Language.allCases {
                if let text = row[language.rawValue], !text.isEmpty { texts[language] = text }
            }
            guard entries.updateValue(texts, forKey: key) == nil else {
                throw CSVError(line: row.line, problem: "the key \(key) stands twice")
            }
        }
        self.entries = entries
    }

    /// Reads a table that is part of the program.
    ///
    /// - Precondition: the table is well-formed, which a test of each catalogue shows.
    package init(embedded bytes: [UInt8]) {
        do throws(CSVError) {
            try self.init(csv: bytes)
        } catch {
            preconditionFailure("an embedded catalogue cannot be read: \(error.message)")
        }
    }

    /// The keys, sorted.
    package var keys: [String] { entries.keys.sorted() }

    /// The words behind a key with their gaps, or nil.
    package func template(_ key: String, _ language: Language) -> String? {
        entries[key]?[language]
    }

    /// The words of a phrase.
    ///
    /// - Parameters:
    ///   - phrase: the phrase.
    ///   - language: the reader's language.
    /// - Returns: the words; the key itself if the catalogue has none.
    package func text(_ phrase: Phrase, in language: Language) -> String {
        guard let template = template(phrase.key, language) else { return phrase.key }
        return MessageCatalogue.fill(template, phrase.arguments)
    }

    /// Puts words into the gaps of a template.
    ///
    /// - Parameters:
    ///   - template: the template with `{0}`, `{1}` and so on.
    ///   - words: what stands in the gaps.
    /// - Returns: the text.
    static func fill(_ template: String, _ words: [String]) -> String {
        guard template.contains("{") else { return template }
        var text = ""
        var rest = template[...]
        // Gap by gap from the left, so that a brace in an argument is not taken for a gap.
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            let digits = rest[open...].dropFirst().prefix { $0 != "}" }
            if let place = Int(digits), words.indices.contains(place) {
                text += words[place]
            }
            rest = rest[digits.endIndex...].dropFirst()
        }
        return text + rest
    }
}
