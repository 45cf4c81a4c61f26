internal import Glibc

/// Why the log could not be opened, read or written.
package enum LogError: Error, Hashable, Sendable {
    /// Another process has the folder.
    case locked(directory: String)
    /// There is no log, and nothing permits to begin one.
    case missing(directory: String)
    /// A folder to be made has something in it.
    case notEmpty(directory: String)
    /// A log is there, but it belongs to another origin or key.
    case foreign(directory: String, reason: String)
    /// Damage at or below a signed checkpoint: nothing is skipped or repaired.
    case damaged(file: String, offset: UInt64, reason: String, lost: Range<UInt64>)
    /// A snapshot that cannot be begun at; the log itself may be whole.
    case unusableSnapshot(reason: String)
    /// A system call failed.
    case failed(call: String, file: String, errorNumber: Int32)
    /// An earlier sync failed: nothing can be promised any more (no retry).
    case syncFailed
    /// An entry that is not in the log.
    case notFound(index: UInt64)
    /// An entry or content larger than a record may be, or a checkpoint than its file.
    case tooLarge(index: UInt64)

    init(_ failure: FileFailure, file: String) {
        self = .failed(call: failure.call, file: file, errorNumber: failure.errorNumber)
    }

    /// A sentence for the operator.
    package var message: String {
        switch self {
        case .locked(let directory):
            "another avisod has the log in \(directory): stop that one first"
        case .missing(let directory):
            "there is no log in \(directory), although one is expected: restore it from a copy; to "
                + "begin a new log instead, make an empty file named \"create\" in that folder"
        case .notEmpty(let directory):
            "\(directory) is not empty: name a folder that is not there yet"
        case .foreign(let directory, let reason):
            "the log in \(directory) is not the configured one: \(reason)"
        case .damaged(let file, let offset, let reason, let lost):
            "\(file) is damaged at byte \(offset): \(reason); \(Self.describe(lost)) cannot be "
                + "read or proved: restore the file from a copy"
        case .unusableSnapshot(let reason):
            "the snapshot cannot be begun at: \(reason); the whole log is read instead"
        case .failed(let call, let file, let errorNumber):
            "\(call) on \(file) failed: \(unsafe String(cString: strerror(errorNumber))) "
                + "(error \(errorNumber))"
        case .syncFailed:
            "an earlier write could not be brought to stable storage: nothing more is accepted; "
                + "check the disk and start avisod again"
        case .notFound(let index):
            "there is no entry \(index)"
        case .tooLarge(let index):
            "entry \(index) is larger than a record may be"
        }
    }

    private static func describe(_ lost: Range<UInt64>) -> String {
        switch lost.count {
        case 0: "what follows"
        case 1: "entry \(lost.lowerBound)"
        default: "entries \(lost.lowerBound) to \(lost.upperBound - 1)"
        }
    }
}
