import Alerts
import CBOR
import MerkleLog

/// Which content an entry of the log orders to be erased.
enum ErasureOrder {
    /// The index of the alert; nil for an entry that is no order.
    static func subject(of entry: [UInt8]) -> UInt64? {
        guard let entry = try? LogEntry(decoding: entry[...], using: LibCBOR()),
            case .redaction(let body) = entry.body
        else { return nil }
        return subject(of: body)
    }

    /// The same, of the body of a redaction.
    static func subject(of body: AlertEntryBody) -> UInt64? {
        let statement = try? RedactionStatement(decoding: body.statement, using: LibCBOR())
        guard let draft = statement?.draft, draft.act == .order else { return nil }
        return draft.index
    }
}
