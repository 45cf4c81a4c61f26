import Foundation
import TLSEngine

/// A development network in a temporary folder, made by Certs/dev-network.
struct BenchNetwork: ~Copyable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL

    init() throws {
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
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// The context of the broker's side.
    func serverContext() throws -> TLSContext {
        try context(.server, "broker")
    }

    /// The context of a station.
    func clientContext() throws -> TLSContext {
        try context(.client, "agencies/CO-PONAL")
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
