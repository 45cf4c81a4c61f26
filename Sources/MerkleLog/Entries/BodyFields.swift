import COSE

/// Reads the fields of a body, and names the one that is missing or wrong.
struct BodyFields {
    let map: CBORMap

    init(_ map: CBORMap) {
        self.map = map
    }

    func text(_ name: String) throws(LogEntryError) -> String {
        guard let value = map[name]?.textValue else { throw missing(name) }
        return value
    }

    func agency(_ name: String) throws(LogEntryError) -> String {
        try agency(text(name), in: name)
    }

    func agencies(_ name: String) throws(LogEntryError) -> [String] {
        var agencies: [String] = []
        for text in try texts(name) { agencies.append(try agency(text, in: name)) }
        return agencies
    }

    /// Names are ASCII: then those that `String` holds for equal are the same bytes, and nobody is
    /// taken for an agency by a letter that only looks like one of its own.
    func agency(_ text: String, in name: String) throws(LogEntryError) -> String {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw LogEntryError(message: "the body's field \"\(name)\" names no agency")
        }
        return text
    }

    func unsigned(_ name: String) throws(LogEntryError) -> UInt64 {
        guard let value = map[name]?.unsignedValue else { throw missing(name) }
        return value
    }

    func bytes(_ name: String) throws(LogEntryError) -> ArraySlice<UInt8> {
        guard let value = map[name]?.bytesValue else { throw missing(name) }
        return value
    }

    func texts(_ name: String) throws(LogEntryError) -> [String] {
        guard let items = map[name]?.arrayValue else { throw missing(name) }
        let texts = items.compactMap(\.textValue)
        guard texts.count == items.count else { throw missing(name) }
        return texts
    }

    func integers(_ name: String) throws(LogEntryError) -> [UInt64] {
        guard let items = map[name]?.arrayValue else { throw missing(name) }
        let integers = items.compactMap(\.unsignedValue)
        guard integers.count == items.count else { throw missing(name) }
        return integers
    }

    func optionalText(_ name: String) throws(LogEntryError) -> String? {
        map[name] == nil ? nil : try text(name)
    }

    func optionalUnsigned(_ name: String) throws(LogEntryError) -> UInt64? {
        map[name] == nil ? nil : try unsigned(name)
    }

    func optionalBytes(_ name: String) throws(LogEntryError) -> ArraySlice<UInt8>? {
        map[name] == nil ? nil : try bytes(name)
    }

    func missing(_ name: String) -> LogEntryError {
        LogEntryError(message: "the body's field \"\(name)\" is missing or of another type")
    }
}

/// Collects the fields of a body that are there.
struct BodyWriter {
    private var map = CBORMap()

    mutating func set(_ name: String, _ value: CBORValue?) {
        if let value { map.append(.text(name), value) }
    }

    mutating func set(_ name: String, _ text: String?) {
        set(name, text.map { .text($0) })
    }

    mutating func set(_ name: String, _ number: UInt64?) {
        set(name, number.map { .unsigned($0) })
    }

    mutating func set(_ name: String, _ bytes: [UInt8]?) {
        set(name, bytes.map { .bytes($0) })
    }

    var cbor: CBORValue { .map(map) }
}
