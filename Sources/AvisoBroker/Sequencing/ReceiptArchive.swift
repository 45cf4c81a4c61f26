import Base
import CBOR
import LogStore
import MerkleLog

/// The receipts of alerts and groups, made again from the log: as their authors got them, since
/// Ed25519 is deterministic, unless the log has changed its key since.
struct ReceiptArchive: Sendable {
    /// An entry with its receipt.
    struct Item {
        let receipt: [UInt8]
        let body: AlertEntryBody
    }

    private let reader: BrokerShared.Reader
    private let signer: LogSigner

    init(reader: BrokerShared.Reader, signer: LogSigner) {
        self.reader = reader
        self.signer = signer
    }

    /// Makes the receipt of an entry again.
    ///
    /// - Parameters:
    ///   - index: the entry.
    ///   - latest: the signed note of the latest checkpoint.
    ///   - type: what it records.
    ///   - isWanted: whether the receipt of such an alert is to be made.
    /// - Returns: the receipt; nil for an entry of another type, or one that is not wanted.
    /// - Throws: when the log cannot be read, or has no such entry.
    func item(
        at index: UInt64,
        latest: [UInt8],
        of type: EntryType = .alert,
        where isWanted: (AlertEntryBody) -> Bool = { _ in true }
    ) throws -> Item? {
        let found = try reader.entries(from: index, upTo: index + 1, byteCountMax: 1)
        let entry = try LogEntry(decoding: found.entries[0][...], using: LibCBOR())
        guard entry.body.type == type, let body = entry.body.receipted, isWanted(body) else {
            return nil
        }
        // What an earlier key of the log has signed is proved in the tree of today.
        guard
            let checkpoint = signer.checkpoint(of: try reader.note(covering: index))
                ?? signer.checkpoint(of: latest)
        else { throw LogError.notFound(index: index) }
        let receipt = signer.receipt(
            treeSize: checkpoint.treeSize,
            index: index,
            path: try reader.inclusionProof(index: index, treeSize: checkpoint.treeSize),
            signature: signer.sign(rootHash: checkpoint.rootHash),
            time: entry.time,
            accepted: body.accepted,
            counts: body.counts
        )
        return Item(receipt: receipt, body: body)
    }
}

extension EntryBody {
    fileprivate var receipted: AlertEntryBody? {
        switch self {
        case .alert(let body), .group(let body): body
        default: nil
        }
    }
}
