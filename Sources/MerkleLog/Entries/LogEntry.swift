package import Base
package import COSE

/// What an entry records.
package enum EntryType: String, CaseIterable, Hashable, Sendable {
    /// Entry 0: the log's origin and key.
    case genesis
    /// A change of the rules.
    case policy
    /// A member added, changed or removed.
    case directory
    /// An alert that was accepted.
    case alert
    /// A change of a durable session.
    case session
    /// What a session has acknowledged.
    case delivery
    /// An attempt that was refused.
    case refusal
    /// A message on an opaque channel.
    case opaque
    /// The erasure of a content.
    case redaction
    /// A deadline that comes near, has passed, or was answered late.
    case deadline
    /// The definition of a group, its change or its end.
    case group
    /// A mark that the state was saved beside the log.
    case snapshot
}

/// The body of an entry, by its type.
package enum EntryBody: Hashable, Sendable {
    /// Entry 0.
    case genesis(GenesisBody)
    /// A member added, changed or removed.
    case directory(DirectoryBody)
    /// An alert that was accepted.
    case alert(AlertEntryBody)
    /// A change of a durable session.
    case session(SessionBody)
    /// What a session has acknowledged.
    case delivery(DeliveryBody)
    /// An attempt that was refused.
    case refusal(RefusalBody)
    /// A message on an opaque channel.
    case opaque(OpaqueBody)
    /// A mark that the state was saved beside the log.
    case snapshot(SnapshotBody)
    /// Another key signs the log from here on.
    case policy(PolicyBody)
    /// A statement on the erasure of an alert's content; its counts are those of the alert, for the
    /// agencies that are told or that confirm.
    case redaction(AlertEntryBody)
    /// A deadline that comes near, has passed, or was answered late.
    case deadline(DeadlineBody)
    /// A statement that defines, changes or dissolves a group; it has no counts.
    case group(AlertEntryBody)

    /// The type.
    package var type: EntryType {
        switch self {
        case .genesis: .genesis
        case .directory: .directory
        case .alert: .alert
        case .session: .session
        case .delivery: .delivery
        case .refusal: .refusal
        case .opaque: .opaque
        case .snapshot: .snapshot
        case .policy: .policy
        case .redaction: .redaction
        case .deadline: .deadline
        case .group: .group
        }
    }
}

/// The statements that get a receipt when they become entries.
package enum ReceiptedType: Hashable, Sendable {
    /// An alert.
    case alert
    /// A statement on the erasure of a content.
    case redaction
    /// A statement on a group.
    case group
}

extension EntryBody {
    /// The body that records a signed statement.
    init(_ type: ReceiptedType, _ body: AlertEntryBody) {
        switch type {
        case .alert: self = .alert(body)
        case .redaction: self = .redaction(body)
        case .group: self = .group(body)
        }
    }
}

/// Why bytes are no entry.
package struct LogEntryError: Error, Hashable, Sendable {
    /// What is wrong.
    package let message: String
}

/// One entry of the log: `[version, type, time, body]`.
package struct LogEntry: Hashable, Sendable {
    /// The version of the format.
    package static let version: UInt64 = 1
    /// The most bytes of an entry, which is tlog-tiles' bound.
    package static let byteCountMax = 65_535
    /// What the CBOR of an entry may have.
    package static let limits = CBORLimits(itemCountMax: 8192)
    // What most entries fit in.
    private static let usualByteCount = 1024

    /// When it was sequenced.
    package let time: WallTime
    /// What it records.
    package let body: EntryBody

    /// Makes an entry.
    package init(time: WallTime, body: EntryBody) {
        self.time = time
        self.body = body
    }

    /// Reads an entry.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(LogEntryError) {
        guard bytes.count <= Self.byteCountMax else {
            throw LogEntryError(message: "the entry has more than \(Self.byteCountMax) bytes")
        }
        let value: CBORValue
        do throws(CBORError) {
            value = try coding.decode(bytes, limits: Self.limits)
        } catch {
            throw LogEntryError(message: "the entry is no CBOR: \(error)")
        }
        guard let items = value.arrayValue, items.count == 4,
            items[0].unsignedValue == Self.version,
            let type = items[1].textValue.flatMap(EntryType.init),
            let milliseconds = items[2].unsignedValue, let map = items[3].mapValue
        else { throw LogEntryError(message: "the entry is not [1, type, time, body]") }
        time = WallTime(milliseconds: milliseconds)
        body = try EntryBody(type: type, fields: BodyFields(map))
    }

    /// The encoding, which the leaf is the hash of.
    package func encode(using coding: any CBORCoding) -> [UInt8] {
        var writer = CBORWriter(byteCount: Self.usualByteCount, using: coding)
        writer.array(4)
        writer.unsigned(Self.version)
        writer.text(body.type.rawValue)
        writer.unsigned(time.milliseconds)
        body.write(to: &writer)
        return writer.bytes
    }
}

extension EntryBody {
    init(type: EntryType, fields: BodyFields) throws(LogEntryError) {
        switch type {
        case .genesis: self = .genesis(try GenesisBody(fields))
        case .directory: self = .directory(try DirectoryBody(fields))
        case .alert: self = .alert(try AlertEntryBody(fields))
        case .session: self = .session(try SessionBody(fields))
        case .delivery: self = .delivery(try DeliveryBody(fields))
        case .refusal: self = .refusal(try RefusalBody(fields))
        case .opaque: self = .opaque(try OpaqueBody(fields))
        case .snapshot: self = .snapshot(try SnapshotBody(fields))
        case .policy: self = .policy(try PolicyBody(fields))
        case .redaction: self = .redaction(try AlertEntryBody(fields))
        case .deadline: self = .deadline(try DeadlineBody(fields))
        case .group: self = .group(try AlertEntryBody(fields))
        }
    }

    func write(to writer: inout CBORWriter) {
        switch self {
        case .alert(let body), .redaction(let body), .group(let body): body.write(to: &writer)
        case .genesis(let body): writer.value(body.cbor)
        case .directory(let body): writer.value(body.cbor)
        case .session(let body): writer.value(body.cbor)
        case .delivery(let body): writer.value(body.cbor)
        case .refusal(let body): writer.value(body.cbor)
        case .opaque(let body): writer.value(body.cbor)
        case .snapshot(let body): writer.value(body.cbor)
        case .policy(let body): writer.value(body.cbor)
        case .deadline(let body): writer.value(body.cbor)
        }
    }
}
