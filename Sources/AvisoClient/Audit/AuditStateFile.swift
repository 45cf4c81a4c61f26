import Alerts
import AuditCore
import CBOR
import Glibc

/// The file in which an auditor keeps what was verified, written atomically.
struct AuditStateFile {
    private static let byteCountMax = 1 << 30

    let path: String
    let origin: String

    /// Reads the state; nil if there is no file yet.
    func read() throws(AvisoError) -> AuditState? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let bytes = try SmallFile.read(path, byteCountMax: Self.byteCountMax)
        guard let state = AuditState(decoding: bytes, origin: origin, using: LibCBOR()) else {
            throw AvisoError(
                .fileFailed,
                "\(path) is no state of an audit of \(origin): restore it from a copy, or move it "
                    + "away to begin anew (then the log is held to nothing that it signed before)"
            )
        }
        return state
    }

    /// Replaces the file: a new one is written and synced, then takes the name.
    func write(_ state: AuditState) throws(AvisoError) {
        let bytes = state.encode(origin: origin, using: LibCBOR())
        let temporary = path + ".new"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let descriptor = unsafe open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw failure("written") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("written") }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            throw failure("written")
        }
    }

    private func failure(_ what: String) -> AvisoError {
        AvisoError(
            .fileFailed,
            "\(path) cannot be \(what): \(unsafe String(cString: strerror(errno)))"
        )
    }
}
