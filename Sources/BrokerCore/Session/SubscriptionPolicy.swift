package import Alerts
package import MQTTCodec
import MerkleLog

/// Which filters a member may subscribe to.
package enum SubscriptionPolicy {
    /// The decision on one filter.
    package enum Decision: Hashable, Sendable {
        /// Allowed, reaching this.
        case allowed(Subscription.Scopes)
        /// Denied, with the standard's reason code and why.
        case denied(ReasonCode, String)

        /// What it reaches; nothing where it is denied.
        package var scopes: Subscription.Scopes {
            if case .allowed(let scopes) = self { scopes } else { [] }
        }
    }

    /// Decides on a filter.
    ///
    /// A filter is allowed when it could match something that the station may read; each delivery
    /// is checked again.
    ///
    /// - Parameters:
    ///   - filter: the filter.
    ///   - member: the station's member; nil for a test client without a certificate.
    ///   - topics: the opaque channels.
    /// - Returns: what it reaches, or why it is denied.
    package static func decide(
        _ filter: TopicFilter,
        member: DirectoryMember?,
        topics: TopicSpace
    ) -> Decision {
        // Suites for clients look for this very code, which MQTT 3.1.1 has too.
        guard !topics.refuses(filter) else {
            return .denied(.unspecifiedError, "the configuration refuses \(filter)")
        }
        let opaque: Subscription.Scopes = topics.reachesOpaque(filter) ? .opaque : []
        if filter.shareName != nil { return decideShared(filter, opaque, topics) }
        let text = filter.description
        if text == "$aviso/checkpoint", member != nil { return .allowed(.checkpoint) }
        if text == RedactionStatement.topicName, member?.role == .agency {
            return .allowed(.redactions)
        }
        if text == DeadlineBody.topicName, member?.role == .agency {
            return .allowed(.deadlines)
        }
        if text == "$aviso/log" || text.hasPrefix("$aviso/log/") {
            guard let member, member.role != .agency else {
                return .denied(.notAuthorized, "the log's entries are for auditors and operators")
            }
            return .allowed(.log)
        }
        let scopes = opaque.union(alerts(filter, member))
        guard scopes.isEmpty else { return .allowed(scopes) }
        guard !text.hasPrefix("$") else {
            return .denied(.notAuthorized, "there is nothing to read under \(text)")
        }
        let reader = member.map { "\($0.id)" } ?? "a client without certificate"
        return .denied(
            .notAuthorized,
            "\(reader) may read no channel that matches \(text): "
                + "subscribe to alerts/<channel>/<kind>, or ask the operator for the permission"
        )
    }

    private static func alerts(
        _ filter: TopicFilter,
        _ member: DirectoryMember?
    ) -> Subscription.Scopes {
        for channel in member?.subscribe ?? [] {
            for kind in AlertKind.allCases where kind.channel == channel {
                if filter.matches(AlertTopic(kind: kind).name) { return .alerts }
            }
        }
        return []
    }

    private static func decideShared(
        _ filter: TopicFilter,
        _ opaque: Subscription.Scopes,
        _ topics: TopicSpace
    ) -> Decision {
        guard topics.hasOpaqueChannels else {
            return .denied(
                .sharedSubscriptionsNotSupported,
                "shared subscriptions are not served: alerts go to every subscriber they name"
            )
        }
        guard !opaque.isEmpty else {
            return .denied(
                .notAuthorized,
                "alerts go to every subscriber they name and are not shared out: \(filter)"
            )
        }
        return .allowed(opaque)
    }
}
