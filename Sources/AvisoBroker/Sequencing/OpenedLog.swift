import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Crypto
import EventLoop
import LogStore
import MerkleLog

/// A log folder that has been read: its writer and the state that its entries fold to.
struct OpenedLog {
    let writer: LogWriter<SHA256>
    let report: RecoveryReport
    private(set) var sequencer: Sequencer
    private(set) var tally: TallyTree
    private(set) var note: [UInt8]

    /// Opens the folder and folds its entries; begins a new log with its genesis.
    static func open(
        directory: String,
        options: LogOptions,
        signer: LogSigner,
        limits: BrokerLimits,
        createdBy: String
    ) throws -> OpenedLog {
        let fold = Fold(limits: limits)
        let (writer, report) = try LogWriter.open(
            directory: directory,
            options: options,
            hasher: SHA256(),
            verifyNote: { signer.checkpoint(of: $0) },
            fold: { index, entry throws(LogError) in
                try fold.take(entry, index: index, directory: directory)
            }
        )
        var tally = TallyTree(coding: LibCBOR())
        tally.set(
            fold.sequencer.counts.map { ($0.key.description, $0.value) },
            using: SHA256()
        )
        var log = OpenedLog(
            writer: writer,
            report: report,
            sequencer: fold.sequencer,
            tally: tally,
            note: report.note
        )
        if report.treeSize == 0 {
            try log.begin(signer: signer, createdBy: createdBy)
        } else if fold.logKey != signer.key.publicKey {
            throw LogError.foreign(
                directory: directory,
                reason: "its genesis names another key than log.key"
            )
        }
        return log
    }

    private mutating func begin(signer: LogSigner, createdBy: String) throws(LogError) {
        let genesis = sequencer.sequenceGenesis(
            GenesisBody(
                origin: signer.origin,
                logKey: signer.key.publicKey,
                createdBy: createdBy
            ),
            now: SystemClock.wall()
        )
        let hasher = SHA256()
        let record = PendingRecord(
            entry: genesis.bytes,
            leafHash: hasher.leafHash(genesis.bytes[...]),
            time: genesis.time
        )
        let batch = BatchTree([record.leafHash], onto: writer.frontier, using: hasher)
        note = signer.note(
            Checkpoint(
                origin: signer.origin,
                treeSize: batch.frontier.treeSize,
                rootHash: batch.rootHash,
                extensionLines: [tally.extensionLine(using: hasher)]
            )
        )
        try writer.append([record], tree: batch, note: note)
    }

    /// What the entries fold to.
    private final class Fold {
        var sequencer: Sequencer
        var logKey: Ed25519PublicKey?

        init(limits: BrokerLimits) {
            sequencer = Sequencer(limits: limits, coding: LibCBOR(), hasher: SHA256())
        }

        func take(
            _ bytes: ArraySlice<UInt8>,
            index: UInt64,
            directory: String
        ) throws(LogError) {
            let reason: String
            do throws(LogEntryError) {
                let entry = try LogEntry(decoding: bytes, using: LibCBOR())
                if case .genesis(let genesis) = entry.body { logKey = genesis.logKey }
                do throws(FoldError) {
                    try sequencer.fold(entry, index: index)
                    return
                } catch {
                    reason = error.message
                }
            } catch {
                reason = error.message
            }
            throw .foreign(directory: directory, reason: "entry \(index): \(reason)")
        }
    }
}
