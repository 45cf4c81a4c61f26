package import Alerts
package import MQTTCodec

/// Which filters a member may subscribe to.
package enum SubscriptionPolicy {
    /// The decision on one filter.
    package enum Decision: Hashable, Sendable {
        /// Allowed, reaching this.
        case allowed(Subscription.Scope)
        /// Denied, with the standard's reason code and why.
        case denied(ReasonCode, String)

        /// Whether it is allowed.
        package var isAllowed: Bool {
            if case .allowed = self { true } else { false }
        }
    }

    /// Decides on a filter.
    ///
    /// A filter is allowed when it could match something that the member may read; each delivery
    /// is checked again.
    package static func decide(_ filter: TopicFilter, member: DirectoryMember) -> Decision {
        guard filter.shareName == nil else {
            return .denied(
                .sharedSubscriptionsNotSupported,
                "shared subscriptions are not served: alerts go to every subscriber they name"
            )
        }
        let text = filter.description
        if text == "$aviso/checkpoint" { return .allowed(.checkpoint) }
        if text == "$aviso/log" || text.hasPrefix("$aviso/log/") {
            guard member.role != .agency else {
                return .denied(.notAuthorized, "the log's entries are for auditors and operators")
            }
            return .allowed(.log)
        }
        guard !text.hasPrefix("$") else {
            return .denied(.notAuthorized, "there is nothing to read under \(text)")
        }
        for channel in member.subscribe {
            for kind in AlertKind.allCases where kind.channel == channel {
                if filter.matches(AlertTopic(kind: kind).name) {
                    return .allowed(.alerts)
                }
            }
        }
        return .denied(
            .notAuthorized,
            "\(member.id) may read no channel that matches \(text): "
                + "subscribe to alerts/<channel>/<kind>, or ask the operator for the permission"
        )
    }
}
