import MQTTCodec
import Testing

@testable import BrokerCore

@Suite struct SharedSubscriptionsTests {
    private func member(
        _ client: String,
        connection: UInt64? = 1,
        _ filter: String = "$share/g/test/#"
    ) throws -> SharedSubscriptions.Member {
        SharedSubscriptions.Member(
            key: SessionKey(station: try makeStation(), clientIdentifier: client),
            holder: connection.map { .init(shard: 0, connection: $0) },
            subscription: try subscription(filter, from: 0, scopes: .opaque)
        )
    }

    @Test("4.8.2: each message goes to one member of a group, and to each group")
    func oneMemberOfEachGroup() throws {
        var shares = SharedSubscriptions()
        for client in ["a", "b"] { shares.join(try member(client)) }
        shares.join(try member("c", connection: 1, "$share/other/test/+"))
        var turns: [String: Int] = [:]
        for _ in 0..<10 {
            for member in shares.assign(topicName: "test/x") {
                turns[member.key.clientIdentifier, default: 0] += 1
            }
        }
        #expect(turns == ["a": 5, "b": 5, "c": 10])
        let none = shares.assign(topicName: "elsewhere")
        #expect(none.isEmpty)
    }

    @Test func membersThatAreThereGoFirst() throws {
        var shares = SharedSubscriptions()
        shares.join(try member("away", connection: nil))
        shares.join(try member("here"))
        for _ in 0..<4 {
            let turn = shares.assign(topicName: "test/x")
            #expect(turn.map(\.key.clientIdentifier) == ["here"])
        }
        shares.leave(try TopicFilter("$share/g/test/#"), key: try member("here").key)
        let turn = shares.assign(topicName: "test/x")
        #expect(turn.map(\.key.clientIdentifier) == ["away"], "its session holds the message")
    }

    @Test func aTurnPassesToAnother() throws {
        var shares = SharedSubscriptions()
        let filter = try TopicFilter("$share/g/test/#")
        shares.join(try member("a"))
        let alone = shares.next(in: filter, except: try member("a").key)
        #expect(alone == nil)
        shares.join(try member("b"))
        let other = shares.next(in: filter, except: try member("a").key)
        #expect(other?.key.clientIdentifier == "b")
    }

    @Test func aConnectionThatEndsTakesOnlyItsOwnMemberOut() throws {
        var shares = SharedSubscriptions()
        shares.join(try member("a", connection: 1))
        // The session has another connection already.
        shares.join(try member("a", connection: 2))
        let key = try member("a").key
        shares.disconnected(key, from: .init(shard: 0, connection: 1), isDurable: false)
        let still = shares.assign(topicName: "test/x")
        #expect(still.count == 1)
        shares.disconnected(key, from: .init(shard: 0, connection: 2), isDurable: true)
        let waiting = shares.assign(topicName: "test/x")
        #expect(waiting.map(\.holder) == [nil])
        shares.join(try member("a", connection: 3))
        shares.disconnected(key, from: .init(shard: 0, connection: 3), isDurable: false)
        let gone = shares.assign(topicName: "test/x")
        #expect(gone.isEmpty)
    }
}
