import Alerts
import COSE
import MQTTCodec
import Testing

@testable import BrokerCore

func makeStation(_ urn: String = "urn:aviso:agency:MX:FGR:station-1") throws -> StationIdentity {
    try #require(StationIdentity(urn: urn))
}

func makeSession(_ client: String = "client", expirySeconds: UInt32 = 60) throws -> Session {
    let key = SessionKey(station: try makeStation(), clientIdentifier: client)
    return Session(key: key, expirySeconds: expirySeconds)
}

func subscription(
    _ filter: String,
    from: UInt64,
    identifier: UInt32? = nil,
    qos: QoS = .atLeastOnce,
    scopes: Subscription.Scopes = .alerts
) throws -> Subscription {
    Subscription(
        filter: try TopicFilter(filter),
        options: SubscriptionOptions(qos: qos),
        identifier: identifier,
        from: from,
        scopes: scopes
    )
}

/// A directory with MX:FGR (which may do everything), PE:DEVIDA (which reads trends only) and an
/// auditor.
func makeDirectory() throws -> Directory {
    var directory = Directory()
    let members: [(String, Role, Set<Channel>, UInt8)] = [
        ("MX:FGR", .agency, Set(Channel.allCases), 1),
        ("PE:DEVIDA", .agency, [.traffickingTrends], 2),
        ("OAS:AUDIT", .auditor, [], 3),
    ]
    for (id, role, channels, key) in members {
        let member = DirectoryMember(
            id: try #require(AgencyID(id)),
            role: role,
            name: id,
            signingKey: Ed25519PublicKey([UInt8](repeating: key, count: 32)),
            encryptionKey: X25519PublicKey([UInt8](repeating: key + 100, count: 32)),
            publish: channels,
            subscribe: channels
        )
        directory.set(member, signingKeyID: [key], encryptionKeyID: [key + 100])
    }
    return directory
}
