package import Base

/// An alert as the Common Alerting Protocol 1.2 (OASIS, 1 July 2010) can carry it.
///
/// The texts for people become `info` blocks; every other field of the form becomes a `parameter`
/// named by its path, so that nothing is lost between two stations of Aviso.
package struct CAPAlert: Hashable, Sendable {
    /// The namespace of CAP 1.2.
    package static let namespace = "urn:oasis:names:tc:emergency:cap:1.2"

    static let parameterPrefix = "aviso:"

    /// What CAP calls the statements that it can carry; it knows no requests and no answers.
    static let messageTypes: [(message: MessageType, name: String)] = [
        (.alert, "Alert"), (.update, "Update"), (.cancel, "Cancel"), (.acknowledgement, "Ack"),
    ]

    /// The citation of an earlier alert (CAP 1.2 3.2.1, `references`).
    package struct Citation: Hashable, Sendable {
        /// The author of the cited alert.
        package let sender: String
        /// Its identifier.
        package let identifier: String
        /// When it was sent.
        package let sent: WallTime

        /// Makes a citation.
        package init(sender: String, identifier: String, sent: WallTime) {
            self.sender = sender
            self.identifier = identifier
            self.sent = sent
        }

        var text: String { "\(sender),\(identifier),\(CAPAlert.dateTime(sent))" }
    }

    /// The identifier: no white space, commas, `<` or `&` (CAP 1.2 3.2.1).
    package let identifier: String
    /// The author, under the same rule.
    package let sender: String
    /// When it was sent.
    package let sent: WallTime
    /// Whether it is meant.
    package let status: Status
    /// What the statement does; see ``messageTypes``.
    package let message: MessageType
    /// The alerts that it updates, withdraws or acknowledges.
    package let references: [Citation]
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
    /// - Throws: ``CAPError`` for an identifier or sender that CAP cannot carry, for a statement
    ///   that it does not know or that cites nothing, and for a form without texts for people.
    package init(
        identifier: String,
        sender: String,
        sent: WallTime,
        status: Status,
        message: MessageType = .alert,
        references: [Citation] = [],
        addresses: [String],
        tlp: TLP,
        kind: AlertKind,
        form: JSONValue
    ) throws(CAPError) {
        for (name, text) in [("identifier", identifier), ("sender", sender)]
        where !CAPAlert.isName(text) {
            throw CAPError(
                message: "\(name) is \(text.prefix(utf8: 64)): no spaces, commas, < or & may "
                    + "stand in it"
            )
        }
        guard !addresses.isEmpty, addresses.allSatisfy(CAPAlert.isName) else {
            throw CAPError(message: "addresses: a private alert names at least one agency")
        }
        guard CAPAlert.messageTypes.contains(where: { $0.message == message }) else {
            throw CAPError(
                message: "message is \(message.rawValue): CAP has no such type of message"
            )
        }
        // What withdraws or acknowledges has a note instead of texts.
        let isAbout = message == .cancel || message == .acknowledgement
        guard isAbout || form.objectValue?["info"]?.arrayValue?.isEmpty == false else {
            throw CAPError(message: "info: it is missing")
        }
        guard message == .alert || !references.isEmpty else {
            throw CAPError(message: "references: it is missing")
        }
        self.identifier = identifier
        self.sender = sender
        self.sent = sent
        self.status = status
        self.message = message
        self.references = references
        self.addresses = addresses
        self.tlp = tlp
        self.kind = kind
        self.form = form
    }

    /// Reads citations: triples of sender, identifier and time, with white space between them.
    ///
    /// - Throws: ``CAPError`` naming the triple that is none.
    package static func citations(_ text: String) throws(CAPError) -> [Citation] {
        var citations: [Citation] = []
        for triple in text.split(whereSeparator: \.isWhitespace) {
            let parts = triple.split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            guard parts.count == 3, isName(parts[0]), isName(parts[1]),
                let sent = RFC3339.parse(parts[2])
            else {
                throw CAPError(
                    message: "references is \(triple.prefix(utf8: 128)): sender,identifier,sent is "
                        + "expected"
                )
            }
            citations.append(Citation(sender: parts[0], identifier: parts[1], sent: sent))
        }
        guard citations.count <= AlertHeader.Limits.referencesCountMax else {
            throw CAPError(
                message: "references: \(AlertHeader.Limits.referencesCountMax) are allowed"
            )
        }
        return citations
    }

    /// The field of the form that stands in `note`, for what has no texts of its own.
    var noteField: String? {
        switch message {
        case .cancel: "reason"
        case .acknowledgement: "note"
        default: nil
        }
    }

    /// CAP 1.2 3.2.1: identifier and sender hold no spaces, commas or restricted characters.
    static func isName(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && !text.unicodeScalars.contains { scalar in
                scalar.properties.isWhitespace || ",<&".unicodeScalars.contains(scalar)
                    // XML has no such characters: they would be lost on the way.
                    || scalar.properties.generalCategory == .control
            }
    }

    /// A moment as CAP 1.2 3.3.2 writes it: with an offset, never with `Z`.
    static func dateTime(_ time: WallTime) -> String {
        RFC3339.format(time).prefix(19) + "-00:00"
    }
}
