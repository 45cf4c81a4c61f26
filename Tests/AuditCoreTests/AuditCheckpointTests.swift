import Base
import CBOR
import Crypto
import MerkleLog
import Testing

@testable import AuditCore

/// Checkpoints, and what an auditor holds the log to from one audit to the next.
@Suite struct AuditCheckpointTests {
    @Test func aRootOrTallyThatTheEntriesDoNotGiveIsFound() throws {
        var sample = try AuditSample()
        sample.append(.alert(try sample.alert()))
        let entries = sample.entries
        var other = entries
        other[4][20] ^= 1
        var machine = sample.machine()
        let root = sample.audit(&machine, entries, note: sample.note(other))
        #expect(root?.kind == .root)
        #expect(root?.index == 5)
        var counting = sample.machine()
        let note = sample.note(entries, counts: ["MX:FGR": 2])
        #expect(sample.audit(&counting, entries, note: note)?.kind == .tally)
        var signed = sample.machine()
        let forged = sample.note(entries, key: Ed25519SigningKey.generate())
        #expect(sample.audit(&signed, entries, note: forged)?.kind == .checkpoint)
        var short = sample.machine()
        let early = sample.note(entries, size: 4, counts: [:])
        #expect(sample.audit(&short, entries, note: early)?.kind == .checkpoint)
    }

    @Test func theTreeAloneIsCheckedWithoutTheEntriesMeaning() throws {
        let sample = try AuditSample()
        var entries = sample.entries
        entries.append([1, 2, 3])
        var machine = sample.machine(depth: .tree)
        #expect(sample.audit(&machine, entries, depth: .tree) == nil)
        #expect(machine.state.treeSize == 5)
        entries[1][9] ^= 1
        var other = sample.machine(depth: .tree)
        let note = sample.note(sample.entries + [[1, 2, 3]])
        #expect(sample.audit(&other, entries, note: note, depth: .tree)?.kind == .root)
    }

    @Test func anAuditGoesOnFromItsStateAsItWasWritten() throws {
        var sample = try AuditSample()
        sample.append(.alert(try sample.alert(to: ["MX:FGR", "US:DEA"])))
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        let bytes = machine.state.encode(origin: AuditSample.origin, using: LibCBOR())
        let state = try #require(
            AuditState(decoding: bytes, origin: AuditSample.origin, using: LibCBOR())
        )
        #expect(state == machine.state)
        #expect(state.kept.count == 1)
        #expect(AuditState(decoding: bytes, origin: "another", using: LibCBOR()) == nil)
        for cut in [0, 1, bytes.count / 2, bytes.count - 1] {
            let part = Array(bytes.prefix(cut))
            #expect(
                AuditState(decoding: part, origin: AuditSample.origin, using: LibCBOR()) == nil
            )
        }

        sample.append(.alert(try sample.alert()))
        var next = sample.machine(state)
        #expect(sample.audit(&next, sample.entries) == nil)
        #expect(next.state.counts["MX:FGR"] == 2)
        #expect(next.state.kept.count == 2)
        // A duplicate of what was read in the audit before.
        sample.append(sample.bodies[4])
        var again = sample.machine(next.state)
        #expect(sample.audit(&again, sample.entries)?.kind == .count)
    }

    @Test func anotherHistoryIsNotTheOneThatWasVerified() throws {
        var sample = try AuditSample()
        sample.append(.alert(try sample.alert()))
        var machine = sample.machine()
        let honest = sample.entries
        #expect(sample.audit(&machine, honest) == nil)
        let state = machine.state

        // The same log, with another alert in the place of the first, and one more.
        sample.times[4] = AuditSample.start.adding(milliseconds: 6500)
        sample.append(sample.directory(member: "PE:DEVIDA", change: .added))
        let rewritten = sample.entries
        var resumed = sample.machine(state)
        let found = sample.audit(&resumed, rewritten)
        #expect(found?.kind == .consistency)
        #expect(found?.index == 6)
        // From the start the kept checkpoint tells at its size.
        var anew = sample.machine(state.onlyKept)
        let early = sample.audit(&anew, rewritten)
        #expect(early?.kind == .consistency)
        #expect(early?.index == 5)
    }

    @Test func aShorterLogOrAnotherRootIsRefusedAtOnce() throws {
        let sample = try AuditSample()
        var machine = sample.machine()
        #expect(sample.audit(&machine, sample.entries) == nil)
        let resumed = sample.machine(machine.state)
        let anew = sample.machine(machine.state.onlyKept)
        for machine in [resumed, anew] {
            let error = #expect(throws: AuditViolation.self) {
                try machine.checkContinuation(size: 3, root: nil)
            }
            #expect(error?.kind == .consistency)
            #expect(error?.expected == "4 entries at least")
        }
        #expect(throws: AuditViolation.self) {
            try resumed.checkContinuation(size: 9, root: SHA256().digest([1]))
        }
        let root = machine.state.frontier.rootHash(using: SHA256())
        #expect(throws: Never.self) { try resumed.checkContinuation(size: 9, root: root) }
        #expect(throws: Never.self) { try anew.checkContinuation(size: 4, root: nil) }
    }

    @Test func whatWitnessesCosignedIsHeldAgainstTheEntriesAndKept() throws {
        var sample = try AuditSample()
        sample.append(.alert(try sample.alert()))
        let entries = sample.entries
        let early = sample.note(entries, size: 4, counts: [:])
        var machine = sample.machine()
        try machine.expect(cosigned: early)
        #expect(sample.audit(&machine, entries) == nil)
        #expect(machine.state.kept.count == 2)
        #expect(machine.state.kept.first == early)
        // The next audit knows it; an older one that was not kept it cannot compare.
        var next = sample.machine(machine.state)
        #expect(throws: Never.self) { try next.expect(cosigned: early) }
        let older = sample.note(entries, size: 3, counts: [:])
        let unknown = #expect(throws: AuditViolation.self) { try next.expect(cosigned: older) }
        #expect(unknown?.kind == .cosignature)
        #expect(unknown?.text.contains("--from-start") == true)

        var other = entries
        other[2][20] ^= 1
        var split = sample.machine()
        try split.expect(cosigned: sample.note(other, size: 4, counts: [:]))
        let found = sample.audit(&split, entries)
        #expect(found?.kind == .cosignature)
        #expect(found?.index == 4)
        #expect(throws: AuditViolation.self) { try split.expect(cosigned: [1, 2, 3]) }
    }

    @Test func onlySoManyCheckpointsAreKept() throws {
        var state = AuditState()
        for number in 0..<(AuditState.keptCountMax + 5) { state.keep(Array("\(number)".utf8)) }
        #expect(state.kept.count == AuditState.keptCountMax)
        #expect(state.kept.first == Array("5".utf8))
    }
}
