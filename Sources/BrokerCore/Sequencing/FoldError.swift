/// An entry of the log that no sequencer could have made where it stands.
package struct FoldError: Error, Hashable, Sendable {
    /// The entry.
    package let index: UInt64
    /// What is wrong with it.
    package let message: String

    init(index: UInt64, _ message: String) {
        self.index = index
        self.message = message
    }
}
