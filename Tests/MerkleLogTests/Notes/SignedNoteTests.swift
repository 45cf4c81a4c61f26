import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct SignedNoteTests {
    private let hasher = SHA256()

    /// The example in the documentation of Go's package `sumdb/note`.
    private let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    private let signatures = """

        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot\
        pRZb6KE6RyyBwJnAM=
        — EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLo\
        x33WWd1RvMc+QQ=

        """

    @Test func thePublicExampleIsReadVerifiedAndWrittenBack() throws {
        let note = try #require(SignedNote((text + signatures).utf8))
        #expect(note.text == text)
        #expect(note.signatures.map(\.name) == ["PeterNeumann", "EnochRoot"])
        #expect(note.bytes == Array((text + signatures).utf8))
        let key = try #require(NoteVerifierKey(vkey, using: hasher))
        #expect(key.keyHash == 0xc74f_20a3)
        #expect(key.description == vkey)
        #expect(note.isSigned(by: key, verifier: Cryptography()))
    }

    @Test func anAlteredTextDoesNotVerify() throws {
        let altered = text.replacing("answer", with: "Answer")
        let note = try #require(SignedNote((altered + signatures).utf8))
        let key = try #require(NoteVerifierKey(vkey, using: hasher))
        #expect(!note.isSigned(by: key, verifier: Cryptography()))
    }

    @Test func aSignatureByAnotherKeyDoesNotCount() throws {
        let signer = Ed25519SigningKey.generate()
        let note = try #require(SignedNote((text + signatures).utf8))
        let key = NoteVerifierKey(
            name: "PeterNeumann",
            publicKey: signer.publicKey,
            using: hasher
        )
        #expect(!note.isSigned(by: key, verifier: Cryptography()))
    }

    @Test func oneFalseSignatureBesideATrueOneIsEnoughToRefuse() throws {
        let note = try #require(SignedNote((text + signatures).utf8))
        let key = try #require(NoteVerifierKey(vkey, using: hasher))
        let forged = SignedNote.Signature(
            name: key.name,
            keyHash: key.keyHash,
            bytes: [UInt8](repeating: 0, count: 64)
        )
        let both = SignedNote(text: text, signatures: note.signatures + [forged])
        #expect(!both.isSigned(by: key, verifier: Cryptography()))
    }

    @Test func aNoteMaySignEmptyLines() throws {
        let signer = Ed25519SigningKey.generate()
        let key = NoteVerifierKey(
            name: "log.example/1",
            publicKey: signer.publicKey,
            using: hasher
        )
        let text = "first\n\nsecond\n"
        let signature = SignedNote.Signature(
            name: key.name,
            keyHash: key.keyHash,
            bytes: signer.sign(Array(text.utf8)[...])
        )
        let note = SignedNote(text: text, signatures: [signature])
        let read = try #require(SignedNote(note.bytes))
        #expect(read == note)
        #expect(read.isSigned(by: key, verifier: Cryptography()))
    }

    @Test(arguments: [
        "", "\n", "text", "text\n", "text\n\n", "text\n\n— name aGVsbG8=", "text\n\n\n",
        "text\n— name aGVsbG8=\n", "te\u{1}xt\n\n— name aGVsbG8=\n",
        "te\txt\n\n— name aGVsbG8=\n", "te\r\nxt\n\n— name aGVsbG8=\n",
    ])
    func textThatIsNoNoteIsRefused(_ text: String) {
        #expect(SignedNote(text.utf8) == nil)
    }

    @Test(arguments: [
        "- name aGVsbG8=", "— name  aGVsbG8=", "— na+me aGVsbG8=", "—  aGVsbG8=",
        "— name aGVsbA==", "— name aGVsbG8", "— name aGVsbG8= ", "— name",
        "—name aGVsbG8=", "— na\u{a0}me aGVsbG8=",
    ])
    func aMalformedSignatureLineIsRefused(_ line: String) {
        let valid = "text\n\n— name aGVsbG8=\n"
        #expect(SignedNote(valid.utf8) != nil)
        #expect(SignedNote((valid + line + "\n").utf8) == nil)
    }

    @Test func tooMuchIsRefused() {
        let line = "— name aGVsbG8=\n"
        let most = "text\n\n" + String(repeating: line, count: SignedNote.signatureCountMax)
        #expect(SignedNote(most.utf8) != nil)
        #expect(SignedNote((most + line).utf8) == nil)
        #expect(SignedNote([UInt8](repeating: 0x0A, count: 70_000)) == nil)
        #expect(SignedNote([0xFF] + Array("text\n\n\(line)".utf8)) == nil)
    }

    @Test(arguments: [
        "", "name", "name+c74f20a3", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4i",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func aMalformedVerifierKeyIsRefused(_ text: String) {
        #expect(NoteVerifierKey(text, using: hasher) == nil)
    }
}
