package import Base

/// An alert as the Common Alerting Protocol 1.2 (OASIS, 1 July 2010) can carry it.
///
/// The texts for people become `info` blocks; every other field of the form becomes a `parameter`
/// named by its path, so that nothing is lost between two stations of Aviso.
package struct CAPAlert: Hashable, Sendable {
    /// The namespace of CAP 1.2.
    package static let namespace = "urn:oasis:names:tc:emergency:cap:1.2"

    static let parameterPrefix = "aviso:"

    /// The identifier: no white space, commas, `<` or `&` (CAP 1.2 3.2.1).
    package let identifier: String
    /// The author, under the same rule.
    package let sender: String
    /// When it was sent.
    package let sent: WallTime
    /// Whether it is meant.
    package let status: Status
    /// Who may read it.
    package let addresses: [String]
    /// The label.
    package let tlp: TLP
    /// The kind.
    package let kind: AlertKind
    /// The form.
    package let form: JSONValue

    /// Makes an alert.
    ///
    /// - Throws: ``CAPError`` for an identifier or sender that CAP cannot carry, and for a form
    ///   without texts for people.
    package init(
        identifier: String,
        sender: String,
        sent: WallTime,
        status: Status,
        addresses: [String],
        tlp: TLP,
        kind: AlertKind,
        form: JSONValue
    ) throws(CAPError) {
        for (name, text) in [("identifier", identifier), ("sender", sender)]
        where !CAPAlert.isName(text) {
            throw CAPError(
                message: "\(name) is \(text.prefix(64)): no spaces, commas, < or & may stand in it"
            )
        }
        guard !addresses.isEmpty, addresses.allSatisfy(CAPAlert.isName) else {
            throw CAPError(message: "addresses: a private alert names at least one agency")
        }
        guard let infos = form.objectValue?["info"]?.arrayValue, !infos.isEmpty else {
            throw CAPError(message: "info: it is missing")
        }
        self.identifier = identifier
        self.sender = sender
        self.sent = sent
        self.status = status
        self.addresses = addresses
        self.tlp = tlp
        self.kind = kind
        self.form = form
    }

    /// CAP 1.2 3.2.1: identifier and sender hold no spaces, commas or restricted characters.
    static func isName(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && !text.contains { $0.isWhitespace || $0 == "," || $0 == "<" || $0 == "&" }
    }

    /// A moment as CAP 1.2 3.3.2 writes it: with an offset, never with `Z`.
    static func dateTime(_ time: WallTime) -> String {
        RFC3339.format(time).prefix(19) + "-00:00"
    }
}
