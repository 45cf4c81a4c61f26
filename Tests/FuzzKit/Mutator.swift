import Base

/// Alters valid bytes the way that finds the mistakes of parsers, the same way for the same seed.
package struct Mutator {
    /// Inputs longer than this are cut.
    package static let byteCountMax = 4096

    // Lengths and counts at which a parser may go wrong.
    private static let interesting: [UInt8] = [
        0x00, 0x01, 0x7F, 0x80, 0x81, 0xFF, 0x17, 0x18, 0x1B, 0x3B, 0x5B, 0x9B, 0xBF, 0xDB, 0xFB,
    ]

    private let seeds: [[UInt8]]
    private var random: SplitMix64

    /// Makes a mutator.
    ///
    /// - Parameters:
    ///   - seeds: what to alter; one at least.
    ///   - seed: what the sequence of alterations follows from.
    package init(seeds: [[UInt8]], seed: UInt64) {
        precondition(!seeds.isEmpty, "there must be something to alter")
        self.seeds = seeds
        self.random = SplitMix64(seed: seed)
    }

    /// The next input: a seed after one to eight alterations.
    package mutating func next() -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(8) { alter(&bytes) }
        return Array(bytes.prefix(Self.byteCountMax))
    }

    private mutating func alter(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = [UInt8(truncatingIfNeeded: random.next())]
            return
        }
        let place = below(bytes.count)
        switch below(8) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes[place] = Self.interesting[below(Self.interesting.count)]
        case 3: bytes[place] &+= below(2) == 0 ? 1 : 255
        case 4: bytes.removeSubrange(place...)
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
        case 6: bytes.insert(contentsOf: piece(of: bytes), at: place)
        default: splice(&bytes, at: place)
        }
    }

    // A piece of the same input once more, as a repeated field or key.
    private mutating func piece(of bytes: [UInt8]) -> [UInt8] {
        let start = below(bytes.count)
        return Array(bytes[start..<min(bytes.count, start + 1 + below(32))])
    }

    // The front of one input and the back of another.
    private mutating func splice(_ bytes: inout [UInt8], at place: Int) {
        let other = seeds[below(seeds.count)]
        bytes.removeSubrange(place...)
        bytes.append(contentsOf: other.dropFirst(below(other.count + 1)))
    }

    private mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &random)
    }
}
