import Alerts
import Base
import Crypto
import Glibc

/// A file that only its owner may read, read and written piece by piece.
final class PrivateFile {
    let path: String
    private let descriptor: Int32

    /// Opens a file for reading; a link is followed, since its owner named it.
    init(reading path: String) throws(AvisoError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    /// Opens a file for reading and writing, which is made if it is missing; never through a link.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - isNew: whether it must not be there.
    /// - Throws: ``AvisoError`` if it cannot be opened.
    init(writing path: String, isNew: Bool) throws(AvisoError) {
        self.path = path
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (isNew ? O_EXCL : 0)
        descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit { close(descriptor) }

    /// Its size; an error for what is no plain file.
    func byteCount() throws(AvisoError) -> UInt64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AvisoError(.fileFailed, "\(path) is no plain file")
        }
        return UInt64(max(0, status.st_size))
    }

    /// Reads up to `count` bytes at an offset; fewer only at the end.
    func read(_ count: Int, at offset: UInt64) throws(AvisoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let done = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + filled },
                    count - filled,
                    off_t(offset) + off_t(filled)
                )
            }
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw Self.failure(path) }
            if done == 0 { break }
            filled += done
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Writes all bytes at an offset.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(AvisoError) {
        var written = 0
        while written < bytes.count {
            let done = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + written },
                    buffer.count - written,
                    off_t(offset) + off_t(written)
                )
            }
            if done < 0, errno == EINTR { continue }
            guard done > 0 else { throw Self.failure(path) }
            written += done
        }
    }

    /// Cuts the file off.
    func truncate(to byteCount: UInt64) throws(AvisoError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw Self.failure(path) }
    }

    /// Brings it to stable storage.
    func sync() throws(AvisoError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    }

    /// SHA-256 of all bytes from an offset on.
    func digest(from start: UInt64 = 0) throws(AvisoError) -> Digest {
        let stream = SHA256Stream()
        var offset = start
        while true {
            let piece = try read(1 << 20, at: offset)
            guard !piece.isEmpty else { return stream.finish() }
            stream.update(piece[...])
            offset += UInt64(piece.count)
        }
    }

    /// Writes a whole file that stands there synced under its name, or not at all: whoever reads it
    /// finds the old one or the new one, also after a crash.
    static func replace(_ path: String, with bytes: [UInt8]) throws(AvisoError) {
        let temporary = "\(path).\(Randomness.word())"
        defer { unsafe _ = unlink(temporary) }
        let file = try PrivateFile(writing: temporary, isNew: true)
        try file.write(bytes, at: 0)
        try file.sync()
        guard unsafe rename(temporary, path) == 0 else { throw failure(path) }
    }

    static func failure(_ path: String) -> AvisoError {
        AvisoError(.fileFailed, "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
