import Base
import CCBOR
import COSE

/// Builds values from libcbor's events, within limits.
///
/// A declared length allocates next to nothing: an array grows by the items that are really there.
struct StreamDecoder {
    // Room made at once for a declared count; what is really there may be less.
    private static let reservedCountMax = 16

    private let bytes: ArraySlice<UInt8>
    private let limits: CBORLimits
    private var itemCount = 0
    /// The number of bytes read so far.
    private(set) var offset = 0

    init(_ bytes: ArraySlice<UInt8>, limits: CBORLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Decodes the item at ``offset``.
    mutating func decodeItem(depth: Int) throws(CBORError) -> CBORValue {
        guard depth <= limits.depthMax else { throw .limitExceeded }
        itemCount += 1
        guard itemCount <= limits.itemCountMax else { throw .limitExceeded }
        let head = try readHead()
        switch head.kind {
        case .unsigned: return .unsigned(head.value)
        case .negative: return .negative(argument: head.value)
        case .bytes: return .bytes(string(head))
        case .text:
            return .text(try text(string(head)))
        case .array: return .array(try decodeArray(count: head.value, depth: depth))
        case .map: return .map(try decodeMap(count: head.value, depth: depth))
        case .tag: return .tagged(head.value, try decodeItem(depth: depth + 1))
        case .boolean: return .boolean(head.value != 0)
        case .null: return .null
        case .undefined: return .undefined
        case .double: return .double(head.number)
        case .indefinite: throw .indefiniteLength
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> String {
        guard let text = StrictText.decode(bytes) else { throw .invalidText }
        return text
    }

    private mutating func decodeArray(
        count: UInt64,
        depth: Int
    ) throws(CBORError) -> [CBORValue] {
        try checkCount(count)
        var items: [CBORValue] = []
        items.reserveCapacity(min(Int(count), Self.reservedCountMax))
        for _ in 0..<count { items.append(try decodeItem(depth: depth + 1)) }
        return items
    }

    private mutating func decodeMap(count: UInt64, depth: Int) throws(CBORError) -> CBORMap {
        try checkCount(count)
        var pairs: [CBORMap.Pair] = []
        pairs.reserveCapacity(min(Int(count), Self.reservedCountMax))
        var isInOrder = true
        var last: KeyMark?
        for _ in 0..<count {
            let key = try decodeItem(depth: depth + 1)
            let mark = mark(of: key)
            isInOrder = isInOrder && mark != nil && (last.map { precedes($0, mark) } ?? true)
            last = mark
            pairs.append(CBORMap.Pair(key, try decodeItem(depth: depth + 1)))
        }
        // Keys in their order are all different: only others are compared with each other.
        if !isInOrder { try checkKeys(pairs) }
        return CBORMap(pairs)
    }

    // What orders labels: their type, then the number, or a text's length and bytes.
    private struct KeyMark {
        let rank: Int
        let number: UInt64
        let end: Int
    }

    // To be asked when the key has just been read; nil for what is no label.
    private func mark(of key: CBORValue) -> KeyMark? {
        switch key {
        case .unsigned(let value): KeyMark(rank: 0, number: value, end: offset)
        case .negative(let argument): KeyMark(rank: 1, number: argument, end: offset)
        case .text(let text): KeyMark(rank: 2, number: UInt64(text.utf8.count), end: offset)
        default: nil
        }
    }

    private func precedes(_ first: KeyMark, _ second: KeyMark?) -> Bool {
        guard let second else { return false }
        if first.rank != second.rank { return first.rank < second.rank }
        if first.number != second.number { return first.number < second.number }
        guard first.rank == 2 else { return false }
        return text(first).lexicographicallyPrecedes(text(second))
    }

    private func text(_ mark: KeyMark) -> ArraySlice<UInt8> {
        let end = bytes.startIndex + mark.end
        return bytes[(end - Int(mark.number))..<end]
    }

    // Few keys are compared with each other, many are hashed.
    private func checkKeys(_ pairs: [CBORMap.Pair]) throws(CBORError) {
        guard pairs.count <= 16 else {
            guard Set(pairs.map { Key(value: $0.key) }).count == pairs.count else {
                throw .duplicateKey
            }
            return
        }
        for place in pairs.indices.dropFirst() {
            for earlier in 0..<place where pairs[earlier].key.isSame(as: pairs[place].key) {
                throw .duplicateKey
            }
        }
    }

    // A key that equals another as the keys of maps do. Equal bytes are equal values, so that the
    // value's own hash will do.
    private struct Key: Hashable {
        let value: CBORValue

        static func == (left: Key, right: Key) -> Bool { left.value.isSame(as: right.value) }

        func hash(into hasher: inout Hasher) { hasher.combine(value) }
    }

    // Each item takes a byte at least, so a larger count can only be a lie.
    private func checkCount(_ count: UInt64) throws(CBORError) {
        guard count <= UInt64(limits.itemCountMax) else { throw .limitExceeded }
        guard count <= UInt64(bytes.count - offset) else { throw .truncated }
    }

    private enum Kind {
        case unsigned, negative, bytes, text, array, map, tag, boolean, null, undefined, double
        case indefinite
    }

    private struct Head {
        let kind: Kind
        let value: UInt64
        let number: Double
        let end: Int
    }

    private func string(_ head: Head) -> ArraySlice<UInt8> {
        let end = bytes.startIndex + head.end
        return bytes[(end - Int(head.value))..<end]
    }

    private mutating func readHead() throws(CBORError) -> Head {
        var event = CCBOR_event()
        var byteCount = 0
        let status = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return CCBOR_STATUS_TRUNCATED }
            return unsafe CCBOR_next(base + offset, buffer.count - offset, &event, &byteCount)
        }
        switch status {
        case CCBOR_STATUS_FINISHED: break
        case CCBOR_STATUS_TRUNCATED: throw .truncated
        default: throw .malformed(offset: offset)
        }
        offset += byteCount
        return Head(kind: kind(event.kind), value: event.value, number: event.number, end: offset)
    }

    private func kind(_ kind: CCBOR_kind) -> Kind {
        switch kind {
        case CCBOR_KIND_UNSIGNED: .unsigned
        case CCBOR_KIND_NEGATIVE: .negative
        case CCBOR_KIND_BYTES: .bytes
        case CCBOR_KIND_TEXT: .text
        case CCBOR_KIND_ARRAY: .array
        case CCBOR_KIND_MAP: .map
        case CCBOR_KIND_TAG: .tag
        case CCBOR_KIND_BOOLEAN: .boolean
        case CCBOR_KIND_NULL: .null
        case CCBOR_KIND_UNDEFINED: .undefined
        case CCBOR_KIND_DOUBLE: .double
        default: .indefinite
        }
    }
}
