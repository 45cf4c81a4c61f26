import Alerts
import Base
import CBOR
import COSE
import Glibc

extension AvisoProfile {
    private static let statementByteCountMax = 128 << 10

    /// Keeps the statement of a received exercise or test.
    ///
    /// By it nobody at this station answers it as if it were meant; actual alerts are not kept.
    func remember(_ statement: AlertStatement) {
        guard statement.header.status != .actual else { return }
        _ = unsafe mkdir(receipts, 0o700)
        _ = unsafe mkdir("\(receipts)/received", 0o700)
        let path = receivedFile(alert: statement.alert.description)
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = unsafe statement.canonicalBytes.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress, buffer.count)
        }
    }

    /// The status of an alert that this profile published, or received as exercise or test.
    ///
    /// - Returns: nil for an alert that the profile does not know.
    func knownStatus(of alert: String) -> Status? {
        let name = alert.split(separator: ":").last.map(String.init) ?? alert
        for path in [receiptFile(alert: alert), receivedFile(alert: name)] {
            guard let bytes = AvisoProfile.contents(of: path),
                let statement = try? AlertStatement(decoding: bytes[...], using: LibCBOR())
            else { continue }
            return statement.header.status
        }
        return nil
    }

    /// The statement of an alert that this profile published, if its receipt is kept.
    func publishedStatement(_ alert: String) -> AlertStatement? {
        guard let bytes = AvisoProfile.contents(of: receiptFile(alert: alert)) else { return nil }
        return try? AlertStatement(decoding: bytes[...], using: LibCBOR())
    }

    private func receivedFile(alert name: String) -> String {
        "\(receipts)/received/\(name).cose"
    }

    private static func contents(of path: String) -> [UInt8]? {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: statementByteCountMax)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe read(descriptor, buffer.baseAddress, buffer.count)
        }
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}
