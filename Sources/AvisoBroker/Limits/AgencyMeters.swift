import Alerts
import BrokerCore
import Synchronization

/// The meters of all members, made when their first station connects.
///
/// A connection looks its meter up once, at the end of its handshake, and keeps it.
final class AgencyMeters: Sendable {
    private let limits: BrokerLimits
    private let meters = Mutex<[AgencyID: AgencyMeter]>([:])

    init(limits: BrokerLimits) {
        self.limits = limits
    }

    /// The meter of an agency.
    ///
    /// - Parameter agency: a member of the directory, so that the meters stay as few as these.
    /// - Returns: its meter, the same for all its connections.
    func meter(of agency: AgencyID) -> AgencyMeter {
        meters.withLock { meters in
            if let meter = meters[agency] { return meter }
            let meter = AgencyMeter(agency: agency, limits: limits)
            meters[agency] = meter
            return meter
        }
    }

    /// All of them, sorted by their agencies.
    var all: [AgencyMeter] {
        meters.withLock { Array($0.values) }.sorted { $0.agency < $1.agency }
    }
}
