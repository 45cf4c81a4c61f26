import Glibc

/// The bytes of key files: bounded, private, written once and durably.
enum KeyFile {
    /// The most bytes that a key file may have.
    static let byteCountMax = 16_384
    // Nobody but the owner, and a group that may read, has to do with a private key.
    private static let forbiddenModeBits: mode_t = 0o027

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - isPrivate: whether others must not have access to it.
    /// - Returns: its bytes.
    /// - Throws: ``KeyFileError`` naming what is wrong with the file.
    static func read(_ path: String, isPrivate: Bool) throws(KeyFileError) -> SecretBytes {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path, "open") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure(path, "fstat") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= byteCountMax else {
            throw .notAKeyFile(path: path)
        }
        guard !isPrivate || status.st_mode & forbiddenModeBits == 0 else {
            throw .permissionsTooOpen(path: path, mode: UInt32(status.st_mode & 0o777))
        }
        return unsafe try SecretBytes(count: Int(status.st_size)) {
            (buffer: UnsafeMutableBufferPointer<UInt8>) throws(KeyFileError) in
            var filled = 0
            while filled < buffer.count {
                let count = unsafe Glibc.read(
                    descriptor,
                    buffer.start + filled,
                    buffer.count - filled
                )
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw failure(path, "read") }
                filled += count
            }
        }
    }

    /// Writes a new file and waits until it is on stable storage; what fails leaves none.
    ///
    /// - Parameters:
    ///   - path: the file, which must not exist.
    ///   - bytes: what to write.
    ///   - mode: its permissions.
    /// - Throws: ``KeyFileError`` if the file exists or cannot be written.
    static func create(
        _ path: String,
        _ bytes: borrowing SecretBytes,
        mode: mode_t
    ) throws(KeyFileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .alreadyThere(path: path) : failure(path, "open")
        }
        defer { close(descriptor) }
        do throws(KeyFileError) {
            try write(bytes, to: descriptor, path)
            try syncFolder(of: path)
        } catch {
            // Half a key is none, and stands in the way of the next attempt.
            _ = unsafe unlink(path)
            throw error
        }
    }

    private static func write(
        _ bytes: borrowing SecretBytes,
        to descriptor: Int32,
        _ path: String
    ) throws(KeyFileError) {
        unsafe try bytes.withUnsafeBytes {
            (buffer: UnsafeBufferPointer<UInt8>) throws(KeyFileError) in
            var written = 0
            while written < buffer.count {
                let count = unsafe Glibc.write(
                    descriptor,
                    buffer.start + written,
                    buffer.count - written
                )
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw failure(path, "write") }
                written += count
            }
        }
        guard fsync(descriptor) == 0 else { throw failure(path, "fsync") }
    }

    // The name is as durable as the bytes only when its folder is.
    private static func syncFolder(of path: String) throws(KeyFileError) {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = end.map { String(path[...$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder, "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder, "fsync") }
    }

    private static func failure(_ path: String, _ call: String) -> KeyFileError {
        let code = errno
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) }
        return .systemFailed(path: path, call: call, reason: reason ?? "error \(code)")
    }
}
