import Foundation
import TLSEngine

/// A development network in a temporary folder, made by Certs/dev-network.
struct BenchNetwork: ~Copyable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL

    /// Makes the network.
    ///
    /// - Parameter limits: the broker's limits that differ from their defaults.
    /// - Throws: when it cannot be made.
    init(limits: [String: Int] = [:]) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-bench-\(UUID().uuidString)")
        let script = "Certs/dev-network"
        guard FileManager.default.isExecutableFile(atPath: script) else {
            throw Failure(description: "run it in the checkout: \(script) is not here")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: script)
        process.arguments = [folder.path, "--agencies", "CO:PONAL,MX:FGR", "--port", "0"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(script) failed")
        }
        guard !limits.isEmpty else { return }
        let file = folder.appendingPathComponent("broker/avisod.json5")
        var text = try String(contentsOf: file, encoding: .utf8)
        guard let end = text.lastIndex(of: "}") else {
            throw Failure(description: "\(file.path) is no configuration")
        }
        let lines = limits.map { "\($0.key): \($0.value)," }.sorted().joined(separator: " ")
        text.insert(contentsOf: "  limits: { \(lines) },\n", at: end)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The context of the broker's side.
    func serverContext() throws -> TLSContext {
        try context(.server, "broker")
    }

    /// The context of a station of an agency.
    func clientContext(_ agency: String = "CO-PONAL") throws -> TLSContext {
        try context(.client, "agencies/\(agency)")
    }

    private func context(_ role: TLSContext.Role, _ member: String) throws -> TLSContext {
        try TLSContext(
            role: role,
            files: TLSIdentityFiles(
                certificate: folder.appendingPathComponent("\(member)/tls.pem").path,
                privateKey: folder.appendingPathComponent("\(member)/tls.key").path,
                authority: folder.appendingPathComponent("ca.pem").path
            )
        )
    }
}
