/// A name and a value that the application gives meaning to (MQTT 5.0 3.3.2.3.7).
package struct UserProperty: Hashable, Sendable {
    /// The name; the same name may stand several times.
    package let name: String
    /// The value.
    package let value: String

    /// Makes a user property.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// The properties of a packet, in the order of the packet (MQTT 5.0 2.2.2).
///
/// An empty list, the usual case on the data plane, takes no memory of its own.
package struct Properties: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case byte(UInt8)
        case two(UInt16)
        case four(UInt32)
        case variable(UInt32)
        case text(String)
        case binary([UInt8])
        case pair(UserProperty)
    }

    struct Item: Hashable, Sendable {
        let identifier: PropertyIdentifier
        let value: Value
    }

    private(set) var items: [Item] = []

    /// Makes an empty list.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { items.isEmpty }

    mutating func append(_ item: Item) {
        items.append(item)
    }

    /// The user properties, in order.
    package var userProperties: [UserProperty] {
        get {
            items.compactMap { if case .pair(let pair) = $0.value { pair } else { nil } }
        }
        set {
            items.removeAll { $0.identifier == .userProperty }
            for pair in newValue {
                items.append(Item(identifier: .userProperty, value: .pair(pair)))
            }
        }
    }

    /// The value of the first user property with this name, or nil.
    package func userProperty(_ name: String) -> String? {
        userProperties.first { $0.name == name }?.value
    }

    /// The subscription identifiers, in order; several only in PUBLISH from a server.
    package var subscriptionIdentifiers: [UInt32] {
        get {
            items.compactMap { if case .variable(let number) = $0.value { number } else { nil } }
        }
        set {
            items.removeAll { $0.identifier == .subscriptionIdentifier }
            for number in newValue {
                items.append(Item(identifier: .subscriptionIdentifier, value: .variable(number)))
            }
        }
    }

    // MARK: - Values by form

    private func value(_ identifier: PropertyIdentifier) -> Value? {
        items.first { $0.identifier == identifier }?.value
    }

    private mutating func set(_ identifier: PropertyIdentifier, _ value: Value?) {
        items.removeAll { $0.identifier == identifier }
        if let value { items.append(Item(identifier: identifier, value: value)) }
    }

    func byte(_ identifier: PropertyIdentifier) -> UInt8? {
        if case .byte(let value)? = value(identifier) { value } else { nil }
    }

    mutating func setByte(_ identifier: PropertyIdentifier, _ new: UInt8?) {
        set(identifier, new.map { .byte($0) })
    }

    func boolean(_ identifier: PropertyIdentifier) -> Bool? {
        byte(identifier).map { $0 != 0 }
    }

    mutating func setBoolean(_ identifier: PropertyIdentifier, _ new: Bool?) {
        set(identifier, new.map { .byte($0 ? 1 : 0) })
    }

    func qos(_ identifier: PropertyIdentifier) -> QoS? {
        byte(identifier).flatMap { QoS(rawValue: $0) }
    }

    mutating func setQos(_ identifier: PropertyIdentifier, _ new: QoS?) {
        set(identifier, new.map { .byte($0.rawValue) })
    }

    func two(_ identifier: PropertyIdentifier) -> UInt16? {
        if case .two(let value)? = value(identifier) { value } else { nil }
    }

    mutating func setTwo(_ identifier: PropertyIdentifier, _ new: UInt16?) {
        set(identifier, new.map { .two($0) })
    }

    func four(_ identifier: PropertyIdentifier) -> UInt32? {
        if case .four(let value)? = value(identifier) { value } else { nil }
    }

    mutating func setFour(_ identifier: PropertyIdentifier, _ new: UInt32?) {
        set(identifier, new.map { .four($0) })
    }

    func text(_ identifier: PropertyIdentifier) -> String? {
        if case .text(let value)? = value(identifier) { value } else { nil }
    }

    mutating func setText(_ identifier: PropertyIdentifier, _ new: String?) {
        set(identifier, new.map { .text($0) })
    }

    func binary(_ identifier: PropertyIdentifier) -> [UInt8]? {
        if case .binary(let value)? = value(identifier) { value } else { nil }
    }

    mutating func setBinary(_ identifier: PropertyIdentifier, _ new: [UInt8]?) {
        set(identifier, new.map { .binary($0) })
    }
}
