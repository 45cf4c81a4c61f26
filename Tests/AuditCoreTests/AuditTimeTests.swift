import Alerts
import Base
import MerkleLog
import Testing

@testable import AuditCore

/// When statements were issued, accepted and logged, and what the broker had to refuse then.
@Suite struct AuditTimeTests {
    private static let start = AuditSample.start
    private static let hour: UInt64 = 3600 * 1000
    private static let day = 24 * hour

    private func violation(
        _ make: (inout AuditSample) throws -> AlertEntryBody
    ) throws -> AuditViolation? {
        var sample = try AuditSample()
        sample.append(.alert(try make(&sample)))
        var machine = sample.machine()
        return sample.audit(&machine, sample.entries)
    }

    @Test func anAlertIsNotLoggedBeforeItIsAccepted() throws {
        // The entry at index 4 is of six seconds after the start.
        for (milliseconds, holds) in [(6000, true), (6001, false)] as [(UInt64, Bool)] {
            let broken = try violation {
                try $0.alert(acceptedAt: Self.start.adding(milliseconds: milliseconds))
            }
            #expect(broken?.kind == (holds ? nil : .time))
        }
    }

    @Test func anAlertIsAcceptedInTheTimeAfterItWasIssued() throws {
        let accepted = Self.start.adding(milliseconds: 1000)
        for (issuedAt, holds) in [
            (accepted.adding(milliseconds: Self.hour), true),
            (accepted.adding(milliseconds: Self.hour + 1000), false),
            (accepted.subtracting(milliseconds: 366 * Self.day), true),
            (accepted.subtracting(milliseconds: 366 * Self.day + 1000), false),
        ] {
            let broken = try violation { try $0.alert(issuedAt: issuedAt, acceptedAt: accepted) }
            #expect(broken?.kind == (holds ? nil : .time), "\(issuedAt)")
        }
    }

    @Test func whatIsAskedForLiesAheadOfIssueAndEntry() throws {
        let issuedAt = Self.start.adding(milliseconds: 60_000)
        for (issuedAt, replyBy, holds) in [
            (Self.start, Self.start.adding(milliseconds: 7000), true),
            (Self.start, Self.start.adding(milliseconds: 6000), false),
            (issuedAt, issuedAt, false),
        ] {
            let broken = try violation { try $0.alert(replyBy: replyBy, issuedAt: issuedAt) }
            #expect(broken?.kind == (holds ? nil : .time), "\(replyBy)")
        }
    }

    @Test func statementsBesideAlertsHaveTheirTimeToo() throws {
        var sample = try AuditSample()
        let group = try sample.group(["CO:PONAL", "MX:FGR"])
        for accepted in [
            Self.start.adding(milliseconds: 6001),
            Self.start.subtracting(milliseconds: 2 * Self.hour),
        ] {
            var copy = sample
            copy.append(
                .group(
                    AlertEntryBody(statement: group.statement, accepted: accepted, counts: [])
                )
            )
            var machine = copy.machine()
            #expect(copy.audit(&machine, copy.entries)?.kind == .time)
        }
        sample.append(.group(group))
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
    }

    @Test func labelsThatTheBrokerHadToRefuseAreFound() throws {
        // Alerts of intelligence go no further than TLP:GREEN.
        for (tlp, holds) in [(TLP.green, true), (.clear, false)] {
            let broken = try violation { try $0.alert(kind: .intelligenceReport, tlp: tlp) }
            #expect(broken?.kind == (holds ? nil : .labels))
        }
    }
}
