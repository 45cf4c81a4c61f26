/// A universally unique identifier (RFC 9562); alerts carry version 7.
package struct UUID: Hashable, Comparable, Sendable {
    /// The first eight bytes, big-endian: for version 7, the time and twelve random bits.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    /// Makes an identifier of its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a version 7 identifier (RFC 9562 5.7) from a time and randomness handed in.
    package init(version7At time: WallTime, random: (UInt64, UInt64)) {
        self.high = (time.milliseconds & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | (random.0 & 0x0FFF)
        self.low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// Reads the form `8-4-4-4-12` in either case.
    ///
    /// - Returns: nil for any other form.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: text.utf8)
    }

    /// Reads the form `8-4-4-4-12` in either case from its characters.
    ///
    /// - Returns: nil for any other form.
    package init?(utf8 characters: some Collection<UInt8>) {
        guard characters.count == 36 else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var position = 0
        // An array, so that the compiler knows the type of what it walks.
        for character in Array(characters) {
            defer { position += 1 }
            switch position {
            case 8, 13, 18, 23:
                guard character == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = Hex.value(character) else { return nil }
                words.high = words.high << 4 | words.low >> 60
                words.low = words.low << 4 | UInt64(digit)
            }
        }
        self.init(high: words.high, low: words.low)
    }

    /// The version number, 7 for alerts.
    package var version: Int { Int(high >> 12 & 15) }

    package static func < (left: UUID, right: UUID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension UUID: CustomStringConvertible {
    /// The lower-case form `8-4-4-4-12`.
    package var description: String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { Hex.encode(bytes[$0]) }
            .joined(separator: "-")
    }
}
