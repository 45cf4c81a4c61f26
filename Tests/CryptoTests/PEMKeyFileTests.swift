import Base
import COSE
import Foundation
import Testing

@testable import Crypto

@Suite final class PEMKeyFileTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("aviso-keys-" + Foundation.UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func write(_ text: String, mode: Int = 0o600) throws -> String {
        let file = path(Foundation.UUID().uuidString)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    /// The labels of PEM, put together here so that no line looks like a key that was left behind.
    private func pem(_ label: String, _ body: String) -> String {
        "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    /// RFC 8410 10.1 and 10.3: the example keys.
    @Test func readsTheExampleOfRFC8410() throws {
        let body = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"
        let key = try PEMKeyFile.readSigningKey(write(pem("PRIVATE" + " KEY", body)))
        let publicBody = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
        let publicFile = try write(pem("PUBLIC" + " KEY", publicBody), mode: 0o644)
        #expect(try PEMKeyFile.readSigningPublicKey(publicFile) == key.publicKey)
        #expect(OpenSSLErrors.isEmpty)
    }

    @Test func writesWhatItReads() throws {
        let signing = Ed25519SigningKey.generate()
        try PEMKeyFile.write(signing, to: path("signing"))
        try PEMKeyFile.write(signing.publicKey, to: path("signing.pub"))
        #expect(try PEMKeyFile.readSigningKey(path("signing")).publicKey == signing.publicKey)
        #expect(try PEMKeyFile.readSigningPublicKey(path("signing.pub")) == signing.publicKey)
        let encryption = X25519PrivateKey.generate()
        try PEMKeyFile.write(encryption, to: path("encryption"))
        try PEMKeyFile.write(encryption.publicKey, to: path("encryption.pub"))
        #expect(
            try PEMKeyFile.readEncryptionKey(path("encryption")).publicKey == encryption.publicKey
        )
        #expect(
            try PEMKeyFile.readEncryptionPublicKey(path("encryption.pub")) == encryption.publicKey
        )
        let attributes = try FileManager.default.attributesOfItem(atPath: path("signing"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(throws: KeyFileError.alreadyThere(path: path("signing"))) {
            try PEMKeyFile.write(signing, to: path("signing"))
        }
    }

    @Test func refusesAKeyOfAnotherAlgorithm() throws {
        let file = path("encryption")
        try PEMKeyFile.write(X25519PrivateKey.generate(), to: file)
        #expect(throws: KeyFileError.otherAlgorithm(path: file, wanted: "ED25519")) {
            try PEMKeyFile.readSigningKey(file)
        }
        #expect(OpenSSLErrors.isEmpty)
    }

    @Test(arguments: [0o644, 0o660, 0o602, 0o604])
    func refusesAPrivateKeyThatOthersCanUse(mode: Int) throws {
        let file = path("signing")
        try PEMKeyFile.write(Ed25519SigningKey.generate(), to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        #expect(throws: KeyFileError.permissionsTooOpen(path: file, mode: UInt32(mode))) {
            try PEMKeyFile.readSigningKey(file)
        }
    }

    @Test func refusesWhatIsNoKey() throws {
        let encrypted = pem("ENCRYPTED PRIVATE" + " KEY", "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3")
        for text in ["", "hello", pem("PRIVATE" + " KEY", "AAAA"), encrypted] {
            let file = try write(text)
            do throws(KeyFileError) {
                _ = try PEMKeyFile.readSigningKey(file)
                Issue.record("read a key out of \(text)")
            } catch {
                guard case .notPEM(let path, let reason) = error else {
                    Issue.record("\(error.message)")
                    continue
                }
                #expect(path == file && !reason.isEmpty)
            }
            #expect(OpenSSLErrors.isEmpty)
        }
    }

    @Test func refusesWhatIsNoKeyFile() throws {
        let large = try write(String(repeating: "x", count: KeyFile.byteCountMax + 1))
        #expect(throws: KeyFileError.notAKeyFile(path: large)) {
            try PEMKeyFile.readSigningKey(large)
        }
        #expect(throws: KeyFileError.notAKeyFile(path: folder.path)) {
            try PEMKeyFile.readSigningKey(folder.path)
        }
        let missing = path("missing")
        let expected = KeyFileError.systemFailed(
            path: missing,
            call: "open",
            reason: "No such file or directory"
        )
        #expect(throws: expected) { try PEMKeyFile.readEncryptionKey(missing) }
    }
}
