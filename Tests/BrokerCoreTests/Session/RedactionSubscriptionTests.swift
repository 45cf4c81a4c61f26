import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// Who may subscribe to the orders of erasure, and whom a commit of one concerns.
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

    @Test func onlyAgenciesAreTold() throws {
        let filter = try TopicFilter(RedactionStatement.topicName)
        let topics = TopicSpace(opaqueChannels: [])
        for (role, scopes) in [
            (Role.agency, Subscription.Scopes.redactions), (.auditor, []), (.operatorStation, []),
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

    @Test func aReaderOfOrdersAloneIsFound() throws {
        let agency = try #require(AgencyID("MX:FGR"))
        var table = RoutingTable()
        table.set(connection: 7, agency: agency, scopes: .redactions)
        #expect(table.alertReaders(of: agency) == [7])
        #expect(table.logReaderIDs.isEmpty)
        table.set(connection: 7, agency: agency, scopes: [])
        #expect(table.alertReaders(of: agency).isEmpty)
    }
}
