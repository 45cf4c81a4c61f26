import Alerts
import Base
import CBOR
import Crypto
import MerkleLog
import Testing

@testable import AuditCore

/// An auditor finds what the broker should have refused about groups.
@Suite struct AuditGroupsTests {
    private let all = ["CO:PONAL", "MX:FGR", "US:DEA"]

    private func violation(in sample: AuditSample) -> AuditViolation? {
        var machine = sample.machine()
        return sample.audit(&machine, sample.entries)
    }

    @Test func honestGroupsBreakNoRule() throws {
        var sample = try AuditSample()
        let first = try sample.group(all)
        sample.append(.group(first))
        sample.append(.alert(try sample.alert(to: ["MX:FGR", "US:DEA"], groups: ["andean"])))
        let second = try sample.group(version: 2, replacing: first, ["CO:PONAL", "MX:FGR"])
        sample.append(.group(second))
        let reply = try sample.alert(from: "MX:FGR", to: ["CO:PONAL"], groups: ["andean"])
        sample.append(.alert(reply))
        sample.append(.group(try sample.group(version: 3, replacing: second, nil)))
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        #expect(machine.state.groups["andean"]?.draft.version == 3)
        #expect(machine.state.entryCounts["group"] == 3)
    }

    @Test func aLeftOutMemberAndAStrangerAreFound() throws {
        for (recipients, text) in [
            (["MX:FGR"], "has the member US:DEA, which `to` does not name"),
            (["MX:FGR", "PE:DEVIDA", "US:DEA"], "is no member of the closed group andean"),
        ] {
            var sample = try AuditSample(members: all + ["PE:DEVIDA"])
            sample.append(.group(try sample.group(all)))
            sample.append(.alert(try sample.alert(to: recipients, groups: ["andean"])))
            let violation = violation(in: sample)
            #expect(violation?.kind == .group)
            #expect(violation?.index == 6)
            #expect(violation?.text.contains(text) == true, "\(violation?.message ?? "clean")")
        }
    }

    @Test func aGroupThatIsNoneOrOverIsFound() throws {
        var none = try AuditSample()
        none.append(.alert(try none.alert(groups: ["andean"])))
        #expect(violation(in: none)?.kind == .group)

        var over = try AuditSample()
        let end = AuditSample.start.adding(milliseconds: 7000)
        over.append(.group(try over.group(["CO:PONAL", "MX:FGR"], until: end)))
        over.append(.alert(try over.alert(groups: ["andean"])))
        let violation = violation(in: over)
        #expect(violation?.kind == .group)
        #expect(violation?.text.contains("ended at") == true)
    }

    @Test func aStatementByAnotherOrOutOfOrderIsFound() throws {
        for (change, kind, text) in [
            (
                { sample, first in
                    try sample.group(by: "MX:FGR", version: 2, replacing: first, ["MX:FGR"])
                }, AuditViolation.Kind.group, "its owner alone"
            ),
            (
                { sample, first in try sample.group(version: 3, replacing: first, nil) }, .group,
                "2 is due"
            ),
            ({ sample, _ in try sample.group(version: 2, nil) }, .group, "is not SHA-256"),
            (
                { sample, first in
                    try sample.group(version: 2, replacing: first, nil, signer: "MX:FGR")
                }, .author, "another key"
            ),
            (
                { sample, first in
                    let second = try sample.group(version: 2, replacing: first, nil)
                    var bytes = Array(second.statement)
                    bytes[bytes.count - 1] ^= 1
                    return AlertEntryBody(
                        statement: bytes[...],
                        accepted: second.accepted,
                        counts: []
                    )
                }, .signature, ""
            ),
        ] as [((AuditSample, AlertEntryBody) throws -> AlertEntryBody, AuditViolation.Kind, String)]
        {
            var sample = try AuditSample()
            let first = try sample.group(all)
            sample.append(.group(first))
            sample.append(.group(try change(sample, first)))
            let violation = violation(in: sample)
            #expect(violation?.kind == kind)
            #expect(violation?.index == 5)
            #expect(violation?.text.contains(text) == true, "\(violation?.message ?? "clean")")
        }
    }

    @Test func whatWasVerifiedKnowsTheGroups() throws {
        var sample = try AuditSample()
        sample.append(.group(try sample.group(all)))
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        let bytes = machine.state.encode(origin: AuditSample.origin, using: LibCBOR())
        let state = try #require(
            AuditState(decoding: bytes, origin: AuditSample.origin, using: LibCBOR())
        )
        #expect(state == machine.state)
        #expect(state.groups.count == 1)
        sample.append(.alert(try sample.alert(to: ["MX:FGR"], groups: ["andean"])))
        var later = sample.machine(state)
        #expect(sample.audit(&later, sample.entries)?.kind == .group)
    }
}
