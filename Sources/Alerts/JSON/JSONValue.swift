/// A JSON value (RFC 8259), as the forms of alerts are made of.
package enum JSONValue: Hashable, Sendable {
    /// The literal null.
    case null
    /// True or false.
    case boolean(Bool)
    /// A finite number; whole numbers are exact up to 2^53.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Named values, in the order of the text.
    case object(JSONObject)
}

/// The members of a JSON object, in the order of the text; no name stands twice.
package struct JSONObject: Hashable, Sendable {
    /// A name and its value.
    package struct Member: Hashable, Sendable {
        /// The name.
        package let name: String
        /// The value.
        package let value: JSONValue

        /// Makes a member.
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members.
    package var members: [Member]

    /// Makes an object of members.
    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// The value behind a name, or nil.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }

    /// Adds a member; the caller knows that the name is new.
    package mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(name, value))
    }
}

extension JSONValue {
    /// The text, or nil for anything else.
    package var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, or nil for anything else.
    package var numberValue: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The truth value, or nil for anything else.
    package var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The list, or nil for anything else.
    package var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, or nil for anything else.
    package var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    /// Makes a text.
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    /// Makes a list.
    package init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// Makes an object.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member($0.0, $0.1) }))
    }
}
