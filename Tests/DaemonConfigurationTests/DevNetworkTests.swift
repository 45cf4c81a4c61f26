import Alerts
import Configuration
import DaemonConfiguration
import Foundation
import Testing

/// `Certs/dev-network`, whose files must be what the programs read.
@Suite struct DevNetworkTests {
    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Certs/dev-network").path

    @Test func everyFileIsReadByItsReader() throws {
        try withFolder { folder in
            let network = folder.appendingPathComponent("n").path
            #expect(try run(network) == Outcome(status: 0, errors: ""))
            let broker = try BrokerConfiguration(file: network + "/broker/avisod.json5")
            #expect(broker.listen.port == 8883)
            #expect(broker.https?.port == 0)
            #expect(broker.https?.portFile == network + "/broker/https-port")
            #expect(broker.tls.authority == network + "/ca.pem")
            let members = [
                ("agencies/CO-PONAL", "urn:aviso:agency:CO:PONAL:station-1"),
                ("agencies/MX-FGR", "urn:aviso:agency:MX:FGR:station-1"),
                ("agencies/US-DEA", "urn:aviso:agency:US:DEA:station-1"),
                ("agencies/PE-DEVIDA", "urn:aviso:agency:PE:DEVIDA:station-1"),
                ("auditor", "urn:aviso:auditor:OAS:AUDIT:station-1"),
                ("operator", "urn:aviso:operator:OAS:BROKER:station-1"),
            ]
            let directory = try DirectoryFile.read(broker.directory)
            #expect(directory.count == members.count)
            for (place, urn) in members {
                let profile = try Profile(path: "\(network)/\(place)")
                #expect(profile.identity.urn == urn)
                let member = try #require(
                    directory.first { $0.id == profile.identity.agency }
                )
                #expect(member.role == profile.identity.role)
                #expect(member.publish.isEmpty == (member.role != .agency))
                #expect(profile.directory == broker.directory)
                #expect(profile.log.origin == broker.log.origin)
                #expect(try profile.brokerPort() == 8883)
                let files = [
                    profile.tls.certificate, profile.tls.key, profile.tls.authority,
                    profile.signingKey, profile.encryptionKey,
                ]
                for file in files {
                    #expect(try permissions(file) == 0o600, "\(file)")
                }
            }
            #expect(FileManager.default.fileExists(atPath: broker.log.directory + "/create"))
        }
    }

    @Test func aPortThatTheBrokerPicksIsFoundByTheProfiles() throws {
        try withFolder { folder in
            let network = folder.appendingPathComponent("n").path
            #expect(try run(network, "--agencies", "JM:JCF", "--port", "0").status == 0)
            let broker = try BrokerConfiguration(file: network + "/broker/avisod.json5")
            for place in ["agencies/JM-JCF", "auditor", "operator"] {
                let profile = try Profile(path: "\(network)/\(place)")
                #expect(profile.broker.portFile == broker.listen.portFile)
            }
        }
    }

    @Test func nothingIsOverwritten() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("precious")
            try "x".write(to: file, atomically: true, encoding: .utf8)
            for path in [folder.path, file.path] {
                let outcome = try run(path)
                #expect(outcome.status == 1)
                #expect(
                    outcome.errors == "dev-network: \(path) exists and is not an empty folder; "
                        + "nothing was changed.\n"
                )
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["precious"]
            )
        }
    }

    @Test(arguments: [
        ([], "the folder to make is missing."),
        (["--colour"], "the option --colour is not known."),
        (["n", "m"], "one folder is expected, not also \"m\"."),
        (["n", "--port"], "the last option lacks its value."),
        (["n", "--port", "70000"], "the port \"70000\" is not a number from 0 to 65535."),
        (["n", "--agencies", ""], "the list of agencies is empty."),
        (["n", "--agencies", "CO:A,"], "the list of agencies ends in a comma."),
        (["n", "--agencies", "CO:A,CO:A"], "the agency CO:A is named twice, or is reserved."),
        (["n", "--agencies", "OAS:AUDIT"], "the agency OAS:AUDIT is named twice, or is reserved."),
        (
            ["n", "--agencies", "co:ponal"],
            "\"co:ponal\" is not an agency: a country of two letters, a colon and a code of "
                + "capital letters, digits and hyphens are expected, such as CO:PONAL."
        ),
    ])
    func wrongUseIsExplained(arguments: [String], message: String) throws {
        try withFolder { folder in
            let outcome = try run(arguments, in: folder)
            #expect(outcome.status == 2)
            #expect(
                outcome.errors == "dev-network: \(message)\nTry Certs/dev-network --help.\n"
            )
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    private struct Outcome: Equatable {
        let status: Int32
        let errors: String
    }

    private func run(_ arguments: String...) throws -> Outcome {
        try run(arguments, in: FileManager.default.temporaryDirectory)
    }

    private func run(_ arguments: [String], in folder: URL) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.script)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, errors: text)
    }

    private func permissions(_ file: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }
}
