import Foundation

/// A folder that is removed with its last holder.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        let name = "aviso-log-\(UUID().uuidString)"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    init(copying other: TestFolder) throws {
        path = other.path + "-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: other.path, toPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var segments: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path + "/segments").sorted()
                .map { "segments/\($0)" }
        }
    }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// Changes the bytes of a file.
    func edit(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try read(name)
        change(&bytes)
        try write(bytes, to: name)
    }
}
