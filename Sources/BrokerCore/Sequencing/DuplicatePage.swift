import Base

/// The identifiers of some tens of thousands of alerts, in about ten bytes each.
///
/// A hash table with linear probing. A slot holds 40 bits of the identifier's hash and, in 24 bits,
/// how far behind the page's first index its entry stands, plus one. What a slot says is therefore
/// a candidate: the entry of the log tells whether it is the one.
struct DuplicatePage: Sendable {
    private static let slotCountMin = 1024
    private static let slotCountMax = 65_536
    private static let offsetBitCount: UInt64 = 24
    private static let offsetMask: UInt64 = 1 << offsetBitCount - 1

    /// When the first alert of the page was issued.
    let opened: WallTime
    /// When the last of them was issued.
    private(set) var newest: WallTime
    /// The number of identifiers.
    private(set) var count = 0
    private let firstIndex: UInt64
    private var slots = [UInt64](repeating: 0, count: slotCountMin)

    /// Makes a page that begins with an alert, which is still to be inserted.
    init(issuedAt: WallTime, index: UInt64) {
        opened = issuedAt
        newest = issuedAt
        firstIndex = index
    }

    /// Whether an entry at `index` has room.
    func hasRoom(for index: UInt64) -> Bool {
        count < Self.countMax(Self.slotCountMax) && index >= firstIndex
            && index - firstIndex < Self.offsetMask
    }

    /// Remembers an identifier by its hash.
    mutating func insert(_ hash: UInt64, issuedAt: WallTime, index: UInt64) {
        precondition(hasRoom(for: index), "a page is full only once")
        if count >= Self.countMax(slots.count) { grow() }
        place(hash & ~Self.offsetMask | (index - firstIndex + 1))
        count += 1
        newest = max(newest, issuedAt)
    }

    /// Adds the indexes of the entries whose identifier may be the one with this hash.
    func collect(_ hash: UInt64, into candidates: inout [UInt64]) {
        var position = position(of: hash)
        while slots[position] != 0 {
            let slot = slots[position]
            if (slot ^ hash) & ~Self.offsetMask == 0 {
                candidates.append(firstIndex + (slot & Self.offsetMask) - 1)
            }
            position = (position + 1) & (slots.count - 1)
        }
    }

    private static func countMax(_ slotCount: Int) -> Int { slotCount / 8 * 7 }

    // By the highest bits, which every slot holds, so that the table can grow.
    private func position(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash >> UInt64(64 - slots.count.trailingZeroBitCount))
    }

    private mutating func place(_ slot: UInt64) {
        var position = position(of: slot)
        while slots[position] != 0 { position = (position + 1) & (slots.count - 1) }
        slots[position] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for slot in old where slot != 0 { place(slot) }
    }
}

extension DuplicatePage {
    /// The bytes that ``append(to:)`` adds.
    var encodedByteCount: Int { 24 + slots.count * 8 }

    /// Appends what ``init(_:)`` reads: opened 8, newest 8, first index 8, then the slots.
    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: opened.milliseconds)
        bytes.append(bigEndian: newest.milliseconds)
        bytes.append(bigEndian: firstIndex)
        for slot in slots { bytes.append(bigEndian: slot) }
    }

    /// Reads a page; nil for bytes that are none.
    init?(_ bytes: ArraySlice<UInt8>) {
        var reader = ByteReader(bytes)
        guard let opened = reader.readInteger(as: UInt64.self),
            let newest = reader.readInteger(as: UInt64.self), newest >= opened,
            let firstIndex = reader.readInteger(as: UInt64.self), firstIndex < 1 << 62
        else { return nil }
        self.init(issuedAt: WallTime(milliseconds: opened), index: firstIndex)
        self.newest = WallTime(milliseconds: newest)
        slots = []
        slots.reserveCapacity(reader.byteCount / 8)
        while let slot = reader.readInteger(as: UInt64.self) {
            slots.append(slot)
            if slot != 0 { count += 1 }
            // The offset is never zero in a slot that is taken.
            guard slot == 0 || slot & Self.offsetMask != 0 else { return nil }
        }
        guard reader.isAtEnd, (Self.slotCountMin...Self.slotCountMax).contains(slots.count),
            slots.count.nonzeroBitCount == 1, count <= Self.countMax(slots.count)
        else { return nil }
    }
}
