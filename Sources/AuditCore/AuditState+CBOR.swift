import Alerts
import Base
package import COSE
import MerkleLog

/// The state as a file holds it: one CBOR map, numbers and identifiers packed into byte strings.
extension AuditState {
    // Version 1 knew no deadlines.
    private static let version: UInt64 = 2
    // Members, counts and kept notes are items of their own; all else is packed.
    private static let limits = CBORLimits(itemCountMax: 1 << 20)

    /// The encoding.
    ///
    /// - Parameters:
    ///   - origin: the name of the log.
    ///   - coding: the CBOR engine.
    /// - Returns: the bytes of the file.
    package func encode(origin: String, using coding: any CBORCoding) -> [UInt8] {
        var roots: [UInt8] = []
        for root in frontier.subtreeRoots { root.append(to: &roots) }
        var identifiers: [UInt8] = []
        identifiers.reserveCapacity(16 * alerts.count)
        var marks: [UInt8] = []
        marks.reserveCapacity(8 * alerts.count)
        for (alert, mark) in alerts.sorted(by: { $0.key < $1.key }) {
            identifiers.append(bigEndian: alert.high)
            identifiers.append(bigEndian: alert.low)
            marks.append(bigEndian: mark)
        }
        return coding.encode(
            .map([
                ("version", .unsigned(Self.version)), ("origin", .text(origin)),
                ("size", .unsigned(treeSize)), ("roots", .bytes(roots)),
                ("time", .unsigned(lastTime.milliseconds)),
                ("log-key", .bytes(logKey?.bytes ?? [])),
                ("members", .map(members.map { ($0.key, Self.encode($0.value)) })),
                ("groups", .array(groups.all.map { Self.encode($0) })),
                ("counts", .map(counts.map { ($0.key, .unsigned($0.value)) })),
                ("alerts", .bytes(identifiers)), ("marks", .bytes(marks)),
                (
                    "erasures",
                    .array(
                        erasures.sorted { $0.value.index < $1.value.index }.map {
                            Self.encode($0.key, $0.value)
                        }
                    )
                ),
                (
                    "unacknowledged",
                    .map(unacknowledged.map { ($0.key, .bytes(Self.pack($0.value))) })
                ),
                ("entries", .map(entryCounts.map { ($0.key, .unsigned($0.value)) })),
                ("kept", .array(kept.map { .bytes($0) })),
                (
                    "deadlines",
                    .array(deadlines.records.map { .bytes($0.encode(using: coding)) })
                ),
            ])
        )
    }

    /// Reads a state.
    ///
    /// The result is nil for what is no state of this log.
    ///
    /// - Parameters:
    ///   - bytes: the bytes of the file.
    ///   - origin: the name of the log.
    ///   - coding: the CBOR engine.
    package init?(decoding bytes: [UInt8], origin: String, using coding: any CBORCoding) {
        guard let map = try? coding.decode(bytes[...], limits: Self.limits).mapValue,
            map["version"]?.unsignedValue == Self.version, map["origin"]?.textValue == origin,
            let size = map["size"]?.unsignedValue, let roots = map["roots"]?.bytesValue,
            let frontier = Self.frontier(size, roots),
            let time = map["time"]?.unsignedValue, let key = map["log-key"]?.bytesValue,
            let members = map["members"]?.mapValue, let counts = map["counts"]?.mapValue,
            let alerts = map["alerts"]?.bytesValue, let entries = map["entries"]?.mapValue,
            let unacknowledged = map["unacknowledged"]?.mapValue,
            let kept = map["kept"]?.arrayValue, let deadlines = map["deadlines"]?.arrayValue
        else { return nil }
        let records = deadlines.compactMap { value in
            value.bytesValue.flatMap { DeadlineRecord(decoding: $0, using: coding) }
        }
        guard records.count == deadlines.count else { return nil }
        self.init()
        self.deadlines = DeadlineBook(records: records, reminders: .none)
        self.frontier = frontier
        lastTime = WallTime(milliseconds: time)
        logKey = Ed25519PublicKey(key)
        self.members = members.dictionary { Self.member($0) }
        // A state of before there were groups has none.
        for item in map["groups"]?.arrayValue ?? [] {
            guard Self.apply(item, to: &groups, using: coding) else { return nil }
        }
        self.counts = counts.dictionary { $0.unsignedValue }
        let words = Self.unpack(alerts)
        // A state of before there were marks has none.
        let marks = Self.unpack(map["marks"]?.bytesValue ?? [])
        guard marks.isEmpty || 2 * marks.count == words.count else { return nil }
        for place in stride(from: 0, to: words.count - words.count % 2, by: 2) {
            let alert = Base.UUID(high: words[place], low: words[place + 1])
            self.alerts[alert] = marks.isEmpty ? AlertMark.unknown : marks[place / 2]
        }
        for item in map["erasures"]?.arrayValue ?? [] {
            guard let (alert, erasure) = Self.erasure(item) else { return nil }
            erasures[alert] = erasure
        }
        self.unacknowledged = unacknowledged.dictionary { value in
            value.bytesValue.map { Set(Self.unpack($0)) }
        }
        entryCounts = entries.dictionary { $0.unsignedValue }
        self.kept = kept.compactMap { $0.bytesValue.map { Array($0) } }
    }

    private static func frontier(_ size: UInt64, _ bytes: ArraySlice<UInt8>) -> MerkleFrontier? {
        var roots: [Digest] = []
        var rest = bytes
        while let root = Digest(rest.prefix(Digest.byteCount)) {
            roots.append(root)
            rest = rest.dropFirst(Digest.byteCount)
        }
        return rest.isEmpty ? MerkleFrontier(treeSize: size, subtreeRoots: roots) : nil
    }

    private static func encode(_ member: Member) -> CBORValue {
        .map([
            ("role", .text(member.role)),
            ("signing-key", .bytes(member.signingKey?.bytes ?? [])),
            ("recipient", .boolean(member.isRecipient)),
            ("publish", .array(member.publish.sorted().map { .text($0) })),
        ])
    }

    private static func member(_ value: CBORValue) -> Member? {
        guard let map = value.mapValue, let role = map["role"]?.textValue,
            let key = map["signing-key"]?.bytesValue,
            case .boolean(let isRecipient) = map["recipient"],
            let publish = map["publish"]?.arrayValue
        else { return nil }
        return Member(
            role: role,
            signingKey: Ed25519PublicKey(key),
            isRecipient: isRecipient,
            publish: Set(publish.compactMap(\.textValue))
        )
    }

    private static func encode(_ alert: Base.UUID, _ erasure: Erasure) -> CBORValue {
        var counts: [CBORValue] = []
        for count in erasure.counts { counts += [.text(count.agency), .unsigned(count.count)] }
        return .array([
            .unsigned(alert.high), .unsigned(alert.low), .unsigned(erasure.index),
            .array(erasure.orders.map { .bytes($0.bytes) }), .array(counts),
        ])
    }

    private static func erasure(_ value: CBORValue) -> (Base.UUID, Erasure)? {
        guard let items = value.arrayValue, items.count == 5,
            let high = items[0].unsignedValue, let low = items[1].unsignedValue,
            let index = items[2].unsignedValue, let orders = items[3].arrayValue,
            let words = items[4].arrayValue, words.count.isMultiple(of: 2)
        else { return nil }
        var counts: [AlertEntryBody.Count] = []
        for place in stride(from: 0, to: words.count, by: 2) {
            guard let agency = words[place].textValue, let count = words[place + 1].unsignedValue
            else { return nil }
            counts.append(AlertEntryBody.Count(agency: agency, count: count))
        }
        let erasure = Erasure(
            index: index,
            counts: counts,
            orders: orders.compactMap { $0.bytesValue.flatMap { Digest($0) } }
        )
        return (Base.UUID(high: high, low: low), erasure)
    }

    private static func encode(_ group: GroupDirectory.Record) -> CBORValue {
        .array([.unsigned(group.index), .bytes(group.digest.bytes), .bytes(group.statement)])
    }

    private static func apply(
        _ value: CBORValue,
        to groups: inout GroupDirectory,
        using coding: any CBORCoding
    ) -> Bool {
        guard let items = value.arrayValue, items.count == 3,
            let index = items[0].unsignedValue,
            let digest = items[1].bytesValue.flatMap({ Digest($0) }),
            let bytes = items[2].bytesValue,
            let statement = try? GroupStatement(decoding: bytes, using: coding)
        else { return false }
        groups.apply(statement, index: index, digest: digest)
        return true
    }

    private static func pack(_ numbers: Set<UInt64>) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers.sorted() { bytes.append(bigEndian: number) }
        return bytes
    }

    private static func unpack(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
        var reader = ByteReader(bytes)
        var numbers: [UInt64] = []
        while let number = reader.readInteger(as: UInt64.self) { numbers.append(number) }
        return numbers
    }
}

extension CBORValue {
    fileprivate static func map(_ pairs: [(String, CBORValue)]) -> CBORValue {
        .map(CBORMap(pairs.map { CBORMap.Pair(.text($0.0), $0.1) }))
    }
}

extension CBORMap {
    fileprivate func dictionary<Value>(_ read: (CBORValue) -> Value?) -> [String: Value] {
        var values: [String: Value] = [:]
        for pair in pairs {
            if let key = pair.key.textValue, let value = read(pair.value) { values[key] = value }
        }
        return values
    }
}
