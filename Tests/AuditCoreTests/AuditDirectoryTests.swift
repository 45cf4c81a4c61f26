import Alerts
import Base
import COSE
import Crypto
import MerkleLog
import Testing

@testable import AuditCore

/// The log's directory, held against the one that the auditor has of its own.
@Suite struct AuditDirectoryTests {
    /// A log in which the operator gives MX:FGR a key of its own, signs an answer with it, and
    /// changes the key back.
    private func forged(_ key: Ed25519SigningKey) throws -> AuditSample {
        var sample = try AuditSample()
        sample.append(
            sample.directory(member: "MX:FGR", change: .changed, signingKey: key.publicKey)
        )
        sample.append(sample.directory(member: "MX:FGR", change: .changed))
        return sample
    }

    @Test func aKeyThatIsNoneOfTheMembersIsABrokenRule() throws {
        let key = Ed25519SigningKey.generate()
        let sample = try forged(key)
        // To who knows no keys but the log's, it is in order.
        var believing = sample.machine()
        #expect(sample.audit(&believing, sample.entries) == nil)
        #expect(believing.keyChanges.map(\.index) == [4, 5])
        #expect(believing.unknownMembers == ["CO:PONAL", "MX:FGR", "US:DEA"])

        var machine = sample.machine(directory: try sample.directory())
        let violation = try #require(sample.audit(&machine, sample.entries))
        #expect(violation.kind == .directory)
        #expect(violation.index == 4)
        #expect(violation.found == Base64.encodeURL(key.publicKey.bytes))
        #expect(violation.text.contains("MX:FGR"))
        #expect(machine.unknownMembers.isEmpty)
    }

    @Test func aMemberThatTheAuditorDoesNotKnowIsListed() throws {
        let sample = try forged(Ed25519SigningKey.generate())
        var machine = sample.machine(directory: try sample.directory(without: "MX:FGR"))
        #expect(sample.audit(&machine, sample.entries) == nil)
        #expect(machine.unknownMembers == ["MX:FGR"])
        #expect(machine.keyChanges.map(\.member.description) == ["MX:FGR", "MX:FGR"])
    }

    @Test func aMemberThatSignsNothingHasNoKey() throws {
        let sample = try AuditSample()
        let silent = try #require(AgencyID("US:DEA"))
        var machine = sample.machine(directory: AuditDirectory([silent: []]))
        let violation = try #require(sample.audit(&machine, sample.entries))
        #expect(violation.kind == .directory)
        #expect(violation.index == 3)
        #expect(violation.expected == "no key")
    }

    @Test func whatAnEarlierAuditBelievedIsHeldAgainstTheDirectoryOfNow() throws {
        var sample = try AuditSample()
        let key = Ed25519SigningKey.generate()
        sample.append(
            sample.directory(member: "MX:FGR", change: .changed, signingKey: key.publicKey)
        )
        var first = sample.machine()
        #expect(sample.audit(&first, sample.entries) == nil)
        let next = sample.machine(first.state, directory: try sample.directory())
        let violation = #expect(throws: AuditViolation.self) { try next.checkMembers() }
        #expect(violation?.kind == .directory)
        #expect(throws: Never.self) { try first.checkMembers() }
    }
}
