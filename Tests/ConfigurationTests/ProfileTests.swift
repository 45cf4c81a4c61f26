import Alerts
import Configuration
import Foundation
import Testing

@Suite struct ProfileTests {
    private let text = """
        {
          identity: "urn:aviso:agency:CO:PONAL:station-1",
          broker: { host: "localhost", port: 0, portFile: "../port" },
          tls: { certificate: "tls.pem", key: "tls.key", ca: "../ca.pem" },
          signingKey: "signing.key",
          encryptionKey: "/etc/keys/encryption.key",
          directory: "../directory.json5",
          log: { origin: "aviso.example/log", vkey: "aviso.example/log+00000000+AQ==" },
        }
        """

    @Test func pathsAreRelativeToTheFile() throws {
        try withTemporaryFolder { folder in
            let station = folder.appendingPathComponent("station")
            try FileManager.default.createDirectory(at: station, withIntermediateDirectories: true)
            let file = station.appendingPathComponent("profile.json5")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let profile = try Profile(path: station.path)
            #expect(profile.identity == StationIdentity(urn: "urn:aviso:agency:CO:PONAL:station-1"))
            #expect(profile.tls.certificate == station.path + "/tls.pem")
            #expect(profile.tls.authority == folder.path + "/ca.pem")
            #expect(profile.encryptionKey == "/etc/keys/encryption.key")
            #expect(profile.directory == folder.path + "/directory.json5")
            #expect(profile.receipts == station.path + "/receipts")
            #expect(profile.log.origin == "aviso.example/log")
            #expect(try Profile(path: file.path) == profile)
        }
    }

    @Test func theHTTPSServerIsThatOfTheBrokerUnlessTheProfileSaysMore() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("profile.json5")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let usual = try Profile(path: file.path)
            #expect(usual.https.host == "localhost")
            #expect(try usual.httpsPort() == 8443)
            let more = "  https: { host: \"log.example\", port: 0, portFile: \"https-port\" },\n}"
            try (text.dropLast() + more).write(to: file, atomically: true, encoding: .utf8)
            let other = try Profile(path: file.path)
            #expect(other.https.host == "log.example")
            #expect(throws: ConfigurationError.self) { try other.httpsPort() }
            let portFile = folder.appendingPathComponent("https-port")
            try "9443\n".write(to: portFile, atomically: true, encoding: .utf8)
            #expect(try other.httpsPort() == 9443)
        }
    }

    @Test func theWitnessesThatAreTrustedAreAllRequiredUnlessTheProfileSaysLess() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("profile.json5")
            func profile(_ witnesses: String) throws -> Profile {
                try text.replacing("AQ==\" }", with: "AQ==\", witnesses: \(witnesses) }")
                    .write(to: file, atomically: true, encoding: .utf8)
                return try Profile(path: file.path)
            }
            let all = try #require(try profile("{ keys: [\"a+1+x\", \"b+2+x\"] }").log.witnesses)
            #expect(all.required == 2)
            #expect(all.ageSecondsMax == 3600)
            #expect(all.keys == ["a+1+x", "b+2+x"])
            let one = try profile("{ keys: [\"a\", \"b\"], required: 1, ageSecondsMax: 60 }")
            #expect(one.log.witnesses?.required == 1)
            #expect(one.log.witnesses?.ageSecondsMax == 60)
            for (wrong, key) in [
                ("{ keys: [] }", "log.witnesses.keys must be"),
                ("{ keys: [\"a\", \"a\"] }", "log.witnesses.keys must be"),
                ("{ keys: [\"a\"], required: 2 }", "log.witnesses.required is 2 but must be"),
                ("{ keys: [\"a\"], required: 0 }", "log.witnesses.required is 0 but must be"),
                ("{ keys: [\"a\"], ageSecondsMax: -1 }", "log.witnesses.ageSecondsMax"),
                ("{ keys: [\"a\"], need: 1 }", "log.witnesses.need"),
            ] {
                let error = #expect(throws: ConfigurationError.self) { try profile(wrong) }
                #expect(error?.message.contains(key) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func otherListsOfReferenceGoBeforeTheEmbeddedOnes() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("profile.json5")
            let more = "  reference: { precursors: \"mine.csv\" },\n}"
            try (text.dropLast() + more).write(to: file, atomically: true, encoding: .utf8)
            let list = folder.appendingPathComponent("mine.csv")
            let profile = try Profile(path: file.path)
            #expect(throws: ConfigurationError.self) { try profile.reference() }
            let header = "# version: mine\ntable,substance,cas,hs2022,note\n"
            try (header + "I,x,64-19-8,2915.21,\n").write(
                to: list,
                atomically: true,
                encoding: .utf8
            )
            let error = #expect(throws: ConfigurationError.self) { try profile.reference() }
            #expect(error?.message.contains("mine.csv") == true)
            #expect(error?.message.contains("line 3") == true)
            try (header + "II,Acetic acid,64-19-7,2915.21,\n").write(
                to: list,
                atomically: true,
                encoding: .utf8
            )
            let reference = try profile.reference()
            #expect(reference.precursorsVersion == "mine")
            #expect(reference.precursors.map(\.cas) == ["64-19-7"])
            #expect(reference.members.count == 35)
        }
    }

    @Test func anotherListOfDutiesGoesBeforeTheEmbeddedOne() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("profile.json5")
            let more = "  reference: { preExportDuties: \"duties.csv\" },\n}"
            try (text.dropLast() + more).write(to: file, atomically: true, encoding: .utf8)
            let list = folder.appendingPathComponent("duties.csv")
            let header = "# version: mine\ncountry,substance,since,note\n"
            for row in ["CO,III,1998-10-14,", "CO,II,1998-10-14,"] {
                try (header + row + "\n").write(to: list, atomically: true, encoding: .utf8)
                let profile = try Profile(path: file.path)
                guard row.contains("III") else {
                    let reference = try profile.reference()
                    #expect(reference.dutiesVersion == "mine" && reference.duties.count == 1)
                    #expect(reference.precursors.count == 37)
                    continue
                }
                let error = #expect(throws: ConfigurationError.self) { try profile.reference() }
                #expect(error?.message.contains("duties.csv") == true)
            }
        }
    }

    @Test func readsThePortThatTheBrokerPicked() throws {
        try withTemporaryFolder { folder in
            let station = folder.appendingPathComponent("station")
            try FileManager.default.createDirectory(at: station, withIntermediateDirectories: true)
            try text.write(
                to: station.appendingPathComponent("profile.json5"),
                atomically: true,
                encoding: .utf8
            )
            let profile = try Profile(path: station.path)
            #expect(throws: ConfigurationError.self) { try profile.brokerPort() }
            let portFile = folder.appendingPathComponent("port")
            try "40001\n".write(to: portFile, atomically: true, encoding: .utf8)
            #expect(try profile.brokerPort() == 40_001)
            try "0".write(to: portFile, atomically: true, encoding: .utf8)
            let error = #expect(throws: ConfigurationError.self) { try profile.brokerPort() }
            #expect(error?.message == "\(portFile.path): does not hold a port number.")
        }
    }

    @Test(arguments: [
        ("urn:aviso:agency:CO:PONAL:station-1", "urn:aviso:agency:CO", "identity"),
        ("aviso.example/log+0", "other.example/log+0", "log.vkey"),
        ("origin: \"aviso.example/log\"", "origin: \"a log\"", "log.origin"),
        ("\"localhost\"", "\"\"", "broker.host"),
    ])
    func namesTheKeyAtFault(old: String, new: String, key: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("profile.json5")
            try text.replacingOccurrences(of: old, with: new)
                .write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: ConfigurationError.self) { try Profile(path: folder.path) }
            #expect(error?.key == key)
            #expect(error?.message.contains("but must be") == true)
        }
    }
}
