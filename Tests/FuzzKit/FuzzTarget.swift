/// A parser or machine that takes hostile bytes, and what must hold whatever they are.
package struct FuzzTarget: Sendable {
    /// What it is called on the command line.
    package let name: String
    /// Bytes that it accepts, to begin from.
    package let seeds: [[UInt8]]
    /// Feeds it bytes; refusing them is right, breaking a promise is not.
    package let run: @Sendable (_ bytes: [UInt8]) throws(BrokenPromise) -> Void

    /// Every target.
    package static let all: [FuzzTarget] = [
        .packets, .packetsOfVersion311, .connection, .client, .topicFilters,
        .cbor, .alerts, .attachments, .redactions, .groups, .messages, .entries, .receipts,
        .deadlines, .notes, .extracts,
        .json, .cap, .tables, .forms, .configuration,
    ]

    init(
        _ name: String,
        seeds: [[UInt8]],
        run: @escaping @Sendable (_ bytes: [UInt8]) throws(BrokenPromise) -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.run = run
    }
}

/// What a target promised and did not keep.
package struct BrokenPromise: Error, CustomStringConvertible {
    /// The promise.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Fails unless a promise holds.
///
/// - Parameters:
///   - holds: whether it does.
///   - promise: what was promised, as a sentence.
/// - Throws: ``BrokenPromise``.
func expect(_ holds: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
    guard holds else { throw BrokenPromise(promise()) }
}
