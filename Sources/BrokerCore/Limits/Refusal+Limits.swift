package import Alerts
import MQTTCodec

/// What a peer is told that has reached a limit: which one, and when or how to go on.
extension Refusal {
    /// The user property that says after how many milliseconds the same request may succeed.
    ///
    /// It stands in CONNACK, PUBACK, PUBREC and SUBACK of what was refused only for its moment.
    package static let retryPropertyName = "aviso-retry-ms"

    /// The agency begins connections faster than it may (MQTT 5.0 3.2.2.2: 0x9F).
    package static func connectRate(
        _ agency: AgencyID,
        _ limits: BrokerLimits,
        retryMilliseconds: UInt64
    ) -> Refusal {
        Refusal(
            .connect,
            .connectionRateExceeded,
            "\(agency) begins more than \(limits.connectsPerSecond) connections a second: keep "
                + "connections open, and try again in \(retryMilliseconds) ms",
            limit: .connectsPerSecond,
            retryMilliseconds: retryMilliseconds
        )
    }

    /// The agency has as many connections as it may have (MQTT 5.0 3.2.2.2: 0x97).
    package static func connections(_ agency: AgencyID, _ limits: BrokerLimits) -> Refusal {
        Refusal(
            .connect,
            .quotaExceeded,
            "\(agency) has \(limits.connectionsPerAgencyMax) connections, which is as many as it "
                + "may have: end one, and try again",
            limit: .connectionsPerAgencyMax,
            // It depends on others when there is room; a second is no burden to anybody.
            retryMilliseconds: 1000
        )
    }

    /// The agency publishes faster than it may (MQTT 5.0 3.4.2.1, 3.5.2.1: 0x97).
    ///
    /// 0x96 Message rate too high would fit better, but the standard has it in DISCONNECT alone
    /// (table 2-6), and ending the connection would cost what else is under way on it.
    package static func publishRate(
        _ agency: AgencyID,
        _ limit: PeerLimit,
        _ limits: BrokerLimits,
        retryMilliseconds: UInt64
    ) -> Refusal {
        let rate =
            limit == .publishedBytesPerSecond
            ? "\(limits.publishedBytesPerSecond) bytes" : "\(limits.publishesPerSecond) messages"
        return Refusal(
            .publish,
            .quotaExceeded,
            "\(agency) publishes more than \(rate) a second: publish it again in "
                + "\(retryMilliseconds) ms, and slower",
            limit: limit,
            retryMilliseconds: retryMilliseconds
        )
    }

    /// The agency subscribes faster than it may publish (MQTT 5.0 3.9.3: 0x97).
    package static func subscribeRate(
        _ agency: AgencyID,
        _ limits: BrokerLimits,
        retryMilliseconds: UInt64
    ) -> Refusal {
        Refusal(
            .subscribe,
            .quotaExceeded,
            "\(agency) subscribes and publishes more than \(limits.publishesPerSecond) times a "
                + "second: subscribe again in \(retryMilliseconds) ms, and slower",
            limit: .publishesPerSecond,
            retryMilliseconds: retryMilliseconds
        )
    }

    /// The agency asks more of the log over HTTPS than it may.
    package static func questionRate(
        _ agency: AgencyID,
        retryMilliseconds: UInt64
    ) -> Refusal {
        Refusal(
            .https,
            .quotaExceeded,
            "\(agency) publishes and asks more than it may in a second: ask again in "
                + "\(retryMilliseconds) ms, and less often",
            limit: .publishesPerSecond,
            retryMilliseconds: retryMilliseconds
        )
    }

    /// The user properties that tell a client when to try again; none where that depends on it.
    var retryProperties: [UserProperty] {
        retryMilliseconds.map {
            [UserProperty(name: Self.retryPropertyName, value: String($0))]
        } ?? []
    }
}
