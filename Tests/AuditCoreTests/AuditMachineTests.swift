import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

@testable import AuditCore

/// Every rule of an audit, broken once.
@Suite struct AuditMachineTests {
    @Test func anHonestLogBreaksNoRule() throws {
        var sample = try AuditSample()
        sample.append(.alert(try sample.alert(to: ["MX:FGR", "US:DEA"])))
        sample.append(.alert(try sample.alert(from: "MX:FGR", to: ["US:DEA"])))
        sample.append(
            .delivery(
                DeliveryBody(
                    station: "urn:aviso:agency:US:DEA:station-1",
                    client: "desk",
                    cursor: 5,
                    acknowledged: [4],
                    skipped: []
                )
            )
        )
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        #expect(machine.state.treeSize == 7)
        #expect(machine.state.counts == ["MX:FGR": 1, "US:DEA": 2])
        #expect(machine.state.unacknowledged == ["MX:FGR": [4], "US:DEA": [5]])
        #expect(machine.alertCount == 2)
        #expect(machine.checkpointCount == 1)
    }

    @Test func aFalseCountIsNamedWithBothValues() throws {
        var sample = try AuditSample()
        let alert = try sample.alert()
        sample.append(
            .alert(
                AlertEntryBody(
                    statement: alert.statement,
                    accepted: alert.accepted,
                    counts: [.init(agency: "MX:FGR", count: 7)]
                )
            )
        )
        let violation = try violation(in: sample)
        #expect(violation.kind == .count)
        #expect(violation.index == 4)
        #expect(violation.expected == "1")
        #expect(violation.found == "7")
        #expect(violation.message.contains("index 4: count: the count of MX:FGR is false"))
    }

    @Test func countsAreForThoseWhomTheStatementNames() throws {
        var sample = try AuditSample()
        let alert = try sample.alert(to: ["MX:FGR"])
        sample.append(
            .alert(
                AlertEntryBody(
                    statement: alert.statement,
                    accepted: alert.accepted,
                    counts: [.init(agency: "US:DEA", count: 1)]
                )
            )
        )
        #expect(try violation(in: sample).kind == .count)
    }

    @Test func aCountUnderAnotherSpellingIsNotTheAgencys() throws {
        var sample = try AuditSample(members: ["CO:KILO", "MX:FGR"])
        let alert = try sample.alert(from: "MX:FGR", to: ["CO:KILO"])
        let spelled = AlertEntryBody(
            statement: alert.statement,
            accepted: alert.accepted,
            counts: [.init(agency: "CO:\u{212A}ILO", count: 1)]
        )
        sample.append(.alert(spelled))
        let violation = try violation(in: sample)
        #expect(violation.kind == .encoding)
        #expect(violation.index == 3)
    }

    @Test func aSignatureOfAnotherIsFound() throws {
        var sample = try AuditSample()
        // Behind it a false count: the signature comes first.
        let forged = try sample.alert(signer: "US:DEA")
        sample.append(.alert(forged))
        #expect(try violation(in: sample).kind == .author)

        var masked = try AuditSample()
        let honest = try masked.alert()
        var bytes = Array(honest.statement)
        bytes[bytes.count - 1] ^= 1
        masked.append(
            .alert(
                AlertEntryBody(
                    statement: bytes[...],
                    accepted: honest.accepted,
                    counts: honest.counts
                )
            )
        )
        masked.times[5] = AuditSample.start
        masked.append(.alert(try masked.alert()))
        let violation = try violation(in: masked)
        #expect(violation.kind == .signature)
        #expect(violation.index == 4)
    }

    @Test func theKeyInForceIsThatOfTheDirectoryAtTheEntry() throws {
        var sample = try AuditSample()
        sample.append(.alert(try sample.alert()))
        let other = Ed25519SigningKey.generate()
        sample.append(
            sample.directory(
                member: "CO:PONAL",
                change: .changed,
                signingKey: other.publicKey
            )
        )
        sample.append(.alert(try sample.alert()))
        let violation = try violation(in: sample)
        #expect(violation.kind == .author)
        #expect(violation.index == 6)
        #expect(
            violation.expected
                == Hex.encode(
                    COSEKeyThumbprint.of(other.publicKey, coding: LibCBOR(), hasher: SHA256())
                )
        )
    }

    @Test func whoeverMayNotPublishOrReceiveIsFound() throws {
        var sample = try AuditSample()
        sample.append(
            sample.directory(member: "CO:PONAL", change: .changed, publish: [.intelligence])
        )
        sample.append(.alert(try sample.alert()))
        #expect(try violation(in: sample).kind == .permission)

        var gone = try AuditSample()
        gone.append(gone.directory(member: "MX:FGR", change: .removed))
        gone.append(.alert(try gone.alert()))
        #expect(try violation(in: gone).kind == .recipients)

        var stranger = try AuditSample()
        stranger.append(.alert(try stranger.alert(from: "PE:DEVIDA")))
        #expect(try violation(in: stranger).kind == .author)
    }

    @Test func timeAndIdentifiersGoOnlyForward() throws {
        var sample = try AuditSample()
        sample.times[2] = AuditSample.start
        let back = try violation(in: sample)
        #expect(back.kind == .time)
        #expect(back.index == 2)

        var twice = try AuditSample()
        let id = UUID(version7At: AuditSample.start, random: (1, 2))
        twice.append(.alert(try twice.alert(id: id)))
        twice.append(.alert(try twice.alert(id: id)))
        let again = try violation(in: twice)
        #expect(again.kind == .duplicate)
        #expect(again.index == 5)
        #expect(again.found == id.urn)

        var late = try AuditSample()
        late.append(.alert(try late.alert(expires: AuditSample.start)))
        #expect(try violation(in: late).kind == .time)
    }

    @Test func entriesThatAreNoneOrOutOfOrderAreFound() throws {
        let sample = try AuditSample()
        var entries = sample.entries
        entries[2] = [0x01, 0x02]
        var machine = sample.machine()
        #expect(sample.audit(&machine, entries)?.kind == .encoding)
        #expect(machine.state.treeSize == 2)

        // The same in a longer form: the version takes a byte more than it needs.
        var longer = sample.entries
        longer[2] = [longer[2][0], 0x18] + longer[2].dropFirst()
        var strict = sample.machine()
        #expect(try LogEntry(decoding: longer[2][...], using: LibCBOR()).body == sample.bodies[2])
        #expect(sample.audit(&strict, longer)?.kind == .encoding)
        #expect(strict.state.treeSize == 2)

        // Only where a receipt depends on it, every key is known.
        #expect(try auditOfMore(in: sample.bodies[2]) == nil)
        var more = try AuditSample()
        #expect(try auditOfMore(in: .alert(try more.alert())) == .encoding)

        var swapped = sample.machine()
        let first = AuditEntry(sample.entries[1], index: 1, depth: .full, tools: sample.tools)
        #expect(swapped.take([first]).violation?.kind == .missing)

        var headless = sample.machine()
        #expect(sample.audit(&headless, Array(sample.entries.dropFirst()))?.kind == .genesis)
    }

    @Test func aChangeOfTheLogsKeyIsFollowedAndHeldToTheOldOne() throws {
        var sample = try AuditSample()
        let next = Ed25519SigningKey.generate()
        sample.append(
            .policy(
                PolicyBody(
                    oldKey: sample.logKey.publicKey,
                    newKey: next.publicKey,
                    continuedBy: "a test"
                )
            )
        )
        let entries = sample.entries
        var machine = sample.machine(trusted: next)
        #expect(sample.audit(&machine, entries, note: sample.note(entries, key: next)) == nil)
        var old = sample.machine(trusted: next)
        #expect(sample.audit(&old, entries)?.kind == .checkpoint)
        // Whoever trusts the old key alone is told.
        var trusting = sample.machine()
        let violation = sample.audit(&trusting, entries, note: sample.note(entries, key: next))
        #expect(violation?.kind == .logKey)

        var foreign = try AuditSample()
        foreign.append(
            .policy(
                PolicyBody(oldKey: next.publicKey, newKey: next.publicKey, continuedBy: "a test")
            )
        )
        #expect(try self.violation(in: foreign).kind == .logKey)
    }

    /// What an audit says of a body that has a key more.
    private func auditOfMore(in body: EntryBody) throws -> AuditViolation.Kind? {
        let sample = try AuditSample()
        let bytes = LogEntry(time: AuditSample.start, body: body).encode(using: LibCBOR())
        var items = try #require(
            try LibCBOR().decode(bytes[...], limits: LogEntry.limits).arrayValue
        )
        var map = try #require(items[3].mapValue)
        map.append(.text("note"), .text("hidden"))
        items[3] = .map(map)
        let more = LibCBOR().encode(.array(items))
        let entry = AuditEntry(more, index: 4, depth: .full, tools: sample.tools)
        switch entry.content {
        case .failure(let violation): return violation.kind
        case .success, nil: return nil
        }
    }

    private func violation(in sample: AuditSample) throws -> AuditViolation {
        var machine = sample.machine()
        return try #require(sample.audit(&machine, sample.entries))
    }
}
