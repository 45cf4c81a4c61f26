internal import CLinux
internal import Glibc

/// The system calls that change something, so that tests can make each of them fail.
package struct FileOperations: Sendable {
    /// Makes a file that must not exist yet and opens it for reading and writing.
    package var make: @Sendable (_ path: String) throws(FileFailure) -> Int32
    /// Sets disk space aside without changing the file's size.
    package var reserve:
        @Sendable (_ descriptor: Int32, _ byteCount: Int) throws(FileFailure) -> Void
    /// Writes all bytes at an offset.
    package var write:
        @Sendable (_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, _ offset: UInt64)
            throws(FileFailure) -> Void
    /// Cuts a file off.
    package var truncate:
        @Sendable (_ descriptor: Int32, _ byteCount: UInt64) throws(FileFailure) -> Void
    /// Brings a file's data to stable storage.
    package var sync: @Sendable (_ descriptor: Int32) throws(FileFailure) -> Void
    /// Brings the names in a folder to stable storage.
    package var syncFolder: @Sendable (_ path: String) throws(FileFailure) -> Void
    /// Gives a file another name, in place of what has that name already.
    package var rename: @Sendable (_ path: String, _ newPath: String) throws(FileFailure) -> Void
    /// The bytes that a folder's disk still has for us.
    package var freeByteCount: @Sendable (_ path: String) throws(FileFailure) -> UInt64
    /// Removes a file, if it is there.
    package var remove: @Sendable (_ path: String) throws(FileFailure) -> Void

    /// The calls of the system.
    package static let system = FileOperations(
        make: { path throws(FileFailure) in
            let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
            return try check("open", unsafe open(path, flags, 0o600))
        },
        reserve: { descriptor, byteCount throws(FileFailure) in
            try reserveSpace(descriptor, byteCount)
        },
        write: { descriptor, bytes, offset throws(FileFailure) in
            try writeAll(descriptor, bytes, offset)
        },
        truncate: { descriptor, byteCount throws(FileFailure) in
            try check("ftruncate", ftruncate(descriptor, off_t(byteCount)))
        },
        sync: { descriptor throws(FileFailure) in
            // Never repeated: after a failure the kernel may have dropped the dirty pages.
            try check("fdatasync", fdatasync(descriptor))
        },
        syncFolder: { path throws(FileFailure) in
            let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
            let descriptor = try check("open", unsafe open(path, flags))
            defer { close(descriptor) }
            try check("fsync", fsync(descriptor))
        },
        rename: { path, newPath throws(FileFailure) in
            try check("rename", unsafe Glibc.rename(path, newPath))
        },
        freeByteCount: { path throws(FileFailure) in
            var status = statvfs()
            try check("statvfs", unsafe statvfs(path, &status))
            return UInt64(status.f_bavail) * UInt64(status.f_frsize)
        },
        remove: { path throws(FileFailure) in
            guard unsafe unlink(path) == 0 || errno == ENOENT else {
                throw FileFailure(call: "unlink", errno)
            }
        }
    )

    @discardableResult
    private static func check(_ call: String, _ result: Int32) throws(FileFailure) -> Int32 {
        guard result >= 0 else { throw FileFailure(call: call, errno) }
        return result
    }

    private static func reserveSpace(
        _ descriptor: Int32,
        _ byteCount: Int
    ) throws(FileFailure) {
        // The size stays: what lies behind the last record is then the end of the file.
        guard CLinux_reserve(descriptor, Int64(byteCount)) != 0 else { return }
        // Not every file system can; then the space is found as it is needed.
        guard errno == EOPNOTSUPP || errno == ENOSYS || errno == EINTR else {
            throw FileFailure(call: "fallocate", errno)
        }
    }

    private static func writeAll(
        _ descriptor: Int32,
        _ bytes: ArraySlice<UInt8>,
        _ offset: UInt64
    ) throws(FileFailure) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + written },
                    buffer.count - written,
                    off_t(offset) + off_t(written)
                )
            }
            if count < 0 {
                guard errno == EINTR else { throw FileFailure(call: "pwrite", errno) }
            } else if count == 0 {
                throw FileFailure(call: "pwrite", ENOSPC)
            } else {
                written += count
            }
        }
    }
}

/// A system call that failed.
package struct FileFailure: Error, Hashable, Sendable {
    /// Its name.
    package let call: String
    /// The error number.
    package let errorNumber: Int32

    /// Makes a failure.
    package init(call: String, _ errorNumber: Int32) {
        self.call = call
        self.errorNumber = errorNumber
    }
}
