import Base
package import COSE

/// The keys of the map, as `Docs/PROTOCOL.md` lists them.
private enum Key: String {
    case channel, kind, status, message, to, groups, tlp, pap, handling, evaluation, urgency
    case references, attachments, interim
    case replyBy = "reply-by"
    case acknowledgeBy = "acknowledge-by"
}

extension AlertHeader {
    /// Reads the map that stands behind `aviso` in a statement's protected header.
    ///
    /// - Parameter cbor: the map.
    /// - Throws: ``AlertHeaderError`` for a key that is unknown, missing or of another type, and
    ///   for a value that breaks a rule.
    package init(cbor: CBORValue) throws(AlertHeaderError) {
        guard let map = cbor.mapValue else { throw .notAMap }
        var fields = Fields()
        for pair in map.pairs {
            guard let name = pair.key.textValue, let key = Key(rawValue: name) else {
                throw .unknownKey(AlertHeader.quoted(pair.key))
            }
            try fields.read(key, pair.value)
        }
        let kind = try AlertHeader.required(fields.kind, .kind)
        let channel = try AlertHeader.required(fields.channel, .channel)
        guard kind.channel == channel else {
            throw .invalid(
                key: Key.kind.rawValue,
                value: kind.rawValue,
                rule: "it belongs to the channel \(kind.channel), not \(channel)"
            )
        }
        try self.init(
            kind: kind,
            to: AlertHeader.required(fields.to, .to),
            tlp: AlertHeader.required(fields.tlp, .tlp),
            status: AlertHeader.required(fields.status, .status),
            message: AlertHeader.required(fields.message, .message),
            groups: fields.groups,
            pap: fields.pap,
            handling: fields.handling,
            evaluation: fields.evaluation,
            urgency: fields.urgency,
            references: fields.references,
            replyBy: fields.replyBy,
            acknowledgeBy: fields.acknowledgeBy,
            isInterim: fields.isInterim,
            attachments: fields.attachments
        )
    }

    /// The map that stands behind `aviso` in a statement's protected header.
    package var cbor: CBORValue {
        var map = CBORMap()
        func append(_ key: Key, _ value: CBORValue) {
            map.append(.text(key.rawValue), value)
        }
        append(.channel, .text(channel.rawValue))
        append(.kind, .text(kind.rawValue))
        append(.status, .text(status.rawValue))
        append(.message, .text(message.rawValue))
        append(.to, .array(to.map { .text($0.description) }))
        append(.tlp, .text(tlp.rawValue))
        if !groups.isEmpty { append(.groups, .array(groups.map { .text($0) })) }
        if let pap { append(.pap, .text(pap.rawValue)) }
        if !handling.isEmpty { append(.handling, .array(handling.map { .text($0.rawValue) })) }
        if let evaluation { append(.evaluation, .text(evaluation.rawValue)) }
        if let urgency { append(.urgency, .text(urgency.rawValue)) }
        if !references.isEmpty { append(.references, .array(references.map(\.cbor))) }
        if let replyBy { append(.replyBy, .unsigned(replyBy.seconds)) }
        if let acknowledgeBy { append(.acknowledgeBy, .unsigned(acknowledgeBy.seconds)) }
        if isInterim { append(.interim, .boolean(true)) }
        if !attachments.isEmpty { append(.attachments, .array(attachments.map(\.cbor))) }
        return .map(map)
    }

    private static func required<T>(_ value: T?, _ key: Key) throws(AlertHeaderError) -> T {
        guard let value else { throw .missing(key: key.rawValue) }
        return value
    }

    /// A value as an error shows it: what was there, cut to a length that suits a sentence.
    fileprivate static func quoted(_ value: CBORValue) -> String {
        switch value {
        case .text(let text): String(text.prefix(utf8: 64))
        case .unsigned(let number): String(number)
        case .negative, .bytes, .array, .map, .tagged, .boolean, .null, .undefined, .double:
            "of a wrong type"
        }
    }
}

/// The fields while a map is read, each still possibly absent.
private struct Fields {
    var channel: Channel?
    var kind: AlertKind?
    var status: Status?
    var message: MessageType?
    var to: [AgencyID]?
    var groups: [String] = []
    var tlp: TLP?
    var pap: PAP?
    var handling: [HandlingCode] = []
    var evaluation: Evaluation?
    var urgency: Urgency?
    var references: [AlertReference] = []
    var replyBy: WallTime?
    var acknowledgeBy: WallTime?
    var isInterim = false
    var attachments: [AttachmentReference] = []

    mutating func read(_ key: Key, _ value: CBORValue) throws(AlertHeaderError) {
        switch key {
        case .channel: channel = try word(key, value)
        case .kind: kind = try word(key, value)
        case .status: status = try word(key, value)
        case .message: message = try word(key, value)
        case .tlp: tlp = try word(key, value)
        case .pap: pap = try word(key, value)
        case .evaluation: evaluation = try word(key, value)
        case .urgency: urgency = try word(key, value)
        case .to:
            to = try list(key, value, "it is not an agency such as CO:PONAL") { item in
                item.textValue.flatMap { AgencyID($0) }
            }
        case .groups:
            groups = try list(key, value, "it is not a group's name", \.textValue)
        case .handling:
            handling = try list(key, value, "it is not H0, H1, H2 or H3: with a text") { item in
                item.textValue.flatMap { HandlingCode(rawValue: $0) }
            }
        case .references:
            references = try list(key, value, "it is not a citation of an alert") { item in
                AlertReference(cbor: item)
            }
        case .attachments:
            attachments = try list(key, value, "it is not digest, size and type of a file") {
                item in AttachmentReference(cbor: item)
            }
        case .replyBy: replyBy = try time(key, value)
        case .acknowledgeBy: acknowledgeBy = try time(key, value)
        case .interim:
            // False is said by leaving it out, so that there is one encoding.
            guard value == .boolean(true) else { throw invalid(key, value, "it is not true") }
            isInterim = true
        }
    }

    private func time(_ key: Key, _ value: CBORValue) throws(AlertHeaderError) -> WallTime {
        guard let seconds = value.unsignedValue else {
            throw invalid(key, value, "it is not a time in whole seconds since 1970")
        }
        return WallTime(seconds: seconds)
    }

    private func word<T: RawRepresentable<String>>(
        _ key: Key,
        _ value: CBORValue
    ) throws(AlertHeaderError) -> T {
        guard let word = value.textValue.flatMap({ T(rawValue: $0) }) else {
            throw invalid(key, value, "it is not one of the values that \(key.rawValue) can have")
        }
        return word
    }

    private func list<T>(
        _ key: Key,
        _ value: CBORValue,
        _ rule: Wording,
        _ read: (CBORValue) -> T?
    ) throws(AlertHeaderError) -> [T] {
        guard let items = value.arrayValue, !items.isEmpty else {
            throw invalid(key, value, "it is not a list with at least one item")
        }
        var list: [T] = []
        list.reserveCapacity(items.count)
        for item in items {
            guard let element = read(item) else { throw invalid(key, item, rule) }
            list.append(element)
        }
        return list
    }

    private func invalid(_ key: Key, _ value: CBORValue, _ rule: Wording) -> AlertHeaderError {
        .invalid(key: key.rawValue, value: AlertHeader.quoted(value), rule: rule)
    }
}

extension AlertReference {
    fileprivate init?(cbor: CBORValue) {
        guard let map = cbor.mapValue, let urn = map["alert"]?.textValue,
            let alert = UUID(urn: urn)
        else { return nil }
        let digest = map["digest"].map { $0.bytesValue.flatMap { Digest($0) } }
        let role = map["role"].map { $0.textValue.flatMap { Role(rawValue: $0) } }
        // What is there must be right, and nothing else may be there.
        guard digest != .some(nil), role != .some(nil),
            map.pairs.count == 1 + (digest == nil ? 0 : 1) + (role == nil ? 0 : 1)
        else { return nil }
        self.init(alert: alert, statement: digest ?? nil, role: role ?? nil)
    }

    fileprivate var cbor: CBORValue {
        var map = CBORMap([CBORMap.Pair(.text("alert"), .text(alert.urn))])
        if let statement { map.append(.text("digest"), .bytes(statement.bytes)) }
        if let role { map.append(.text("role"), .text(role.rawValue)) }
        return .map(map)
    }
}

extension AttachmentReference {
    fileprivate init?(cbor: CBORValue) {
        guard let map = cbor.mapValue, map.pairs.count == 3,
            let digest = map["digest"]?.bytesValue.flatMap({ Digest($0) }),
            let byteCount = map["size"]?.unsignedValue, let mediaType = map["type"]?.textValue
        else { return nil }
        self.init(digest: digest, byteCount: byteCount, mediaType: mediaType)
    }

    fileprivate var cbor: CBORValue {
        .map(
            CBORMap([
                CBORMap.Pair(.text("digest"), .bytes(digest.bytes)),
                CBORMap.Pair(.text("size"), .unsigned(byteCount)),
                CBORMap.Pair(.text("type"), .text(mediaType)),
            ])
        )
    }
}
