/// A country by its two letters (ISO 3166-1 alpha-2), such as `CO`.
///
/// Only the shape is checked here.
package struct CountryCode: Hashable, Sendable {
    // Two ASCII letters, so that a country is as cheap as an integer.
    private let first: UInt8
    private let second: UInt8

    /// Reads two upper-case letters.
    ///
    /// - Returns: nil for anything else.
    package init?(_ text: some StringProtocol) {
        var bytes = text.utf8.makeIterator()
        guard let first = bytes.next(), let second = bytes.next(), bytes.next() == nil,
            (0x41...0x5A).contains(first), (0x41...0x5A).contains(second)
        else { return nil }
        self.first = first
        self.second = second
    }
}

extension CountryCode: Comparable {
    /// Orders by the letters.
    package static func < (left: CountryCode, right: CountryCode) -> Bool {
        (left.first, left.second) < (right.first, right.second)
    }
}

extension CountryCode: CustomStringConvertible {
    /// The two letters.
    package var description: String { String(decoding: [first, second], as: UTF8.self) }
}
