package import Alerts

/// Which connections of one loop wait for what, so that a commit touches only those concerned.
package struct RoutingTable: Sendable {
    private var alertReaders: [AgencyID: [UInt64]] = [:]
    private var logReaders: [UInt64] = []
    private var checkpointReaders: [UInt64] = []
    private var opaqueReaders: [UInt64] = []

    /// Makes an empty table.
    package init() {}

    /// The connections of `agency` with a subscription to alerts, or to notices of them, in the
    /// order of connecting.
    package func alertReaders(of agency: AgencyID) -> [UInt64] { alertReaders[agency] ?? [] }

    /// The connections with a subscription to the log's entries.
    package var logReaderIDs: [UInt64] { logReaders }

    /// The connections with a subscription to the checkpoint.
    package var checkpointReaderIDs: [UInt64] { checkpointReaders }

    /// The connections with a subscription to opaque channels.
    package var opaqueReaderIDs: [UInt64] { opaqueReaders }

    /// Sets what a connection waits for, replacing what was known of it.
    ///
    /// - Parameters:
    ///   - connection: its number on this loop.
    ///   - agency: the agency of its certificate.
    ///   - scopes: what its subscriptions reach; empty once it has gone.
    package mutating func set(
        connection: UInt64,
        agency: AgencyID,
        scopes: Subscription.Scopes
    ) {
        Self.set(connection, in: &logReaders, scopes.contains(.log))
        Self.set(connection, in: &checkpointReaders, scopes.contains(.checkpoint))
        Self.set(connection, in: &opaqueReaders, scopes.contains(.opaque))
        var readers = alertReaders[agency] ?? []
        Self.set(connection, in: &readers, !scopes.isDisjoint(with: [.alerts, .notices]))
        alertReaders[agency] = readers.isEmpty ? nil : readers
    }

    private static func set(_ connection: UInt64, in list: inout [UInt64], _ isWanted: Bool) {
        switch (list.firstIndex(of: connection), isWanted) {
        case (nil, true): list.append(connection)
        case (let place?, false): list.remove(at: place)
        case (nil, false), (.some, true): break
        }
    }
}
