/// A language that people read Aviso in.
package enum Language: String, CaseIterable, Hashable, Sendable {
    /// Spanish.
    case spanish = "es"
    /// English.
    case english = "en"
    /// Portuguese.
    case portuguese = "pt"
    /// French.
    case french = "fr"

    /// Finds the language of a locale, if it is one of those.
    ///
    /// - Parameter locale: a name such as `es_CO.UTF-8`, `pt-BR` or `fr`.
    package init?(locale: String) {
        let word = locale.prefix { $0 != "_" && $0 != "-" && $0 != "." && $0 != "@" }
        self.init(rawValue: word.lowercased())
    }
}
