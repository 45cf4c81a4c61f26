import Base
import Crypto
internal import Glibc
import MerkleLog

/// The state of a witness on disk: the last note of each log, and evidence.
///
/// A file is written beside its place, brought to stable storage, and put there in one step; the
/// folder's names are brought to stable storage before anything is answered.
final class WitnessFolder: Sendable {
    /// The most pieces of evidence of one kind; more are only told.
    static let evidenceCountMax = 256

    private let path: String
    private let logs: String
    private let evidence: String
    private let lock: Int32

    /// Opens the folder, which must exist, and takes it for this process alone.
    init(_ path: String) throws(WitnessError) {
        self.path = path
        logs = path + "/logs"
        evidence = path + "/evidence"
        lock = unsafe open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw WitnessError(
                "\(path): \(Self.reason()); --state names a folder that exists",
                isMisuse: errno == ENOENT || errno == ENOTDIR
            )
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw WitnessError("\(path) is in use by another witness")
        }
        for folder in [logs, evidence] {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                close(lock)
                throw WitnessError("\(folder): \(Self.reason())")
            }
        }
        do throws(WitnessError) {
            try Self.syncFolder(path)
        } catch {
            close(lock)
            throw error
        }
    }

    deinit {
        flock(lock, LOCK_UN)
        close(lock)
    }

    /// The note that was stored last of a log, or nil if none ever was.
    func note(of origin: String) throws(WitnessError) -> [UInt8]? {
        let file = self.file(of: origin)
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw WitnessError("\(file): \(Self.reason())") }
            return nil
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: SignedNote.byteCountMax + 1)
        var count = 0
        while count < bytes.count {
            let done = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + count },
                    buffer.count - count
                )
            }
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw WitnessError("\(file): \(Self.reason())") }
            if done == 0 { break }
            count += done
        }
        return Array(bytes.prefix(count))
    }

    /// Stores what is about to be cosigned; when this returns, it survives a loss of power.
    func store(_ record: WitnessRecord) throws(WitnessError) {
        try put(record.note, at: file(of: record.checkpoint.origin), in: logs)
    }

    /// Keeps both notes of a contradiction, once.
    ///
    /// - Returns: the file names' common beginning; nil if they are there already, or if there is
    ///   as much of this kind as is kept.
    func keep(_ found: WitnessEvidence) throws(WitnessError) -> String? {
        let pair = SHA256().digest(Array((found.known.text + "\n" + found.shown.text).utf8)[...])
        let size = String(found.shown.checkpoint.treeSize)
        let digits = String(repeating: "0", count: 20 - size.utf8.count) + size
        let name = "\(found.kind.rawValue)-\(digits)-\(Hex.encode(pair.bytes.prefix(8)))"
        let stem = evidence + "/" + name
        guard unsafe access(stem + ".shown", F_OK) != 0 else { return nil }
        guard try count(found.kind.rawValue + "-") < 2 * Self.evidenceCountMax else { return nil }
        try put(found.known.note, at: stem + ".known", in: evidence)
        try put(found.shown.note, at: stem + ".shown", in: evidence)
        return stem
    }

    private func count(_ prefix: String) throws(WitnessError) -> Int {
        guard let folder = unsafe opendir(evidence) else {
            throw WitnessError("\(evidence): \(Self.reason())")
        }
        defer { unsafe closedir(folder) }
        var count = 0
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name.hasPrefix(prefix) { count += 1 }
        }
        return count
    }

    // Origins hold slashes and whatever else; their digest is a file name.
    private func file(of origin: String) -> String {
        logs + "/" + Hex.encode(SHA256().digest(Array(origin.utf8)[...]).bytes.prefix(16)) + ".note"
    }

    private func put(
        _ bytes: [UInt8],
        at file: String,
        in folder: String
    ) throws(WitnessError) {
        let temporary = file + ".new"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let descriptor = unsafe open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw WitnessError("\(temporary): \(Self.reason())") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        // A sync that has failed is not repeated: the answer is then that nothing was stored.
        let isStored = rest.isEmpty && fsync(descriptor) == 0
        let reason = Self.reason()
        close(descriptor)
        guard isStored else { throw WitnessError("\(temporary): \(reason)") }
        guard unsafe rename(temporary, file) == 0 else {
            throw WitnessError("\(file): \(Self.reason())")
        }
        try Self.syncFolder(folder)
    }

    private static func syncFolder(_ path: String) throws(WitnessError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WitnessError("\(path): \(reason())") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw WitnessError("\(path): \(reason())") }
    }

    private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}

/// Why a witness cannot run, or could not store what it was about to sign.
package struct WitnessError: Error, Hashable, Sendable {
    /// A sentence for the operator.
    package let message: String
    /// Whether it is what the witness was told that is wrong, not what it runs on.
    package let isMisuse: Bool

    init(_ message: String, isMisuse: Bool = false) {
        self.message = message
        self.isMisuse = isMisuse
    }
}
