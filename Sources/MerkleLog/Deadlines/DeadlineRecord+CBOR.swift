import Base
package import COSE

/// Records as a snapshot and an auditor's state keep them.
extension DeadlineRecord {
    private static let limits = CBORLimits(itemCountMax: 4096)

    /// The encoding.
    package func encode(using coding: any CBORCoding) -> [UInt8] {
        var identifier: [UInt8] = []
        identifier.append(bigEndian: alert.high)
        identifier.append(bigEndian: alert.low)
        return coding.encode(
            .array([
                .unsigned(index), .bytes(identifier), .text(author), .text(channel), .text(status),
                .unsigned(acceptedAt.milliseconds), .array(recipients.map { .text($0) }),
                reply?.cbor ?? .null, acknowledgement?.cbor ?? .null,
            ])
        )
    }

    /// Reads a record; nil for bytes that are none.
    package init?(decoding bytes: ArraySlice<UInt8>, using coding: any CBORCoding) {
        guard let items = try? coding.decode(bytes, limits: Self.limits).arrayValue,
            items.count == 9, let index = items[0].unsignedValue,
            let identifier = items[1].bytesValue, let author = items[2].textValue,
            let channel = items[3].textValue, let status = items[4].textValue,
            let milliseconds = items[5].unsignedValue, let names = items[6].arrayValue
        else { return nil }
        var reader = ByteReader(identifier)
        guard let high = reader.readInteger(as: UInt64.self),
            let low = reader.readInteger(as: UInt64.self), reader.isAtEnd
        else { return nil }
        let recipients = names.compactMap(\.textValue)
        guard recipients.count == names.count,
            let reply = Deadline.read(items[7], recipients.count),
            let acknowledgement = Deadline.read(items[8], recipients.count)
        else { return nil }
        // An author that named itself was asked itself in records of before.
        let places = recipients.indices.filter { recipients[$0] != author }
        self.init(
            index: index,
            alert: UUID(high: high, low: low),
            author: author,
            channel: channel,
            status: status,
            acceptedAt: WallTime(milliseconds: milliseconds),
            recipients: places.map { recipients[$0] },
            reply: reply.map { $0.keeping(places) },
            acknowledgement: acknowledgement.map { $0.keeping(places) }
        )
    }
}

extension Deadline {
    fileprivate func keeping(_ places: [Int]) -> Deadline {
        var deadline = self
        deadline.replies = places.map { replies[$0] }
        return deadline
    }

    fileprivate var cbor: CBORValue {
        .array([
            .unsigned(due.seconds), .text(state.rawValue), .optional(changedBy),
            .boolean(isReminded), .array(replies.map(\.cbor)),
        ])
    }

    // The outer nil is for what is no deadline, the inner one for none.
    fileprivate static func read(_ value: CBORValue, _ recipientCount: Int) -> Deadline?? {
        guard value != .null else { return .some(nil) }
        guard let items = value.arrayValue, items.count == 5, let due = items[0].unsignedValue,
            let state = items[1].textValue.flatMap(State.init),
            case .boolean(let isReminded) = items[3], let list = items[4].arrayValue
        else { return nil }
        let replies = list.compactMap { Reply($0) }
        guard replies.count == recipientCount, list.count == recipientCount else { return nil }
        var deadline = Deadline(due: WallTime(seconds: due), recipientCount: recipientCount)
        deadline.state = state
        deadline.changedBy = items[2].unsignedValue
        deadline.isReminded = isReminded
        deadline.replies = replies
        return deadline
    }
}

extension Deadline.Reply {
    fileprivate var cbor: CBORValue {
        .array([.optional(index), .optional(interim), .boolean(isLate), .boolean(isNoted)])
    }

    fileprivate init?(_ value: CBORValue) {
        guard let items = value.arrayValue, items.count == 4,
            case .boolean(let isLate) = items[2], case .boolean(let isNoted) = items[3]
        else { return nil }
        self.init(
            index: items[0].unsignedValue,
            interim: items[1].unsignedValue,
            isLate: isLate,
            isNoted: isNoted
        )
    }
}

extension CBORValue {
    fileprivate static func optional(_ number: UInt64?) -> CBORValue {
        number.map { .unsigned($0) } ?? .null
    }
}
