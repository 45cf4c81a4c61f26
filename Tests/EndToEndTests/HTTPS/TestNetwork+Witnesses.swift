import Base
import COSE
import Crypto
import Foundation
import MerkleLog
import Testing

/// A network whose log has witnesses.
extension TestNetwork {
    /// Names witnesses in the broker's configuration, with short times.
    func appoint(
        _ witnesses: [(name: String, url: String, key: String)],
        required: Int
    ) throws {
        let list = witnesses.map { witness in
            "{ name: \"\(witness.name)\", url: \"\(witness.url)\", key: \"\(witness.key)\" }"
        }
        try edit("broker/avisod.json5") { text in
            let end = try #require(text.lastIndex(of: "}"))
            let key =
                "  witnesses: { required: \(required), lagSeconds: 6, timeoutSeconds: 2,\n"
                + "    list: [\(list.joined(separator: ",\n      "))] },\n"
            text.insert(contentsOf: key, at: end)
        }
    }

    func appoint(_ witnesses: [WitnessProcess], required: Int) throws {
        try appoint(witnesses.map { ($0.name, $0.url, $0.key) }, required: required)
    }

    /// Tells a member which witnesses to trust.
    func trust(_ keys: [String], required: Int, in profile: String) throws {
        try edit("\(profile)/profile.json5") { text in
            let log = try #require(text.range(of: "  log: {\n"))
            let list = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            text.insert(
                contentsOf: "    witnesses: { required: \(required), keys: [\(list)] },\n",
                at: log.upperBound
            )
        }
    }

    func request(_ path: String) throws -> Answer { try request(path, as: "auditor") }

    /// Waits until the broker has taken the members into its log.
    func waitForMembers() throws {
        try waitUntil("the members are known") {
            try request("/metrics", as: "operator").status == 200
        }
    }

    /// The size of the served checkpoint.
    func checkpointSize() throws -> Int? {
        let note = SignedNote(Array(try request("/checkpoint").body))
        return note.flatMap { Checkpoint(text: $0.text) }.map { Int($0.treeSize) }
    }

    /// Waits until a checkpoint of at least a size is served that all have cosigned.
    func cosigned(by witnesses: [WitnessProcess], atLeast size: UInt64) throws -> SignedNote {
        let keys = try witnesses.map { try #require(CosignerKey($0.key, using: SHA256())) }
        let logKey = try #require(NoteVerifierKey(verifierKey, using: SHA256()))
        var found: SignedNote?
        try waitUntil("a cosigned checkpoint of \(size) entries") {
            let note = try #require(SignedNote(Array(request("/checkpoint").body)))
            let checkpoint = try #require(Checkpoint(text: note.text))
            #expect(note.isSigned(by: logKey, verifier: Cryptography()))
            guard checkpoint.treeSize >= size else { return false }
            let isCosigned = keys.allSatisfy {
                note.cosignature(by: $0, verifier: Cryptography()) != nil
            }
            if isCosigned { found = note }
            return isCosigned
        }
        return try #require(found)
    }

    /// A checkpoint of another history, signed with the log's true key.
    func forgedNote(size: Int) throws -> [UInt8] {
        let key = try PEMKeyFile.readSigningKey(path("broker/log.key"))
        let logKey = try #require(NoteVerifierKey(verifierKey, using: SHA256()))
        let checkpoint = Checkpoint(
            origin: logKey.name,
            treeSize: UInt64(size),
            rootHash: SHA256().digest(Array("another history".utf8)[...])
        )
        let signature = SignedNote.Signature(
            name: logKey.name,
            keyHash: logKey.keyHash,
            bytes: key.sign(Array(checkpoint.text.utf8)[...])
        )
        return SignedNote(text: checkpoint.text, signatures: [signature]).bytes
    }

    /// Shows a checkpoint to a witness.
    ///
    /// - Returns: the status of its answer.
    func post(_ note: [UInt8], oldSize: Int, to witness: WitnessProcess) throws -> Int {
        let body = path("add-checkpoint-\(UUID().uuidString)")
        try Data("old \(oldSize)\n\n".utf8 + note).write(to: URL(fileURLWithPath: body))
        let outcome = try Self.run(
            "/usr/bin/curl",
            [
                "-sS", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary",
                "@" + body, witness.url + "/add-checkpoint",
            ]
        )
        return Int(outcome.output) ?? 0
    }
}
