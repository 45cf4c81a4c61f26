import Alerts
import COSE
import Testing

@testable import BrokerCore

/// Whose an encryption key is, whichever way the members came to it.
@Suite struct DirectoryTests {
    private func member(_ id: String) throws -> DirectoryMember {
        DirectoryMember(
            id: try #require(AgencyID(id)),
            role: .agency,
            name: id,
            signingKey: nil,
            encryptionKey: nil,
            publish: [],
            subscribe: []
        )
    }

    private func set(_ id: String, _ key: UInt8, in directory: inout Directory) throws {
        directory.set(try member(id), signingKeyID: [key, 0], encryptionKeyID: [key])
    }

    private func owners(_ directory: Directory, _ keys: UInt8...) -> [String?] {
        keys.map { directory.agency(encryptionKeyID: [$0])?.description }
    }

    @Test func aMemberThatIsRenamedKeepsItsKey() throws {
        var directory = Directory()
        try set("MX:PGR", 1, in: &directory)
        // The order in which changes are logged: what is new comes before what has gone.
        try set("MX:FGR", 1, in: &directory)
        directory.remove(try #require(AgencyID("MX:PGR")))
        #expect(owners(directory, 1) == ["MX:FGR"])
        // And back, to a name that joined first.
        try set("MX:PGR", 1, in: &directory)
        #expect(owners(directory, 1) == ["MX:FGR"])
        directory.remove(try #require(AgencyID("MX:FGR")))
        #expect(owners(directory, 1) == ["MX:PGR"])
        directory.remove(try #require(AgencyID("MX:PGR")))
        #expect(owners(directory, 1) == [nil])
    }

    @Test func membersMaySwapTheirKeys() throws {
        var directory = Directory()
        try set("MX:FGR", 1, in: &directory)
        try set("CO:PONAL", 2, in: &directory)
        try set("CO:PONAL", 1, in: &directory)
        try set("MX:FGR", 2, in: &directory)
        #expect(owners(directory, 1, 2) == ["CO:PONAL", "MX:FGR"])
    }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func ofSeveralItIsTheLastThatJoined(order: [Int]) throws {
        let names = ["CO:PONAL", "MX:FGR", "PE:DEVIDA"]
        var directory = Directory()
        for (place, name) in names.enumerated() { try set(name, UInt8(10 + place), in: &directory) }
        for place in order { try set(names[place], 1, in: &directory) }
        #expect(owners(directory, 1, 10, 11, 12) == ["PE:DEVIDA", nil, nil, nil])
        directory.remove(try #require(AgencyID("PE:DEVIDA")))
        #expect(owners(directory, 1) == ["MX:FGR"])
    }
}
