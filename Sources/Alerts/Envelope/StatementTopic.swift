/// The topics of the statements beside alerts.
package enum StatementTopic: String, CaseIterable, Sendable {
    /// Orders to erase contents, and their confirmations.
    case redactions = "$aviso/redactions"
    /// Definitions of groups.
    case groups = "$aviso/groups"
}
