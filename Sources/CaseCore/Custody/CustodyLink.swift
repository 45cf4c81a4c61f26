import Base

/// One statement of a chain of custody, with what its content says.
package struct CustodyLink: Hashable, Sendable {
    /// What is known of the content.
    package enum Content: Hashable, Sendable {
        /// It was opened, and is what its author signed.
        case form(CustodyForm)
        /// This agency cannot open it, or it was erased.
        case unreadable(String)
        /// It is not what its author signed, or breaks the rules of its form.
        case invalid(String)
    }

    /// The statement.
    package let statement: CaseStatement
    /// What is known of the content.
    package let content: Content

    /// Makes a link.
    package init(_ statement: CaseStatement, _ content: Content) {
        self.statement = statement
        self.content = content
    }

    /// The form, where it was opened.
    package var form: CustodyForm? { if case .form(let form) = content { form } else { nil } }
}

/// A rule of a chain that a link breaks.
package struct CustodyBreak: Hashable, Sendable {
    /// Which rule.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The signature or the content is not the author's.
        case signature
        /// The content cannot be opened here, so that nothing of it is checked.
        case unreadable
        /// The link before it is not there, or was withdrawn.
        case missing
        /// It does not name the exact bytes of the link before it.
        case digest
        /// Another link already goes on from the link before it.
        case fork
        /// It goes on from a link that breaks a rule.
        case behind
        /// It is about another item.
        case item
        /// Neither side of the hand-over signed it, or the other side cannot read it.
        case party
        /// Who gives is not who took before.
        case handOver = "hand-over"
        /// The seals are not those of before.
        case seals
        /// The quantity is another, though the condition is said to be unchanged.
        case quantity
        /// It is earlier than the link before it.
        case time
    }

    /// Which rule.
    package let kind: Kind
    /// What was due.
    package let expected: String
    /// What the link says.
    package let found: String

    /// Makes a finding.
    package init(_ kind: Kind, expected: String, found: String) {
        self.kind = kind
        self.expected = expected
        self.found = found
    }
}
