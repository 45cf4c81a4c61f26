/// The log as the sequencer looks back into it.
///
/// The entries are a function of what was sequenced before, so that sequencing stays one, too.
package protocol EntrySource: Sendable {
    /// The bytes of a committed entry; nil if they cannot be read.
    func entry(at index: UInt64) -> [UInt8]?
}
