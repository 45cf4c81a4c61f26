internal import Glibc

/// The mark that a process has a log folder to itself, from `init` to `deinit`.
final class FolderLock: Sendable {
    private let file: OpenFile

    /// Takes the lock.
    ///
    /// The result is nil if somebody else has it.
    init?(_ file: OpenFile) {
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        self.file = file
    }

    // Closing alone would not do: a child of this process that has not reached its program yet
    // still has the descriptor, and with it the lock.
    deinit { flock(file.descriptor, LOCK_UN) }
}
