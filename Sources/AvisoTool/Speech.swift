import Alerts
import Glibc

/// What the tool says to people, in their language; JSON output is never translated.
struct Speech: Sendable {
    /// The words of the tool.
    static let catalogue = MessageCatalogue(embedded: PackageResources.tool_csv)

    /// The reader's language.
    let language: Language

    /// Takes the language of `--lang`, or of the environment (POSIX: LC_ALL, LC_MESSAGES, LANG).
    ///
    /// - Throws: ``UsageError`` for a language that the tool does not speak.
    init(option: String?) throws(UsageError) {
        if let option {
            guard let language = Language(locale: option) else {
                throw UsageError(message: "--lang \(option) is not es, en, pt or fr")
            }
            self.language = language
            return
        }
        // The first that is set decides, even if it names a language that is not spoken here.
        let names: [String] = ["LC_ALL", "LC_MESSAGES", "LANG"]
        var locale = ""
        for name in names where locale.isEmpty {
            locale = unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
        }
        language = Language(locale: locale) ?? .english
    }

    /// The words behind a key.
    func callAsFunction(_ key: String, _ arguments: String...) -> String {
        Speech.catalogue.text(Phrase(key, arguments), in: language)
    }

    /// What stands in front of everything that shows an alert which is not meant; else nothing.
    func mark(status: String) -> String {
        status == "actual" ? "" : "*** \(self("status.\(status)")) *** "
    }
}
