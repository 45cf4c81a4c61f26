import Base

/// Why bytes are no JSON text, and where.
package struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Problem: Hashable, Sendable {
        /// The text ends too early.
        case truncated
        /// A character that cannot stand here.
        case unexpectedCharacter
        /// Something follows the value.
        case trailingText
        /// A number that is none, or that is too large.
        case number
        /// An escape that is none, or half of a pair of surrogates.
        case escape
        /// Bytes that are not UTF-8.
        case encoding
        /// The same name twice in one object, which two readers might take differently.
        case duplicateName(String)
        /// More nesting or more values than ``JSONValue/Limits`` allow.
        case tooLarge
    }

    /// What is wrong.
    package let problem: Problem
    /// The line, from 1.
    package let line: Int
    /// The column in bytes, from 1.
    package let column: Int

    /// The error as a sentence.
    package var message: String { wording.english }

    /// The same sentence, for readers of other languages.
    package var wording: Wording {
        let words: Wording =
            switch problem {
            case .truncated: "the text ends too early"
            case .unexpectedCharacter: "this character cannot stand here"
            case .trailingText: "something follows the value"
            case .number: "this is not a number of JSON"
            case .escape: "this escape does not stand for a character"
            case .encoding: "this is not UTF-8"
            case .duplicateName(let name): "the name \"\(name.prefix(utf8: 64))\" stands twice"
            case .tooLarge: "there are too many or too deeply nested values"
            }
        return "This is not JSON: line \(line), column \(column): \(words)."
    }
}
