import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import Alerts

/// Who may change a group, and who may write to it.
@Suite struct GroupDirectoryTests {
    private let key = Ed25519SigningKey.generate()
    private let hasher = SHA256()
    private let time = WallTime(seconds: 1_790_000_000)
    private var groups = GroupDirectory()

    private func agency(_ name: String) throws -> AgencyID { try #require(AgencyID(name)) }

    private func draft(
        named group: String = "andean",
        by owner: String = "CO:PONAL",
        version: UInt64 = 1,
        basis: Digest? = nil,
        form: GroupStatement.Form = .closed,
        _ members: [String]? = ["CO:PONAL", "MX:FGR", "US:DEA"],
        until: WallTime? = nil
    ) throws -> GroupStatement.Draft {
        GroupStatement.Draft(
            issuer: try agency(owner),
            identifier: UUID(version7At: time, random: (1, version)),
            issuedAt: time,
            group: group,
            version: version,
            basis: basis ?? groups[group]?.digest ?? hasher.digest([]),
            definition: try members.map { members in
                GroupStatement.Definition(
                    form: form,
                    members: try members.map { try agency($0) },
                    until: until,
                    title: nil
                )
            }
        )
    }

    private mutating func apply(_ draft: GroupStatement.Draft) throws {
        let bytes = GroupStatement.sign(draft, key: key, coding: LibCBOR(), hasher: hasher)
        let statement = try GroupStatement(decoding: bytes[...], using: LibCBOR())
        #expect(fault(draft) == nil)
        groups.apply(statement, index: UInt64(groups.count), digest: hasher.digest(bytes[...]))
    }

    private func fault(
        _ draft: GroupStatement.Draft,
        at time: WallTime? = nil,
        without gone: String? = nil
    ) -> GroupFault? {
        do throws(GroupFault) {
            try groups.check(draft, at: time ?? self.time) { $0.description != gone }
            return nil
        } catch {
            return error
        }
    }

    private func fault(
        from author: String,
        to recipients: [String],
        groups names: [String] = ["andean"],
        kind: AlertKind = .diversionIncident,
        at time: WallTime? = nil,
        without gone: String? = nil
    ) throws -> GroupFault? {
        let header = try AlertHeader(
            kind: kind,
            to: recipients.map { try agency($0) },
            tlp: .amber,
            groups: names
        )
        let author = try agency(author)
        do throws(GroupFault) {
            try groups.check(header, author: author, at: time ?? self.time) {
                $0.description != gone
            }
            return nil
        } catch {
            return error
        }
    }

    @Test mutating func eachStatementFollowsTheOneBefore() throws {
        #expect(
            fault(try draft(version: 2)) == .version(group: "andean", due: 1, found: 2)
        )
        #expect(fault(try draft(nil)) == .nothingToDissolve(group: "andean"))
        try apply(try draft())
        for version in [UInt64(1), 3, .max] {
            #expect(
                fault(try draft(version: version))
                    == .version(group: "andean", due: 2, found: version)
            )
        }
        let current = try #require(groups["andean"]?.digest)
        let other = hasher.digest([1])
        #expect(
            fault(try draft(version: 2, basis: other))
                == .basis(group: "andean", due: current, found: other)
        )
        try apply(try draft(version: 2, ["CO:PONAL", "MX:FGR"]))
        #expect(groups["andean"]?.draft.version == 2)
        #expect(groups.count == 1)
    }

    @Test mutating func nobodyElseTakesANameOver() throws {
        try apply(try draft())
        let owner = try agency("CO:PONAL")
        // A member may know whose it is; who is none learns nothing but that it is taken.
        #expect(
            fault(try draft(by: "MX:FGR", version: 2)) == .foreign(group: "andean", owner: owner)
        )
        let stranger = try draft(by: "PE:DEVIDA", version: 2, ["PE:DEVIDA"])
        #expect(fault(stranger) == .foreign(group: "andean", owner: nil))
        #expect(fault(stranger)?.message.contains("CO:PONAL") == false)
        try apply(try draft(version: 2, nil))
        #expect(
            fault(try draft(by: "MX:FGR", version: 3)) == .foreign(group: "andean", owner: nil)
        )
        #expect(fault(try draft(version: 3, nil)) == .nothingToDissolve(group: "andean"))
        try apply(try draft(version: 3))
    }

    @Test func membersCanReceiveAndTheEndIsAhead() throws {
        #expect(
            fault(try draft(), without: "US:DEA")
                == .unknownMember(group: "andean", agency: try agency("US:DEA"))
        )
        #expect(fault(try draft(until: time)) == .endPassed(group: "andean", until: time))
        #expect(fault(try draft(until: WallTime(seconds: time.seconds + 1))) == nil)
    }

    @Test mutating func anAlertGoesToAllMembersOfTheMoment() throws {
        try apply(try draft())
        #expect(try fault(from: "CO:PONAL", to: ["MX:FGR", "US:DEA"]) == nil)
        #expect(try fault(from: "MX:FGR", to: ["CO:PONAL", "US:DEA"]) == nil)
        // An author may seal to itself too.
        #expect(try fault(from: "MX:FGR", to: ["CO:PONAL", "MX:FGR", "US:DEA"]) == nil)
        #expect(
            try fault(from: "CO:PONAL", to: ["MX:FGR"])
                == .missing(group: "andean", agency: try agency("US:DEA"))
        )
        // Nobody can seal to whom the directory has lost.
        #expect(try fault(from: "CO:PONAL", to: ["MX:FGR"], without: "US:DEA") == nil)
        #expect(
            try fault(from: "CO:PONAL", to: ["MX:FGR", "PE:DEVIDA", "US:DEA"])
                == .outsider(groups: ["andean"], agency: try agency("PE:DEVIDA"))
        )
        try apply(try draft(version: 2, ["CO:PONAL", "MX:FGR"]))
        #expect(try fault(from: "CO:PONAL", to: ["MX:FGR"]) == nil)
        #expect(
            try fault(from: "CO:PONAL", to: ["MX:FGR", "US:DEA"])
                == .outsider(groups: ["andean"], agency: try agency("US:DEA"))
        )
    }

    @Test mutating func whoIsNoMemberLearnsNothing() throws {
        try apply(try draft())
        for name in ["andean", "nowhere"] {
            let fault = try fault(from: "PE:DEVIDA", to: ["MX:FGR"], groups: [name])
            #expect(fault == .notAMember(group: name, author: try agency("PE:DEVIDA")))
        }
        try apply(try draft(version: 2, nil))
        #expect(
            try fault(from: "MX:FGR", to: ["US:DEA"])
                == .notAMember(group: "andean", author: try agency("MX:FGR"))
        )
        #expect(try fault(from: "CO:PONAL", to: ["US:DEA"]) == .dissolved(group: "andean"))
    }

    @Test mutating func aGroupEndsWhenItsOwnerSaid() throws {
        let end = WallTime(seconds: time.seconds + 60)
        try apply(try draft(until: end))
        let last = end.subtracting(milliseconds: 1)
        #expect(try fault(from: "CO:PONAL", to: ["MX:FGR", "US:DEA"], at: last) == nil)
        #expect(
            try fault(from: "CO:PONAL", to: ["MX:FGR", "US:DEA"], at: end)
                == .ended(group: "andean", until: end)
        )
        #expect(
            fault(try draft(version: 2, until: WallTime(seconds: end.seconds + 60)), at: end)
                == nil
        )
    }

    @Test mutating func aListIsWrittenToByItsOwnerAndItsMembers() throws {
        try apply(try draft(named: "desks", form: .list, ["MX:FGR", "US:DEA"]))
        let (all, one) = (["MX:FGR", "US:DEA"], ["MX:FGR", "PE:DEVIDA", "US:DEA"])
        #expect(try fault(from: "CO:PONAL", to: all, groups: ["desks"]) == nil)
        #expect(try fault(from: "MX:FGR", to: ["US:DEA"], groups: ["desks"]) == nil)
        // Others may be named beside a list.
        #expect(try fault(from: "CO:PONAL", to: one, groups: ["desks"]) == nil)
        #expect(
            try fault(from: "PE:DEVIDA", to: all, groups: ["desks"])
                == .notAMember(group: "desks", author: try agency("PE:DEVIDA"))
        )
        #expect(
            try fault(from: "CO:PONAL", to: all, groups: ["desks"], kind: .jointOperation)
                == .notClosed(group: "desks", kind: .jointOperation)
        )
    }

    @Test mutating func aListOpensNoClosedGroup() throws {
        try apply(try draft(["CO:PONAL", "MX:FGR"]))
        try apply(try draft(named: "other", ["CO:PONAL", "US:DEA"]))
        try apply(try draft(named: "desks", form: .list, ["PE:DEVIDA"]))
        #expect(
            try fault(from: "CO:PONAL", to: ["MX:FGR", "US:DEA"], groups: ["andean", "other"])
                == nil
        )
        #expect(
            try fault(from: "CO:PONAL", to: ["MX:FGR", "PE:DEVIDA"], groups: ["andean", "desks"])
                == .outsider(groups: ["andean"], agency: try agency("PE:DEVIDA"))
        )
    }
}
