package import Alerts
package import COSE

/// The signing keys that an auditor knows its members by, from a list that is not the log's.
package struct AuditDirectory: Sendable {
    private let keys: [AgencyID: Set<Ed25519PublicKey>]

    /// Makes a directory.
    ///
    /// - Parameter keys: of each member all keys that it signs with or has signed with, stolen ones
    ///   included; none for a member that signs nothing.
    package init(_ keys: [AgencyID: Set<Ed25519PublicKey>]) {
        self.keys = keys
    }

    /// The keys of a member; nil for one that is not known.
    func signingKeys(of member: AgencyID) -> Set<Ed25519PublicKey>? { keys[member] }
}
