import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

@testable import AuditCore

/// Orders to erase contents, and their confirmations, true and false.
@Suite struct AuditRedactionTests {
    /// Members, an operator, and an alert to two of them at index 5.
    private func sample() throws -> (AuditSample, AlertEntryBody) {
        var sample = try AuditSample()
        sample.append(
            sample.directory(member: "PE:DEVIDA", change: .added, role: "operator", publish: [])
        )
        let alert = try sample.alert(to: ["MX:FGR", "US:DEA"])
        sample.append(.alert(alert))
        return (sample, alert)
    }

    private func violation(_ sample: AuditSample) -> AuditViolation? {
        var machine = sample.machine()
        return sample.audit(&machine, sample.entries)
    }

    private static func statement(of entry: EntryBody) -> ArraySlice<UInt8> {
        guard case .redaction(let body) = entry else { return [] }
        return body.statement
    }

    @Test func anOrderAndItsConfirmationsHold() throws {
        var (sample, alert) = try sample()
        let counts: [String: UInt64] = ["MX:FGR": 1, "US:DEA": 1]
        let order = try sample.redaction(
            .order,
            by: "PE:DEVIDA",
            of: alert,
            at: 5,
            counts: counts
        )
        sample.append(order)
        // The state goes through its file in between.
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        let bytes = machine.state.encode(origin: AuditSample.origin, using: LibCBOR())
        let state = AuditState(decoding: bytes, origin: AuditSample.origin, using: LibCBOR())
        #expect(state == machine.state)
        for basis in [Self.statement(of: order), [1, 2]] {
            var confirmed = sample
            confirmed.append(
                try sample.redaction(
                    .confirmation,
                    by: "MX:FGR",
                    of: alert,
                    at: 5,
                    counts: ["MX:FGR": 1],
                    basis: basis
                )
            )
            var later = sample.machine(try #require(state))
            let broken = confirmed.audit(&later, confirmed.entries)
            #expect(broken?.kind == (basis == [1, 2] ? .redaction : nil))
        }
    }

    @Test(arguments: [
        (4, ["MX:FGR": 1, "US:DEA": 1]), (5, ["MX:FGR": 1]), (5, ["MX:FGR": 2, "US:DEA": 1]),
        (5, ["CO:PONAL": 1, "MX:FGR": 1, "US:DEA": 1]), (5, [:]),
    ])
    func anOrderHasIndexAndCountsOfItsAlert(index: Int, counts: [String: UInt64]) throws {
        var (sample, alert) = try sample()
        sample.append(
            try sample.redaction(.order, by: "PE:DEVIDA", of: alert, at: index, counts: counts)
        )
        let violation = try #require(violation(sample))
        #expect(violation.kind == .redaction)
        #expect(violation.index == 6)
    }

    @Test(arguments: [
        ("MX:FGR", 5, ["MX:FGR": 2]), ("MX:FGR", 5, ["US:DEA": 1]), ("MX:FGR", 4, ["MX:FGR": 1]),
        ("CO:PONAL", 5, [:]), ("MX:FGR", 5, [:]),
    ])
    func aConfirmationIsOfARecipient(
        by agency: String,
        index: Int,
        counts: [String: UInt64]
    ) throws {
        var (sample, alert) = try sample()
        sample.append(
            try sample.redaction(
                .order,
                by: "PE:DEVIDA",
                of: alert,
                at: 5,
                counts: ["MX:FGR": 1, "US:DEA": 1]
            )
        )
        sample.append(
            try sample.redaction(.confirmation, by: agency, of: alert, at: index, counts: counts)
        )
        let violation = try #require(violation(sample))
        #expect(violation.kind == .redaction)
        #expect(violation.index == 7)
    }

    @Test func nothingIsConfirmedThatNobodyOrdered() throws {
        var (sample, alert) = try sample()
        sample.append(
            try sample.redaction(
                .confirmation,
                by: "MX:FGR",
                of: alert,
                at: 5,
                counts: ["MX:FGR": 1]
            )
        )
        #expect(violation(sample)?.kind == .redaction)
    }
}
