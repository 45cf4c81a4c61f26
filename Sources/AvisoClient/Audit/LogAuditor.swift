import Alerts
import AuditCore
import Base
import CBOR
import Crypto
import EventLoop
import MerkleLog

/// Drives an audit: reads, computes on all processors, and keeps what was verified.
struct LogAuditor {
    // Small enough that all processors share the work of one HTTPS tile or one batch.
    private static let sliceCount = 64
    private static let saveMilliseconds: UInt64 = 10_000

    private let source: any AuditSource
    private let profile: AvisoProfile
    private let options: AuditOptions
    private let file: AuditStateFile
    private let depth: AuditDepth
    private let tools = AuditTools(coding: LibCBOR(), hasher: SHA256(), verifier: Cryptography())
    private var machine: AuditMachine
    private var cosigned: AuditReport.Cosigned?
    private var signatureCount: UInt64 = 0
    private var byteCount: UInt64 = 0
    private let start: UInt64

    init(_ options: AuditOptions, profile: AvisoProfile) throws(AvisoError) {
        self.options = options
        self.profile = profile
        if let folder = options.folder {
            source = try FolderAuditSource(directory: folder)
        } else {
            source = try ServerAuditSource(profile: profile)
        }
        file = AuditStateFile(
            path: options.stateFile ?? profile.folder + "/audit.state",
            origin: profile.logOrigin
        )
        let stored = try file.read() ?? AuditState()
        depth = options.isTreeOnly ? .tree : .full
        // Without the entries' meaning nothing of an earlier state can be gone on with.
        let isAnew = options.isFromStart || options.isTreeOnly
        let state = isAnew ? stored.onlyKept : stored
        start = state.treeSize
        machine = AuditMachine(
            origin: profile.logOrigin,
            trustedKey: profile.logKey.publicKey,
            directory: profile.auditDirectory,
            state: state,
            depth: depth,
            tools: tools
        )
    }

    /// Reads the log to its latest checkpoint.
    mutating func run(
        _ progress: (AuditProgress) -> Void
    ) async throws(AvisoError) -> AuditReport {
        let note = try await latestNote()
        guard let latest = profile.checkpoint(ofNote: note) else {
            let text = SignedNote(note)?.text.split(separator: "\n").first.map { String($0) }
            let violation = AuditViolation(
                .checkpoint,
                at: 0,
                "the latest checkpoint is not signed by the trusted key",
                expected: "a signature of \(profile.logKey)",
                found: text ?? "no signed note"
            )
            return report(nil, violation)
        }
        var violation: AuditViolation?
        do {
            let root = try source.root(at: machine.state.treeSize, latest: latest)
            try machine.checkContinuation(size: latest.treeSize, root: root)
            try machine.checkMembers()
            let cosigned = profile.witnesses == nil ? nil : try source.cosignedNote(latest: note)
            if let cosigned, cosigned != note { try machine.expect(cosigned: cosigned) }
            try await readAll(latest, progress)
            // Whatever the witnesses have done, the entries are what they are: they come first.
            self.cosigned = try checkCosigners(cosigned, latest)
            try machine.take(checkpoint: note, isKept: true)
        } catch let error as AuditViolation {
            violation = error
        } catch let error as AvisoError {
            throw error
        } catch {
            throw AvisoError(.fileFailed, "\(error)")
        }
        if violation == nil, !options.isTreeOnly { try file.write(machine.state) }
        return report(latest, violation)
    }

    // After a start the broker has no cosignatures yet: they are a moment away, or missing.
    private func latestNote() async throws(AvisoError) -> [UInt8] {
        guard source.isLive else { return try source.latestNote() }
        let end = SystemClock.monotonic().adding(seconds: AvisoProfile.cosigningSecondsMax)
        while true {
            let note = try source.latestNote()
            let isCosigned = (try? profile.shownCheckpoint(note)) != nil
            guard !isCosigned, profile.witnesses != nil, SystemClock.monotonic() < end else {
                return note
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func checkCosigners(
        _ bytes: [UInt8]?,
        _ latest: Checkpoint
    ) throws(AuditViolation) -> AuditReport.Cosigned? {
        guard let witnesses = profile.witnesses else { return nil }
        let note = bytes.flatMap { SignedNote($0) }
        guard let note, let checkpoint = Checkpoint(text: note.text),
            checkpoint.treeSize <= latest.treeSize,
            ([profile.logKey] + profile.formerLogKeys).contains(where: {
                $0.name == checkpoint.origin && note.isSigned(by: $0, verifier: tools.verifier)
            })
        else {
            throw AuditViolation(
                .cosignature,
                at: latest.treeSize,
                "there is no checkpoint of this log that witnesses have cosigned",
                expected: "\(witnesses.required) cosignatures",
                found: note?.text.split(separator: "\n").prefix(2).joined(separator: " ") ?? "none"
            )
        }
        do throws(CosignerPolicyError) {
            let cosigners = try witnesses.check(
                note,
                now: source.isLive ? SystemClock.wall() : nil,
                verifier: Cryptography()
            )
            return AuditReport.Cosigned(
                size: checkpoint.treeSize,
                cosigners: cosigners.map { LogCosigner($0) }
            )
        } catch {
            throw AuditViolation(
                .cosignature,
                at: checkpoint.treeSize,
                error.text,
                expected: error.expected,
                found: error.found
            )
        }
    }

    private mutating func readAll(
        _ latest: Checkpoint,
        _ progress: (AuditProgress) -> Void
    ) async throws {
        let source = source
        var saved = SystemClock.monotonic()
        var pieces = try await source.pieces(from: machine.state.treeSize, latest: latest)
        while !pieces.isEmpty {
            let end = pieces.reduce(machine.state.treeSize) { max($0, $1.endIndex) }
            // The next pieces are fetched while these are computed.
            async let next = source.pieces(from: end, latest: latest)
            for piece in pieces { try await take(piece) }
            progress(
                AuditProgress(start: start, done: machine.state.treeSize, size: latest.treeSize)
            )
            let now = SystemClock.monotonic()
            if now.milliseconds(since: saved) > Self.saveMilliseconds, !options.isTreeOnly {
                try file.write(machine.state)
                saved = now
            }
            pieces = try await next
        }
        guard machine.state.treeSize == latest.treeSize else {
            throw AuditViolation(
                .missing,
                at: machine.state.treeSize,
                "the log ends before its signed size",
                expected: "\(latest.treeSize) entries",
                found: "\(machine.state.treeSize) entries"
            )
        }
    }

    private mutating func take(_ piece: AuditPiece) async throws {
        switch piece {
        case .violation(let violation):
            throw violation
        case .checkpoint(let note):
            try machine.take(checkpoint: note, isKept: false)
        case .entries(let first, let entries, let leaves):
            try await take(entries, first, leaves)
        }
    }

    private mutating func take(
        _ entries: [[UInt8]],
        _ first: UInt64,
        _ leaves: [Digest]?
    ) async throws {
        let (tools, depth) = (tools, depth)
        let read = await Parallel.map(entries, inSlicesOf: Self.sliceCount) { slice in
            slice.indices.map { place in
                AuditEntry(
                    slice[place],
                    index: first + UInt64(place),
                    depth: depth,
                    tools: tools
                )
            }
        }.flatMap { $0 }
        if let leaves { try Self.compare(read, leaves) }
        let step = machine.take(read)
        let failures = await Parallel.map(step.checks, inSlicesOf: Self.sliceCount) { slice in
            SignatureCheck.firstFailure(in: slice, tools: tools)
        }
        // Signatures stand before the entry at which a rule was broken.
        if let failure = failures.compactMap({ $0 }).first ?? step.violation { throw failure }
        signatureCount += UInt64(step.checks.count)
        byteCount += UInt64(read.reduce(0) { $0 + $1.byteCount })
    }

    private static func compare(
        _ entries: [AuditEntry],
        _ leaves: [Digest]
    ) throws(AuditViolation) {
        for (entry, leaf) in zip(entries, leaves) where entry.leafHash != leaf {
            throw AuditViolation(
                .leaf,
                at: entry.index,
                "the entry does not give the hash that the tree has at its place",
                expected: Base64.encode(leaf.bytes),
                found: Base64.encode(entry.leafHash.bytes)
            )
        }
    }

    private func report(_ latest: Checkpoint?, _ violation: AuditViolation?) -> AuditReport {
        let state = machine.state
        let agencies = state.counts.sorted { $0.key < $1.key }.map { name, count in
            let waiting = state.unacknowledged[name] ?? []
            return AuditReport.Agency(
                name: name,
                addressed: count,
                unacknowledged: UInt64(waiting.count),
                oldest: waiting.min()
            )
        }
        return AuditReport(
            origin: profile.logOrigin,
            size: latest?.treeSize ?? 0,
            root: latest.map { Base64.encode($0.rootHash.bytes) } ?? "",
            start: start,
            verified: state.treeSize,
            byteCount: byteCount,
            signatureCount: signatureCount,
            checkpointCount: machine.checkpointCount,
            keptCount: state.kept.count,
            cosigned: cosigned,
            entryCounts: state.entryCounts,
            agencies: agencies,
            keyChanges: machine.keyChanges.map { AuditReport.KeyChange($0) },
            unknownMembers: machine.unknownMembers,
            violation: violation.map { AuditFinding($0) }
        )
    }
}

extension AuditPiece {
    // Where the pieces behind this one begin.
    fileprivate var endIndex: UInt64 {
        if case .entries(let first, let entries, _) = self {
            first + UInt64(entries.count)
        } else {
            0
        }
    }
}

extension AvisoProfile {
    /// Audits the log that the profile trusts.
    ///
    /// - Parameters:
    ///   - options: where to read it, and how much.
    ///   - progress: is told from time to time how far it is.
    /// - Returns: what was found; a broken rule is no error here.
    /// - Throws: ``AvisoError`` if the log or the kept state cannot be read.
    public func audit(
        _ options: AuditOptions,
        progress: (AuditProgress) -> Void = { _ in }
    ) async throws(AvisoError) -> AuditReport {
        guard options.folder != nil || !isAgency else {
            throw AvisoError(
                .invalidInput,
                "the log's entries are for auditors and operators: an agency checks what it is "
                    + "owed with aviso prove-complete"
            )
        }
        var auditor = try LogAuditor(options, profile: self)
        return try await auditor.run(progress)
    }
}
