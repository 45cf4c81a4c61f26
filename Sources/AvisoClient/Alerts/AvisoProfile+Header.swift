import Alerts
import Base
import EventLoop

extension AvisoProfile {
    /// Checks a draft as sealing does, without sealing it; its groups are read over HTTPS.
    ///
    /// - Throws: as ``seal(_:)``.
    public func check(_ draft: AlertDraft) throws(AvisoError) {
        try check(draft, to: try groups(named: draft.groups))
    }

    /// The signed header of a draft whose form, labels and citations keep every rule.
    ///
    /// - Parameters:
    ///   - draft: the draft.
    ///   - now: the time of issue, which deadlines are counted from.
    ///   - attachments: what its files became; nothing before they are encrypted.
    /// - Returns: the header.
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput``.
    func checkedHeader(
        of draft: AlertDraft,
        now: WallTime,
        attachments: [AttachmentReference] = []
    ) throws(AvisoError) -> AlertHeader {
        let header = try header(of: draft, now, attachments)
        do throws(AlertForm.Failure) {
            let form = try AlertForm.read(draft.form[...], header: header, reference: reference)
            let problems = classProblems(form, header, now)
            guard problems.isEmpty else { throw .invalid(problems) }
        } catch {
            let language = Language(rawValue: draft.language) ?? .english
            throw AvisoError(
                .invalidInput,
                error.messages(in: language).joined(separator: "\n")
            )
        }
        do throws(AlertHeaderError) {
            try LabelPolicy.standard.check(header)
            try LabelPolicy.standard.checkKind(of: header)
            for reference in header.references {
                let alert = reference.alert.urn
                guard let status = knownStatus(of: alert) else { continue }
                try header.checkStatus(ofCited: status, alert: alert)
            }
        } catch {
            throw AvisoError(.invalidInput, error.wording)
        }
        _ = try expiry(of: draft, header, now: now)
        return header
    }

    /// When an alert is to lose its meaning: after the time of the draft, or when its form says.
    ///
    /// - Throws: ``AvisoError`` with ``AvisoError/Code/invalidInput`` if both say it, since a
    ///   reader of the header would believe the one and a reader of the form the other.
    func expiry(
        of draft: AlertDraft,
        _ header: AlertHeader,
        now: WallTime
    ) throws(AvisoError) -> WallTime? {
        let form = try? JSONValue(parsing: draft.form[...])
        let told = form.flatMap { AlertForm.expiry(of: $0, header) }
        guard let seconds = draft.expiresAfterSeconds else { return told }
        if let told {
            throw AvisoError(
                .invalidInput,
                "an interdiction expires when its form says, at \(RFC3339.format(told)): leave the "
                    + "other time out"
            )
        }
        let secondsMax = (Self.lastMilliseconds - now.milliseconds) / 1000
        guard seconds <= secondsMax else {
            throw AvisoError(
                .invalidInput,
                "an alert cannot expire \(seconds) seconds from now: the years end with 9999"
            )
        }
        return now.adding(milliseconds: seconds * 1000)
    }

    // What the years of RFC 3339 can write, which also is far from what overflows.
    private static let lastMilliseconds: UInt64 = 253_402_300_799_000

    private func header(
        of draft: AlertDraft,
        _ now: WallTime,
        _ attachments: [AttachmentReference]
    ) throws(AvisoError) -> AlertHeader {
        guard let channel = Channel(rawValue: draft.channel) else {
            throw AvisoError(.invalidInput, "there is no channel \(draft.channel)")
        }
        guard let kind = AlertKind(rawValue: draft.kind), kind.channel == channel else {
            throw AvisoError(.invalidInput, "channel \(channel) has no kind \(draft.kind)")
        }
        let form = try? JSONValue(parsing: draft.form[...])
        do throws(AlertHeaderError) {
            let recipients = try list(draft.recipients, "to", "an agency such as CO:PONAL") {
                AgencyID($0)
            }
            let message = try value(draft.message, "message", "a type of message") {
                MessageType(rawValue: $0)
            }
            let isInterim =
                message == .answer && form.map { AlertForm.isInterim($0) } ?? false
            return try AlertHeader(
                kind: kind,
                to: recipients,
                tlp: try value(draft.tlp, "tlp", "a label of TLP 2.0") { TLP(label: $0) },
                status: try value(draft.status, "status", "actual, exercise or test") {
                    Status(rawValue: $0)
                },
                message: message,
                groups: draft.groups,
                pap: try optional(draft.pap, "pap", "RED, AMBER, GREEN or CLEAR") {
                    PAP(rawValue: $0.hasPrefix("PAP:") ? $0 : "PAP:" + $0)
                },
                handling: try list(draft.handling, "handling", "H0, H1, H2, or H3: with a text") {
                    HandlingCode(rawValue: $0)
                },
                evaluation: try evaluation(of: draft),
                urgency: try optional(draft.urgency, "urgency", "an urgency of CAP") {
                    Urgency(rawValue: $0)
                },
                references: try references(draft.references, digests: draft.digests)
                    + references(draft.sources, role: .source)
                    + references(draft.consents, role: .consent),
                replyBy: try due(
                    choice(draft.replyBy) ?? formClass(form, kind, message),
                    "reply-by",
                    recipients,
                    now
                ),
                acknowledgeBy: try due(
                    choice(draft.acknowledgeBy),
                    "acknowledge-by",
                    recipients,
                    now
                ),
                isInterim: isInterim,
                attachments: attachments
            )
        } catch {
            throw AvisoError(.invalidInput, error.wording)
        }
    }

    private func references(
        _ texts: [String],
        digests: [String: String] = [:],
        role: AlertReference.Role? = nil
    ) throws(AlertHeaderError) -> [AlertReference] {
        try list(texts, "references", "the URN of an alert") { text in
            guard let alert = UUID(urn: text) else { return nil }
            guard let hex = digests[text] else { return AlertReference(alert: alert, role: role) }
            guard let digest = Hex.decode(hex).flatMap({ Digest($0) }) else { return nil }
            return AlertReference(alert: alert, statement: digest, role: role)
        }
    }

    // What the form says is signed too, so that it is seen before the alert is opened.
    private func evaluation(of draft: AlertDraft) throws(AlertHeaderError) -> Evaluation? {
        if let text = draft.evaluation {
            return try value(text, "evaluation", "a source of A, B, C or X and 1 to 4") {
                Evaluation(rawValue: $0)
            }
        }
        guard let form = try? JSONValue(parsing: draft.form[...]),
            let inner = form.objectValue?["evaluation"]?.objectValue,
            let source = inner["source"]?.stringValue,
            let information = inner["information"]?.numberValue.flatMap({ Int(exactly: $0) })
        else { return nil }
        return Evaluation(rawValue: "\(source)\(information)")
    }

    private func value<T>(
        _ text: String,
        _ key: String,
        _ rule: Wording,
        _ read: (String) -> T?
    ) throws(AlertHeaderError) -> T {
        guard let value = read(text) else {
            throw .invalid(key: key, value: text, rule: "it is not \(rule)")
        }
        return value
    }

    private func optional<T>(
        _ text: String?,
        _ key: String,
        _ rule: Wording,
        _ read: (String) -> T?
    ) throws(AlertHeaderError) -> T? {
        guard let text else { return nil }
        return try value(text, key, rule, read)
    }

    private func list<T>(
        _ texts: [String],
        _ key: String,
        _ rule: Wording,
        _ read: (String) -> T?
    ) throws(AlertHeaderError) -> [T] {
        var values: [T] = []
        for text in texts { values.append(try value(text, key, rule, read)) }
        return values
    }
}
