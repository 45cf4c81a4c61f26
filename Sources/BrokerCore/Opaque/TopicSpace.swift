import MQTTCodec

/// Which topics are whose: alerts, the broker's own, and the opaque channels of the configuration.
package struct TopicSpace: Hashable, Sendable {
    /// A channel that carries any payload, for tests of connections and clients.
    package struct OpaqueChannel: Hashable, Sendable {
        /// What its topics begin with; empty for all that nobody else has.
        package let prefix: String
        /// Filters that may not be subscribed to, as suites for clients want to see refused.
        package let refusedFilters: [String]

        /// Makes a channel.
        package init(prefix: String, refusedFilters: [String] = []) {
            self.prefix = prefix
            self.refusedFilters = refusedFilters
        }
    }

    /// Where a topic belongs.
    package enum Place: Hashable, Sendable {
        /// To the channels of alerts, whether it is one or not.
        case alerts
        /// To an opaque channel.
        case opaque
        /// To the broker alone.
        case reserved
        /// Nowhere.
        case nowhere
    }

    /// The opaque channels; usually none.
    package let opaqueChannels: [OpaqueChannel]

    /// Makes a space.
    package init(opaqueChannels: [OpaqueChannel] = []) {
        self.opaqueChannels = opaqueChannels
    }

    /// Whether there is any opaque channel.
    package var hasOpaqueChannels: Bool { !opaqueChannels.isEmpty }

    /// Where a topic belongs.
    package func place(of topicName: String) -> Place {
        switch Self.firstLevel(of: topicName) {
        case "alerts": return .alerts
        case "$aviso", "$SYS", "$share": return .reserved
        default: break
        }
        let topic = topicName.utf8
        return opaqueChannels.contains { topic.starts(with: $0.prefix.utf8) } ? .opaque : .nowhere
    }

    /// Whether a filter could match a topic of an opaque channel.
    func reachesOpaque(_ filter: TopicFilter) -> Bool {
        let literal = filter.literalPrefix
        switch Self.firstLevel(of: literal) {
        case "alerts", "$aviso", "$SYS": return false
        default: break
        }
        // Whole levels are compared: "te/#" does not reach "test/".
        let levels =
            literal.isEmpty || literal.utf8.last == UInt8(ascii: "/") ? literal : literal + "/"
        return opaqueChannels.contains {
            literal.utf8.starts(with: $0.prefix.utf8) || $0.prefix.utf8.starts(with: levels.utf8)
        }
    }

    // By bytes: a combining mark behind a separator does not hide it [MQTT-4.7.3-4].
    private static func firstLevel(of topic: String) -> String {
        String(Substring(topic.utf8.prefix { $0 != UInt8(ascii: "/") }))
    }

    /// Whether the configuration wants a filter refused.
    func refuses(_ filter: TopicFilter) -> Bool {
        opaqueChannels.contains { $0.refusedFilters.contains(filter.description) }
    }
}
