import Alerts
import Base
import CBOR
import Crypto
import LogStore
import MerkleLog

/// Which attachments the alerts of a log need, learned from its entries in order.
final class CitedAttachments {
    /// A file that an alert cites.
    struct Citation {
        let digest: Digest
        let byteCount: UInt64
        /// The first alert that cites it and has its content.
        let entry: UInt64
    }

    // What each alert cites; an order takes its alert out.
    private var cited: [UInt64: [AttachmentReference]] = [:]

    /// Looks at an entry.
    func visit(_ index: UInt64, _ bytes: [UInt8]) {
        guard let entry = try? LogEntry(decoding: bytes[...], using: LibCBOR()) else { return }
        visit(index, entry.body)
    }

    /// Looks at the body of an entry.
    func visit(_ index: UInt64, _ body: EntryBody) {
        switch body {
        case .alert(let body):
            let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR())
            let references = statement?.header.attachments ?? []
            guard !references.isEmpty else { return }
            cited[index] = references
        case .redaction(let body):
            let statement = try? RedactionStatement(decoding: body.statement, using: LibCBOR())
            if let draft = statement?.draft, draft.act == .order { cited[draft.index] = nil }
        default:
            return
        }
    }

    /// All files that must be there, each once, in the order of the alerts.
    var all: [Citation] {
        var seen: Set<Digest> = []
        return cited.sorted { $0.key < $1.key }.flatMap { index, references in
            references.compactMap { reference in
                guard seen.insert(reference.digest).inserted else { return nil }
                return Citation(
                    digest: reference.digest,
                    byteCount: reference.byteCount,
                    entry: index
                )
            }
        }
    }
}
