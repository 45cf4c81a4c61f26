import Alerts
import Glibc

/// What the tool says to people, in their language; JSON output is never translated.
struct Speech: Sendable {
    /// The words of the tool.
    static let catalogue = MessageCatalogue(embedded: PackageResources.tool_csv)

    /// The texts of `--help` and what is said about a wrong command line, by their English words.
    static let manual = MessageCatalogue(embedded: PackageResources.manual_csv)

    /// The reader's language.
    let language: Language

    /// Takes the language of `--lang`, or that of the environment.
    ///
    /// - Throws: ``UsageError`` for a language that the tool does not speak.
    init(option: String?) throws(UsageError) {
        guard let option else {
            self.init()
            return
        }
        guard let language = Language(locale: option) else {
            throw UsageError(message: "--lang \(option) is not es, en, pt or fr")
        }
        self.init(language)
    }

    /// Takes the language of the environment (POSIX: LC_ALL, LC_MESSAGES, LANG).
    init() {
        // The first that is set decides, even if it names a language that is not spoken here.
        let names: [String] = ["LC_ALL", "LC_MESSAGES", "LANG"]
        var locale = ""
        for name in names where locale.isEmpty {
            locale = unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
        }
        self.init(Language(locale: locale) ?? .english)
    }

    private init(_ language: Language) {
        self.language = language
    }

    /// The words behind a key.
    func callAsFunction(_ key: String, _ arguments: String...) -> String {
        Speech.catalogue.text(Phrase(key, arguments), in: language)
    }

    /// A sentence that the code has in English.
    func say(_ wording: Wording) -> String {
        wording.text(in: language, from: [Speech.manual, .messages])
    }

    /// What `--help` says at length of a command; in the manual it is under the command's name.
    func discussion(of command: CommandSpecification) -> String {
        guard language != .english else { return command.discussion }
        return Speech.manual.template("discussion.\(command.name)", language)
            ?? command.discussion
    }

    /// What a part of the signed header is called; its own name where the catalogue has none.
    func label(_ name: String) -> String {
        Speech.catalogue.template("header.\(name)", language) ?? name
    }

    /// What stands in front of everything that shows an alert which is not meant, or which has
    /// lost its meaning; else nothing.
    func mark(status: String, isStale: Bool = false) -> String {
        (status == "actual" ? "" : "*** \(self("status.\(status)")) *** ")
            + (isStale ? "*** \(self("status.expired")) *** " : "")
    }
}
