/// The topics of the statements beside alerts.
package enum StatementTopic: String, CaseIterable, Sendable {
    /// Orders to erase contents, and their confirmations.
    case redactions = "$aviso/redactions"
    /// Definitions of groups.
    case groups = "$aviso/groups"

    /// Reads a topic.
    ///
    /// - Returns: nil for any other topic, which its first character tells of an alert's.
    package init?(topicName: String) {
        guard topicName.utf8.first == UInt8(ascii: "$") else { return nil }
        self.init(rawValue: topicName)
    }
}
