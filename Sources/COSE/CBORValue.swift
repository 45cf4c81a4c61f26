import Base

/// One CBOR data item (RFC 8949), as COSE and the log's entries need them.
///
/// Byte strings are slices, so that decoding a large message copies nothing.
package enum CBORValue: Hashable, Sendable {
    /// An unsigned integer (major type 0).
    case unsigned(UInt64)
    /// A negative integer (major type 1); the value is `-1 - argument`.
    case negative(argument: UInt64)
    /// A byte string (major type 2).
    case bytes(ArraySlice<UInt8>)
    /// A text string (major type 3), valid UTF-8.
    case text(String)
    /// An array (major type 4).
    case array([CBORValue])
    /// A map (major type 5), its pairs in the order of the encoding.
    case map(CBORMap)
    /// A tagged item (major type 6).
    indirect case tagged(UInt64, CBORValue)
    /// False or true.
    case boolean(Bool)
    /// Null, as a detached payload has it.
    case null
    /// The simple value `undefined`.
    case undefined
    /// A floating-point number.
    case double(Double)

    /// Makes an integer of either sign.
    package static func integer(_ value: Int) -> CBORValue {
        value >= 0 ? .unsigned(UInt64(value)) : .negative(argument: UInt64(-1 - value))
    }

    /// Whether two keys of a map are the same; faster than `==` for those that maps have.
    ///
    /// `String` holds two spellings of one character for equal, CBOR does not. No spelling has as
    /// many bytes as a text in ASCII, which is what names of keys are.
    package func isSame(as other: CBORValue) -> Bool {
        switch (self, other) {
        case (.unsigned(let left), .unsigned(let right)): left == right
        case (.negative(let left), .negative(let right)): left == right
        case (.text(let left), .text(let right)):
            left.utf8.count == right.utf8.count && left == right
        case (.unsigned, _), (.negative, _), (.text, _): false
        default: self == other
        }
    }

    /// Makes a byte string of a whole array.
    package static func bytes(_ array: [UInt8]) -> CBORValue {
        .bytes(array[...])
    }
}

/// The pairs of a CBOR map.
///
/// No key stands twice: the decoder refuses such a map.
package struct CBORMap: Hashable, Sendable {
    /// One key and its value.
    package struct Pair: Hashable, Sendable {
        /// The key.
        package let key: CBORValue
        /// The value.
        package let value: CBORValue

        /// Makes a pair.
        package init(_ key: CBORValue, _ value: CBORValue) {
            self.key = key
            self.value = value
        }
    }

    /// The pairs; the encoder sorts them as RFC 8949 4.2.1 asks.
    package var pairs: [Pair]

    /// Makes a map of pairs.
    package init(_ pairs: [Pair] = []) {
        self.pairs = pairs
    }

    /// The value behind `key`, or nil.
    package subscript(key: CBORValue) -> CBORValue? {
        for pair in pairs where pair.key.isSame(as: key) { return pair.value }
        return nil
    }

    /// The value behind an integer label, or nil.
    package subscript(label: Int) -> CBORValue? {
        self[.integer(label)]
    }

    /// The value behind a text label, or nil.
    package subscript(name: String) -> CBORValue? {
        self[.text(name)]
    }

    /// Adds a pair; the caller knows that the key is new.
    package mutating func append(_ key: CBORValue, _ value: CBORValue) {
        pairs.append(Pair(key, value))
    }
}
