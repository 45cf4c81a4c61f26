/// A sentence that stands in the code in English, and that catalogues have in the other languages.
///
/// It is written like any string: `"there is no kind \(name)"` is the template
/// `there is no kind {0}` with one argument. The template is the key of the catalogue; what it
/// does not have is said in English. Arguments are never translated, unless they are such
/// sentences themselves.
package struct Wording: Hashable, Sendable {
    /// What stands in a gap.
    package enum Argument: Hashable, Sendable {
        /// A name, a number, or what others have written.
        case text(String)
        /// A sentence, said in the same language.
        case wording(Wording)
    }

    /// The English words, with `{0}`, `{1}` and so on for what differs from case to case.
    package let template: String
    /// What stands in the gaps.
    package let arguments: [Argument]

    /// Makes a sentence of its parts.
    package init(template: String, arguments: [Argument]) {
        self.template = template
        self.arguments = arguments
    }

    /// A sentence that came as it is, and that no catalogue has.
    package init(verbatim text: String) {
        self.init(template: "{0}", arguments: [.text(text)])
    }

    /// The sentence in English.
    package var english: String { text(in: .english) }

    /// The sentence in a language.
    ///
    /// - Parameters:
    ///   - language: the reader's language.
    ///   - catalogues: where to look for it, the first first.
    /// - Returns: the words; in English where no catalogue has them.
    package func text(
        in language: Language,
        from catalogues: [MessageCatalogue] = [.messages]
    ) -> String {
        let words = arguments.map { argument in
            switch argument {
            case .text(let text): text
            case .wording(let wording): wording.text(in: language, from: catalogues)
            }
        }
        guard language != .english else { return MessageCatalogue.fill(template, words) }
        for catalogue in catalogues {
            guard let template = catalogue.template(template, language) else { continue }
            return MessageCatalogue.fill(template, words)
        }
        return MessageCatalogue.fill(template, words)
    }

    /// Two sentences, one behind the other.
    package static func + (left: Wording, right: Wording) -> Wording {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        interpolation.append(left)
        interpolation.append(right)
        return Wording(stringInterpolation: interpolation)
    }
}

extension Wording: ExpressibleByStringInterpolation {
    /// Makes a sentence without gaps.
    package init(stringLiteral value: String) {
        self.init(template: value, arguments: [])
    }

    /// Makes a sentence with gaps.
    package init(stringInterpolation: StringInterpolation) {
        self.init(
            template: stringInterpolation.template,
            arguments: stringInterpolation.arguments
        )
    }

    /// Collects the words and what stands in the gaps.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var arguments: [Argument] = []

        /// Begins without words.
        package init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds words.
        package mutating func appendLiteral(_ literal: String) {
            template += literal
        }

        /// Adds a gap with another sentence in it.
        package mutating func appendInterpolation(_ wording: Wording) {
            add(.wording(wording))
        }

        /// Adds a gap with a name or a number in it.
        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            add(.text(value.description))
        }

        fileprivate mutating func append(_ wording: Wording) {
            // The gaps of what is added count on from those that are there.
            template += MessageCatalogue.fill(
                wording.template,
                wording.arguments.indices.map { "{\(arguments.count + $0)}" }
            )
            arguments += wording.arguments
        }

        private mutating func add(_ argument: Argument) {
            template += "{\(arguments.count)}"
            arguments.append(argument)
        }
    }
}

extension Wording: CustomStringConvertible {
    /// The sentence in English.
    package var description: String { english }
}
