import Alerts
import AvisoClient
import Glibc

/// Whole files.
enum Files {
    private static let byteCountMax = 64 << 20

    /// Reads a file, or standard input for `-`.
    static func read(_ path: String) throws(AvisoError) -> [UInt8] {
        var pieces = try FilePieces(path)
        var bytes: [UInt8] = []
        while let piece = try pieces.next() {
            bytes.append(contentsOf: piece)
            try check(bytes.count, path)
        }
        return bytes
    }

    /// Reads the lines of a file, or of standard input for `-`, however many there are.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - body: gets the number and the bytes of each line that is not empty.
    /// - Throws: ``AvisoError`` where it cannot be read, or what `body` throws.
    static func readLines(
        _ path: String,
        _ body: (_ number: Int, _ line: ArraySlice<UInt8>) throws -> Void
    ) throws {
        var pieces = try FilePieces(path)
        var number = 0
        var line: [UInt8] = []
        func end() throws {
            number += 1
            if !line.isEmpty { try body(number, line[...]) }
            line.removeAll(keepingCapacity: true)
        }
        while var rest = try pieces.next() {
            while let place = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line.append(contentsOf: rest[..<place])
                rest = rest[(place + 1)...]
                try end()
            }
            line.append(contentsOf: rest)
            try check(line.count, path)
        }
        try end()
    }

    private static func check(_ byteCount: Int, _ path: String) throws(AvisoError) {
        guard byteCount <= byteCountMax else {
            throw AvisoError(.fileFailed, "\(path) is larger than \(byteCountMax) bytes")
        }
    }

    /// Whether a path leads to a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Opens a new file for writing; an old one is replaced.
    static func create(_ path: String) throws(AvisoError) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        return descriptor
    }

    /// Closes a file.
    static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(AvisoError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    // A file that cannot be what was meant is the writer's to mend; a disk that fails is not.
    fileprivate static func failure(_ path: String) -> AvisoError {
        let isMeant = ![ENOENT, ENOTDIR, EISDIR, EACCES, ELOOP, ENAMETOOLONG].contains(errno)
        return AvisoError(
            isMeant ? .fileFailed : .invalidInput,
            "\(path): \(unsafe String(cString: strerror(errno)))"
        )
    }
}

/// A file or standard input, read piece by piece.
private struct FilePieces: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(_ path: String) throws(AvisoError) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.failure(path) }
    }

    deinit {
        if path != "-" { close(descriptor) }
    }

    /// The next bytes; nil at the end.
    mutating func next() throws(AvisoError) -> ArraySlice<UInt8>? {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.failure(path) }
            return count == 0 ? nil : buffer.prefix(count)
        }
    }
}
