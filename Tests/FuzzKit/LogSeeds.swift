import Base
import COSE
import MerkleLog

/// Entries, a receipt and notes of a log.
enum LogSeeds {
    static let origin = "log.example/1"
    static let refusing = RefusingVerifier()
    static let key = Ed25519PublicKey([UInt8](repeating: 7, count: 32))
    private static let time = WallTime(milliseconds: 1_790_000_000_123)
    private static let counts = [AlertEntryBody.Count(agency: "MX:FGR", count: 3)]

    /// One entry of each type.
    static let entries: [[UInt8]] = {
        var session = SessionBody(station: "s", client: "c", change: .subscribed)
        session.expirySeconds = 3600
        session.filter = "alerts/#"
        session.from = 2
        session.qos = 1
        let alert = AlertEntryBody(
            statement: AlertSeeds.parts.statement[...],
            accepted: time,
            counts: counts
        )
        let delivery = DeliveryBody(
            station: "s",
            client: "c",
            cursor: 5,
            acknowledged: [7, 9],
            skipped: [8]
        )
        let directory = DirectoryBody(
            change: .changed,
            member: "CO:PONAL",
            role: "agency",
            name: "Policía Nacional",
            signingKey: [1, 2],
            encryptionKey: nil,
            publish: ["chemical-diversion"],
            subscribe: []
        )
        let deadline = DeadlineBody(
            event: .late,
            subject: .reply,
            alert: "urn:uuid:0199f3a0-0000-7001-8000-000000000001",
            index: 3,
            author: "CO:PONAL",
            channel: "intelligence",
            status: "actual",
            due: time,
            agencies: ["MX:FGR"],
            answer: 4
        )
        let bodies: [EntryBody] = [
            .session(session), .alert(alert), .delivery(delivery), .directory(directory),
            .redaction(alert), .deadline(deadline), .group(alert),
        ]
        return bodies.map { LogEntry(time: time, body: $0).encode(using: AlertSeeds.coding) }
    }()

    /// What concerns one reader of the log, read from entry 3 on.
    static let extract = LogExtract(
        size: 40,
        next: 20,
        items: [
            .entry(index: 4, entries[1]),
            .report(
                DeliveryReport(
                    index: 7,
                    time: time,
                    act: .delivered,
                    station: "urn:aviso:agency:MX:FGR:station-1"
                )
            ),
        ]
    )

    /// A statement on the deadlines of an alert.
    static let deadlineStatement: [UInt8] = {
        var book = DeadlineBook(reminders: .none)
        let alert = DeadlineBook.Alert(
            alert: UUID(high: 0x0199_F3A0_0000_7001, low: 0x8000_0000_0000_0001),
            author: "CO:PONAL",
            recipients: ["MX:FGR", "US:DEA"],
            channel: "intelligence",
            status: "actual",
            message: "request",
            isInterim: false,
            cited: [],
            replyBy: time,
            acknowledgeBy: time
        )
        book.take(alert, index: 3, time: time)
        guard let key, let record = book.records.first else { return [] }
        return DeadlineStatement.sign(
            DeadlineReport(record, origin: origin, treeSize: 9, rootHash: .zero, time: time),
            key: FixedSigner(publicKey: key),
            keyID: [1, 2, 3],
            using: AlertSeeds.coding
        )
    }()

    /// A receipt for the second of five entries.
    static let receipt = ReceiptSigner(
        origin: origin,
        keyID: [1, 2, 3],
        coding: AlertSeeds.coding
    ).receipt(
        treeSize: 5,
        leafIndex: 1,
        path: [.zero, .zero, .zero],
        signature: [UInt8](repeating: 5, count: 64),
        time: time,
        accepted: time,
        counts: counts
    )

    /// A checkpoint, bare and signed.
    static let notes: [[UInt8]] = {
        let tally = TallyCommitment(agencyCount: 4, rootHash: .zero)
        let checkpoint = Checkpoint(
            origin: origin,
            treeSize: 20_852_163,
            rootHash: .zero,
            extensionLines: [tally.extensionLine]
        )
        let signature = SignedNote.Signature(name: origin, keyHash: 9, bytes: [1, 2, 3])
        let note = SignedNote(text: checkpoint.text, signatures: [signature, signature])
        return [Array(checkpoint.text.utf8), note.bytes]
    }()

    /// Takes no signature, so that nothing that is parsed can be proved.
    struct RefusingVerifier: SignatureVerifying {
        func verify(
            signature: ArraySlice<UInt8>,
            message: ArraySlice<UInt8>,
            key: Ed25519PublicKey
        ) -> Bool { false }
    }
}
