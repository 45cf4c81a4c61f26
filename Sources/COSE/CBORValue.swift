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

    /// Whether two keys of a map are the same.
    ///
    /// `String` holds two spellings of one character for equal, CBOR does not.
    package func isSame(as other: CBORValue) -> Bool {
        guard case .text(let left) = self, case .text(let right) = other else {
            return self == other
        }
        return left.utf8.elementsEqual(right.utf8)
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
        pairs.first { $0.key.isSame(as: key) }?.value
    }

    /// The value behind an integer label, or nil.
    package subscript(label: Int) -> CBORValue? {
        for place in pairs.indices where pairs[place].key.isLabel(label) {
            return pairs[place].value
        }
        return nil
    }

    /// The value behind a text label, or nil.
    package subscript(name: String) -> CBORValue? {
        for place in pairs.indices where pairs[place].key.isLabel(name) {
            return pairs[place].value
        }
        return nil
    }

    /// Adds a pair; the caller knows that the key is new.
    package mutating func append(_ key: CBORValue, _ value: CBORValue) {
        pairs.append(Pair(key, value))
    }
}

extension CBORValue {
    // Without making a value of the label, since each statement is asked for some twenty.
    fileprivate func isLabel(_ label: Int) -> Bool {
        switch self {
        case .unsigned(let value): label >= 0 && value == UInt64(label)
        case .negative(let argument): label < 0 && argument == UInt64(-1 - label)
        default: false
        }
    }

    // No other spelling of a text in ASCII, as labels are, has as many bytes.
    fileprivate func isLabel(_ name: String) -> Bool {
        guard case .text(let text) = self else { return false }
        return text.utf8.count == name.utf8.count && text == name
    }
}
