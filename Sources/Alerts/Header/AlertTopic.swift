/// The MQTT topic of alerts of one kind: `alerts/<channel>/<kind>`.
package struct AlertTopic: Hashable, Sendable {
    /// How the topic of every alert begins.
    package static let prefix = "alerts/"

    // Every topic there is, so that the broker's look-up per message is one hash.
    private static let kinds: [String: AlertKind] = Dictionary(
        uniqueKeysWithValues: AlertKind.allCases.map { (AlertTopic(kind: $0).name, $0) }
    )

    /// The kind of the alerts.
    package let kind: AlertKind

    /// Makes the topic of a kind.
    package init(kind: AlertKind) {
        self.kind = kind
    }

    /// Reads a topic name.
    ///
    /// - Returns: nil if it is not the topic of a kind in its own channel.
    package init?(topicName: String) {
        guard let kind = AlertTopic.kinds[topicName] else { return nil }
        self.kind = kind
    }

    /// The topic name.
    package var name: String {
        "\(AlertTopic.prefix)\(kind.channel.rawValue)/\(kind.rawValue)"
    }
}

extension AlertTopic: CustomStringConvertible {
    /// The topic name.
    package var description: String { name }
}
