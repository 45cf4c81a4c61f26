import Alerts
import Base
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

@Suite struct SessionProjectionTests {
    @Test(arguments: [true, false]) func aSessionThatEndsWithItsConnectionIsNotKept(
        isLowered: Bool
    ) throws {
        let key = SessionKey(station: try makeStation(), clientIdentifier: "desk")
        var projection = SessionProjection()
        let began = SessionChange.created(expirySeconds: isLowered ? 60 : 0, cursor: 3)
        projection.apply(began.body(of: key))
        let subscribed = SessionChange.subscribed(try subscription("alerts/#", from: 3))
        projection.apply(subscribed.body(of: key))
        if isLowered {
            #expect(projection.sessions.count == 1)
            // As the logs of earlier versions have it.
            projection.apply(SessionChange.expiryChanged(expirySeconds: 0).body(of: key))
        }
        #expect(projection.sessions.isEmpty)
        #expect(projection.bodies.isEmpty)
        // What the client acknowledges until it leaves brings nothing back.
        projection.apply(
            DeliveryBody(
                station: key.station.urn,
                client: "desk",
                cursor: 9,
                acknowledged: [8],
                skipped: []
            )
        )
        #expect(projection.sessions.isEmpty)
    }
}
