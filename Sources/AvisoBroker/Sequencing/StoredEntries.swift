import BrokerCore
import Crypto
import LogStore

/// The log's files, as the sequencer looks back into them.
struct StoredEntries: EntrySource {
    let reader: LogReader<SHA256>

    func entry(at index: UInt64) -> [UInt8]? {
        try? reader.entry(at: index).bytes
    }
}
