extension CBORValue {
    /// The unsigned integer, or nil for anything else.
    package var unsignedValue: UInt64? {
        if case .unsigned(let value) = self { value } else { nil }
    }

    /// The integer of either sign where `Int` holds it, or nil.
    package var integerValue: Int? {
        switch self {
        case .unsigned(let value): Int(exactly: value)
        case .negative(let argument): Int(exactly: argument).map { -1 - $0 }
        default: nil
        }
    }

    /// The byte string, or nil for anything else.
    package var bytesValue: ArraySlice<UInt8>? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// The text string, or nil for anything else.
    package var textValue: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The array's items, or nil for anything else.
    package var arrayValue: [CBORValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The map, or nil for anything else.
    package var mapValue: CBORMap? {
        if case .map(let value) = self { value } else { nil }
    }
}
