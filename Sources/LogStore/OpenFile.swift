internal import Glibc

/// An open file, closed when the last holder lets go of it.
final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32
    private let operations: FileOperations

    /// Opens a file that exists.
    init(existing path: String, _ operations: FileOperations) throws(LogError) {
        self.path = path
        self.operations = operations
        descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .failed(call: "open", file: path, errorNumber: errno)
        }
    }

    /// Opens a file that somebody else may be writing, to read it only.
    init(reading path: String) throws(LogError) {
        self.path = path
        operations = .system
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .failed(call: "open", file: path, errorNumber: errno)
        }
    }

    /// Makes a file that must not exist yet.
    init(new path: String, _ operations: FileOperations) throws(LogError) {
        self.path = path
        self.operations = operations
        do throws(FileFailure) {
            descriptor = try operations.make(path)
        } catch {
            throw LogError(error, file: path)
        }
    }

    deinit { close(descriptor) }

    var byteCount: UInt64 {
        get throws(LogError) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw .failed(call: "fstat", file: path, errorNumber: errno)
            }
            return UInt64(max(0, status.st_size))
        }
    }

    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    func read(_ count: Int, at offset: UInt64) throws(LogError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let done = unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + filled },
                    count - filled,
                    off_t(offset) + off_t(filled)
                )
                if done < 0 {
                    if errno == EINTR { continue }
                    failure = errno
                    return
                }
                if done == 0 { return }
                filled += done
            }
        }
        guard failure == 0 else { throw .failed(call: "pread", file: path, errorNumber: failure) }
        return bytes
    }

    func write(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(LogError) {
        do throws(FileFailure) {
            try operations.write(descriptor, bytes, offset)
        } catch {
            throw LogError(error, file: path)
        }
    }

    func reserve(_ byteCount: Int) throws(LogError) {
        do throws(FileFailure) {
            try operations.reserve(descriptor, byteCount)
        } catch {
            throw LogError(error, file: path)
        }
    }

    func truncate(to byteCount: UInt64) throws(LogError) {
        do throws(FileFailure) {
            try operations.truncate(descriptor, byteCount)
        } catch {
            throw LogError(error, file: path)
        }
    }

    func sync() throws(LogError) {
        do throws(FileFailure) {
            try operations.sync(descriptor)
        } catch {
            throw LogError(error, file: path)
        }
    }
}
