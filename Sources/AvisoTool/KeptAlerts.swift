import Alerts
import AvisoClient
import Foundation

/// A folder of alerts as they were delivered, one file each, named by index and identifier.
struct KeptAlerts {
    private static let suffix = ".alert"
    private static let indexDigitCount = 20
    private static let countMax = 100_000

    private let folder: String

    init(_ folder: String) {
        self.folder = folder
    }

    /// Keeps an alert; the same one again replaces its file.
    func keep(_ alert: ReceivedAlert) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw AvisoError(.fileFailed, "\(folder): \(error.localizedDescription)")
        }
        let digits = String(alert.index)
        let zeros = String(repeating: "0", count: Self.indexDigitCount - digits.count)
        let name = alert.alert.split(separator: ":").last.map(String.init) ?? ""
        let path = "\(folder)/\(zeros)\(digits)-\(name)\(Self.suffix)"
        let descriptor = try Files.create(path)
        defer { Files.close(descriptor) }
        try Files.write(alert.payload, to: descriptor, path)
    }

    /// Reads all alerts of the folder, in the order of the log.
    func read() throws -> [KeptPayload] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(Self.suffix) }.sorted()
        } catch {
            throw AvisoError(.invalidInput, "\(folder): \(error.localizedDescription)")
        }
        guard names.count <= Self.countMax else {
            throw AvisoError(.fileFailed, "\(folder) has more than \(Self.countMax) alerts")
        }
        return try names.map { name in
            guard let index = UInt64(name.prefix { $0 != "-" }) else {
                throw AvisoError(.fileFailed, "\(folder)/\(name) does not begin with an index")
            }
            let payload = try Files.read("\(folder)/\(name)")
            return KeptPayload(name: name, index: index, payload: payload)
        }
    }
}
