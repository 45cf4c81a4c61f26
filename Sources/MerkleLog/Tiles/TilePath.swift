/// The path of a tile or of an entry bundle, as C2SP tlog-tiles writes it.
///
/// `/tile/<L>/<N>[.p/<W>]` and `/tile/entries/<N>[.p/<W>]`: the index in groups of three digits,
/// all but the last after an `x`, so that 1234067 is `x001/x234/067`.
package struct TilePath: Hashable, Sendable {
    /// What stands in the tile.
    package enum Content: Hashable, Sendable {
        /// Hashes of subtrees of height 8 times the level.
        case hashes(level: Int)
        /// Entries.
        case entries
    }

    /// The hashes or entries of a full tile.
    package static let fullWidth = 256
    /// The highest level that a path may name.
    package static let levelMax = 63
    // 256 times the largest index fits an integer, with room.
    private static let groupCountMax = 5
    private static let prefix = "/tile/"

    /// What stands in the tile.
    package let content: Content
    /// Its index within its level.
    package let index: UInt64
    /// How many hashes or entries it has: 256 for a full tile.
    package let width: Int

    /// Names a tile.
    ///
    /// - Parameters:
    ///   - content: what stands in it.
    ///   - index: its index within its level.
    ///   - width: how many hashes or entries are wanted, 1 to 256.
    package init(_ content: Content, index: UInt64, width: Int) {
        self.content = content
        self.index = index
        self.width = width
    }

    /// The path, from its slash on.
    package var path: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let group = String(repeating: "0", count: 3 - digits.utf8.count) + digits
            groups.append(groups.isEmpty ? group : "x" + group)
            rest /= 1000
        } while rest > 0
        let kind: String =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let number = groups.reversed().joined(separator: "/")
        return Self.prefix + "\(kind)/\(number)"
            + (width < Self.fullWidth ? ".p/\(width)" : "")
    }

    /// Reads a path.
    ///
    /// The result is nil for any other form: each tile has exactly one path.
    ///
    /// - Parameter path: the path, from its slash on.
    package init?(_ path: String) {
        guard path.utf8.starts(with: Self.prefix.utf8) else { return nil }
        var parts = path.dropFirst(Self.prefix.utf8.count)
            .split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.count <= Self.groupCountMax + 2 else { return nil }
        let first = parts.removeFirst()
        if first == "entries" {
            content = .entries
        } else {
            guard let level = Self.number(first), level <= Self.levelMax else { return nil }
            content = .hashes(level: level)
        }
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            guard let width = Self.number(parts.removeLast()), (1..<Self.fullWidth).contains(width)
            else { return nil }
            self.width = width
            parts[parts.count - 1].removeLast(2)
        } else {
            width = Self.fullWidth
        }
        guard let index = Self.index(parts) else { return nil }
        self.index = index
    }

    private static func index(_ parts: [Substring]) -> UInt64? {
        guard parts.count <= groupCountMax else { return nil }
        var index: UInt64 = 0
        for (position, part) in parts.enumerated() {
            let isLast = position == parts.count - 1
            let digits = isLast ? part : part.dropFirst()
            guard isLast || part.utf8.first == UInt8(ascii: "x"), digits.utf8.count == 3,
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let group = UInt64(digits)
            else { return nil }
            index = index * 1000 + group
            // A leading group of zeroes would be another name for the same tile.
            guard index > 0 || isLast else { return nil }
        }
        return index
    }

    // A number without sign and leading zeroes.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text == "0" || !text.hasPrefix("0"),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }

    /// How many hashes or entries a tree of a size has of this tile, 256 at most.
    ///
    /// - Parameter treeSize: the size of the tree.
    /// - Returns: the greatest width that the tile can be had in; 0 if there is no such tile.
    package func widthMax(treeSize: UInt64) -> Int {
        let count: UInt64 =
            switch content {
            case .hashes(let level): level < 8 ? treeSize >> UInt64(8 * level) : 0
            case .entries: treeSize
            }
        let start = index * UInt64(Self.fullWidth)
        return count > start ? Int(min(count - start, UInt64(Self.fullWidth))) : 0
    }
}
