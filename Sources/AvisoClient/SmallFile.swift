import Alerts
import Glibc

/// Whole files, read at once.
enum SmallFile {
    /// Reads a file.
    static func read(
        _ path: String,
        byteCountMax: Int = 64 << 20
    ) throws(AvisoError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer.prefix(count))
            guard bytes.count <= byteCountMax else {
                throw AvisoError(.fileFailed, "\(path) is larger than \(byteCountMax) bytes")
            }
        }
    }

    private static func failure(_ path: String) -> AvisoError {
        AvisoError(.fileFailed, "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
