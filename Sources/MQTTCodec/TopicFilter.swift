/// A topic filter (MQTT 5.0 4.7), possibly of a shared subscription (4.8.2).
package struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    private enum Level: Hashable, Sendable {
        case text([UInt8])
        case anyOne
        case anyRest
    }

    /// The filter as it was written, `$share/…` included.
    package let description: String
    /// The name of the group of a shared subscription, or nil.
    package let shareName: String?

    private let levels: [Level]

    /// Reads a filter.
    ///
    /// - Parameter text: the filter.
    /// - Throws: ``MQTTDecodingError`` with Malformed Packet if it breaks a rule of 4.7 or 4.8:
    ///   Topic Filter invalid is for filters that are well-formed (table 2-6).
    package init(_ text: String) throws(MQTTDecodingError) {
        description = text
        // Bytes, not characters: a combining mark behind a separator does not hide it, and nothing
        // is normalised [MQTT-4.7.3-4].
        var filter = text.utf8[...]
        var shareName: String?
        if filter.starts(with: "$share/".utf8) || text == "$share" {
            let parts = filter.split(
                separator: Self.separator,
                maxSplits: 2,
                omittingEmptySubsequences: false
            )
            guard parts.count == 3, !parts[1].isEmpty, !parts[2].isEmpty,
                !parts[1].contains(where: Self.isWildcard)
            else {
                throw .protocolError(
                    "a shared subscription is $share/<name>/<filter> [MQTT-4.8.2-1]"
                )
            }
            shareName = String(Substring(parts[1]))
            filter = parts[2]
        }
        self.shareName = shareName
        levels = try Self.levels(of: filter)
    }

    private static let separator = UInt8(ascii: "/")

    private static func isWildcard(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+")
    }

    private static func levels(
        of filter: Substring.UTF8View
    ) throws(MQTTDecodingError) -> [Level] {
        guard !filter.isEmpty, filter.count <= 0xFFFF else {
            throw .malformed("a topic filter is empty [MQTT-4.7.3-1]")
        }
        let parts = filter.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count <= TopicName.separatorCountMax + 1 else {
            throw .malformed(
                "a topic filter has more than \(TopicName.separatorCountMax) separators"
            )
        }
        var levels: [Level] = []
        for (place, part) in parts.enumerated() {
            guard part.contains(where: isWildcard) else {
                levels.append(.text(Array(part)))
                continue
            }
            guard part.count == 1 else {
                throw .malformed(
                    "a wildcard does not fill its level [MQTT-4.7.1-1, MQTT-4.7.1-2]"
                )
            }
            guard part.first == UInt8(ascii: "#") else {
                levels.append(.anyOne)
                continue
            }
            guard place == parts.count - 1 else {
                throw .malformed("# is not the last level of the filter [MQTT-4.7.1-1]")
            }
            levels.append(.anyRest)
        }
        return levels
    }

    /// What every topic that matches begins with: the levels in front of the first wildcard.
    package var literalPrefix: String {
        var prefix = ""
        for (place, level) in levels.enumerated() {
            // "a/#" matches "a" too.
            if case .anyRest = level { return prefix }
            if place > 0 { prefix += "/" }
            guard case .text(let text) = level else { return prefix }
            prefix += String(decoding: text, as: UTF8.self)
        }
        return prefix
    }

    /// Whether a topic name matches.
    ///
    /// A filter that begins with a wildcard does not match a topic that begins with `$`
    /// [MQTT-4.7.2-1].
    package func matches(_ topicName: String) -> Bool {
        // Bytes in one piece: it is asked for each delivery.
        var topicName = topicName
        return topicName.withUTF8 { unsafe matches($0) }
    }

    private func matches(_ topic: UnsafeBufferPointer<UInt8>) -> Bool {
        if unsafe topic.first == UInt8(ascii: "$"), let first = levels.first {
            guard case .text = first else { return false }
        }
        var position = 0
        for place in levels.indices {
            if case .anyRest = levels[place] { return true }
            guard position <= topic.count else { return false }
            var end = position
            while end < topic.count, unsafe topic[end] != Self.separator { end += 1 }
            if case .text(let text) = levels[place] {
                guard end - position == text.count else { return false }
                for offset in text.indices {
                    guard unsafe topic[position + offset] == text[offset] else { return false }
                }
            }
            // Behind the separator, or past the end.
            position = end + 1
        }
        return position > topic.count
    }

    package static func == (left: TopicFilter, right: TopicFilter) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }
}
