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
        switch topicName.prefix(while: { $0 != "/" }) {
        case "alerts": return .alerts
        case "$aviso", "$SYS", "$share": return .reserved
        default: break
        }
        return opaqueChannels.contains { topicName.hasPrefix($0.prefix) } ? .opaque : .nowhere
    }

    /// Whether a filter could match a topic of an opaque channel.
    func reachesOpaque(_ filter: TopicFilter) -> Bool {
        let literal = filter.literalPrefix
        switch literal.prefix(while: { $0 != "/" }) {
        case "alerts", "$aviso", "$SYS": return false
        default: break
        }
        // Whole levels are compared: "te/#" does not reach "test/".
        let levels = literal.isEmpty || literal.hasSuffix("/") ? literal : literal + "/"
        return opaqueChannels.contains {
            literal.hasPrefix($0.prefix) || $0.prefix.hasPrefix(levels)
        }
    }

    /// Whether the configuration wants a filter refused.
    func refuses(_ filter: TopicFilter) -> Bool {
        opaqueChannels.contains { $0.refusedFilters.contains(filter.description) }
    }
}
