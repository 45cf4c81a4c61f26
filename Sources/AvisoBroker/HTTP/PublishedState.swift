import Alerts
import BrokerCore
import MerkleLog

/// What the sequencer has made public: the state that answers over HTTPS are made of.
struct PublishedState: Sendable {
    /// The latest checkpoint, as a signed note; the tiles of its tree can be read.
    var note: [UInt8]
    /// The counts that the checkpoint commits to.
    var tally: TallyTree
    /// The members at that point.
    var directory: Directory
    /// The groups at that point.
    var groups: GroupDirectory
    /// Whether the last batch could not be written.
    var hasLogFailed = false
}
