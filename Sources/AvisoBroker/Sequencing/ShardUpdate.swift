import BrokerCore

/// What a commit means for one loop.
struct ShardUpdate: Sendable {
    /// The answer to one submission.
    enum Completion: Sendable {
        /// A publish was decided.
        case publish(PublishResult)
        /// A session's change is on stable storage.
        case recorded
    }

    /// The entries, in order.
    let entries: [CommittedEntry]
    /// The size of the log.
    let treeSize: UInt64
    /// The signed checkpoint of that size.
    let note: [UInt8]
    /// The directory, if it has changed.
    let directory: Directory?
    /// The answers for this loop, in the order of submission; orders of erasure come behind others,
    /// once the content is gone.
    let completions: [(source: Submission.Source, completion: Completion)]
}
