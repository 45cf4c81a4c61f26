import Alerts
import Base
import COSE
import MerkleLog

extension FuzzTarget {
    private static let coding = AlertSeeds.coding

    /// CBOR: what is decoded is encoded the same way however often.
    static let cbor = FuzzTarget("cbor", seeds: cborSeeds + [AlertSeeds.parts.statement]) {
        bytes throws(BrokenPromise) in
        guard let value = try? coding.decode(bytes[...], limits: CBORLimits()) else { return }
        let encoded = coding.encode(value)
        guard let again = try? coding.decode(encoded[...], limits: CBORLimits()) else {
            throw BrokenPromise("what was encoded cannot be decoded: \(value)")
        }
        // Bytes are compared, not values: a NaN equals nothing.
        try expect(coding.encode(again) == encoded, "\(value) comes back as \(again)")
    }

    /// An alert's payload and the statement in it.
    static let alerts = FuzzTarget("alerts", seeds: [AlertSeeds.payload]) {
        bytes throws(BrokenPromise) in
        guard
            let payload = try? AlertPayload(
                decoding: bytes[...],
                using: coding,
                limits: AlertLimits()
            ), let statement = try? AlertStatement(payload.statementItem, using: coding)
        else { return }
        let canonical = statement.canonicalBytes
        guard let again = try? AlertStatement(decoding: canonical[...], using: coding) else {
            throw BrokenPromise("the canonical bytes of a statement are none")
        }
        try expect(again.canonicalBytes == canonical, "a statement has two canonical forms")
        try expect(again.header == statement.header, "a statement's header is lost")
    }

    /// Orders of erasure and their confirmations.
    static let redactions = FuzzTarget("redactions", seeds: AlertSeeds.redactions) {
        bytes throws(BrokenPromise) in
        guard let statement = try? RedactionStatement(decoding: bytes[...], using: coding) else {
            return
        }
        let canonical = statement.canonicalBytes
        guard let again = try? RedactionStatement(decoding: canonical[...], using: coding) else {
            throw BrokenPromise("the canonical bytes of a redaction statement are none")
        }
        try expect(again.canonicalBytes == canonical, "a statement has two canonical forms")
        try expect(again.draft == statement.draft, "what a statement says is lost")
    }

    /// Statements on groups.
    static let groups = FuzzTarget("groups", seeds: AlertSeeds.groups) {
        bytes throws(BrokenPromise) in
        guard let statement = try? GroupStatement(decoding: bytes[...], using: coding) else {
            return
        }
        let canonical = statement.canonicalBytes
        guard let again = try? GroupStatement(decoding: canonical[...], using: coding) else {
            throw BrokenPromise("the canonical bytes of a statement on a group are none")
        }
        try expect(again.canonicalBytes == canonical, "a statement has two canonical forms")
        try expect(again.draft == statement.draft, "what a statement says is lost")
        let members = statement.draft.definition?.members ?? []
        try expect(members == Set(members).sorted(), "members are not sorted, each once")
    }

    /// COSE_Sign1 and COSE_Encrypt.
    static let messages = FuzzTarget(
        "cose",
        seeds: [AlertSeeds.parts.statement, AlertSeeds.parts.content]
    ) { bytes throws(BrokenPromise) in
        _ = try? COSEEncrypt(decoding: bytes[...], using: coding)
        guard let message = try? COSESign1(decoding: bytes[...], using: coding) else { return }
        let encoded = message.encode(using: coding)
        guard let again = try? COSESign1(decoding: encoded[...], using: coding) else {
            throw BrokenPromise("a message that was encoded cannot be decoded: \(message)")
        }
        // What is signed must not depend on how often the message was encoded.
        try expect(
            again.signatureStructure(using: coding) == message.signatureStructure(using: coding),
            "encoding a message changes what is signed: \(message)"
        )
    }

    /// The entries of the log, of every type.
    static let entries = FuzzTarget("entries", seeds: LogSeeds.entries) {
        bytes throws(BrokenPromise) in
        guard let entry = try? LogEntry(decoding: bytes[...], using: coding) else { return }
        let encoded = entry.encode(using: coding)
        guard let again = try? LogEntry(decoding: encoded[...], using: coding) else {
            throw BrokenPromise("an entry that was encoded cannot be decoded: \(entry)")
        }
        try expect(again.encode(using: coding) == encoded, "\(entry) comes back as \(again)")
    }

    /// Receipts.
    static let receipts = FuzzTarget("receipts", seeds: [LogSeeds.receipt]) {
        bytes throws(BrokenPromise) in
        guard let receipt = try? Receipt(decoding: bytes[...], using: coding),
            let key = LogSeeds.key
        else { return }
        let isProved: Bool
        do throws(ReceiptError) {
            try receipt.verify(
                statement: [1],
                key: key,
                origin: LogSeeds.origin,
                coding: coding,
                hasher: AlertSeeds.hasher,
                verifier: LogSeeds.refusing
            )
            isProved = true
        } catch {
            isProved = false
        }
        try expect(!isProved, "a receipt with a wrong signature is taken")
    }

    /// What a broker tells one reader of its log, and the entries in it.
    static let extracts = FuzzTarget(
        "extracts",
        seeds: [LogSeeds.extract.encode(using: coding)]
    ) { bytes throws(BrokenPromise) in
        let start: UInt64 = 3
        guard let extract = LogExtract(decoding: bytes, from: start, using: coding) else { return }
        let again = LogExtract(
            decoding: extract.encode(using: coding),
            from: start,
            using: coding
        )
        try expect(again == extract, "\(extract) comes back as \(String(describing: again))")
        // Whoever goes on comes to an end, and takes nothing twice.
        try expect(extract.isLast || extract.next > start, "the reading makes no way")
        try expect(extract.next <= extract.size, "the reading leaves the log")
        let indexes = extract.items.map(\.index)
        try expect(
            indexes.allSatisfy { $0 >= start && $0 < extract.next } && indexes.sorted() == indexes,
            "the items are not those that were asked for: \(indexes)"
        )
        for case .entry(_, let entry) in extract.items {
            _ = try? LogEntry(decoding: entry[...], using: coding)
        }
    }

    /// The log's statements on deadlines.
    static let deadlines = FuzzTarget("deadlines", seeds: [LogSeeds.deadlineStatement]) {
        bytes throws(BrokenPromise) in
        _ = DeadlineStatement.isOne(bytes, using: coding)
        guard let statement = try? DeadlineStatement(decoding: bytes[...], using: coding) else {
            return
        }
        guard let again = try? DeadlineReport(cbor: statement.report.cbor) else {
            throw BrokenPromise("a report that was read cannot be read again")
        }
        try expect(again == statement.report, "a report comes back otherwise: \(again)")
    }

    /// Signed notes and the checkpoints in them.
    static let notes = FuzzTarget("notes", seeds: LogSeeds.notes) {
        bytes throws(BrokenPromise) in
        if let checkpoint = Checkpoint(text: String(decoding: bytes, as: UTF8.self)) {
            let again = Checkpoint(text: checkpoint.text)
            try expect(again == checkpoint, "the checkpoint comes back otherwise: \(checkpoint)")
        }
        guard let note = SignedNote(bytes) else { return }
        try expect(SignedNote(note.bytes) == note, "the note comes back otherwise: \(note)")
        _ = NoteVerifierKey(note.text, using: AlertSeeds.hasher)
        _ = Checkpoint(text: note.text)?.tally
    }

    private static let cborSeeds: [[UInt8]] = [
        coding.encode(
            .array([
                .unsigned(1), .negative(argument: .max), .bytes([1, 2]), .text("é"), .boolean(true),
                .null, .undefined, .double(1.5), .tagged(18, .array([])),
                .map(CBORMap([.init(.text("a"), .unsigned(256)), .init(.unsigned(2), .null)])),
            ])
        ),
        [0x9F, 0x01, 0xFF], [0xF9, 0x7E, 0x00], [0xFB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 1],
    ]
}
