import Alerts
import Base
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// Who may subscribe to orders of erasure and notices of deadlines, and whom a commit concerns.
@Suite struct RedactionSubscriptionTests {
    private func member(_ role: Role) throws -> DirectoryMember {
        DirectoryMember(
            id: try #require(AgencyID("MX:FGR")),
            role: role,
            name: "a member",
            signingKey: nil,
            encryptionKey: nil,
            publish: [],
            subscribe: []
        )
    }

    @Test(arguments: [
        (RedactionStatement.topicName, Subscription.Scopes.redactions),
        (DeadlineBody.topicName, .deadlines),
    ])
    func onlyAgenciesAreTold(topicName: String, reached: Subscription.Scopes) throws {
        let filter = try TopicFilter(topicName)
        let topics = TopicSpace(opaqueChannels: [])
        for (role, scopes) in [
            (Role.agency, reached), (.auditor, []), (.operatorStation, []),
        ] {
            let decision = SubscriptionPolicy.decide(
                filter,
                member: try member(role),
                topics: topics
            )
            #expect(decision.scopes == scopes)
        }
        #expect(SubscriptionPolicy.decide(filter, member: nil, topics: topics).scopes == [])
    }

    @Test(arguments: [Subscription.Scopes.redactions, .deadlines])
    func aReaderOfNoticesAloneIsFound(scopes: Subscription.Scopes) throws {
        let agency = try #require(AgencyID("MX:FGR"))
        var table = RoutingTable()
        table.set(connection: 7, agency: agency, scopes: scopes)
        #expect(table.alertReaders(of: agency) == [7])
        #expect(table.logReaderIDs.isEmpty)
        table.set(connection: 7, agency: agency, scopes: [])
        #expect(table.alertReaders(of: agency).isEmpty)
    }
}
