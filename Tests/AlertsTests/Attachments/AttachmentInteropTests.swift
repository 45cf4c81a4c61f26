import Alerts
import Base
import Crypto
import TestKit
import Testing

private let program = ForeignProgram.python("attachments/secretstream.py")

/// Aviso and an implementation in Python alone open the attachments that the other seals.
@Suite(.enabled(if: program.isWanted(probe: ["check"])))
struct AttachmentInteropTests {
    private struct Given: Encodable {
        let key: String
        var header = ""
        let bytes: String
    }

    private struct Result: Decodable {
        let bytes: String
    }

    // Empty, one chunk, exactly one, and the beginning of a third.
    private static let byteCounts = [0, 100, 65_536, 2 * 65_536 + 5]

    private let key = Randomness.bytes(32)
    private let chunkByteCount = Int(AttachmentLayout.chunkByteCount)

    @Test(arguments: byteCounts)
    func pythonOpensWhatAvisoSeals(byteCount: Int) throws {
        let file = Randomness.bytes(byteCount)
        var sealer = SecretStreamSealer(key: SecretBytes(copying: key))
        var sealed = sealer.header
        let chunkCount = Int(AttachmentLayout.chunkCount(ofFile: UInt64(byteCount)))
        for number in 0..<chunkCount {
            let start = number * chunkByteCount
            let chunk = file[start..<min(start + chunkByteCount, byteCount)]
            sealed += sealer.seal(chunk, isLast: number == chunkCount - 1)
        }
        let expected = AttachmentLayout.encryptedByteCount(ofFile: UInt64(byteCount))
        #expect(UInt64(sealed.count) == expected)
        let given = Given(key: Hex.encode(key), bytes: Hex.encode(sealed))
        let opened = try program.call("open", given, as: Result.self)
        #expect(opened.bytes == Hex.encode(file))
    }

    @Test(arguments: byteCounts)
    func avisoOpensWhatPythonSeals(byteCount: Int) throws {
        let file = Randomness.bytes(byteCount)
        let given = Given(
            key: Hex.encode(key),
            header: Hex.encode(Randomness.bytes(24)),
            bytes: Hex.encode(file)
        )
        let answer = try program.call("seal", given, as: Result.self)
        let sealed = try #require(Hex.decode(answer.bytes))
        let headerByteCount = Int(AttachmentLayout.headerByteCount)
        var opener = try SecretStreamOpener(
            header: sealed[..<headerByteCount],
            key: SecretBytes(copying: key)
        )
        var opened: [UInt8] = []
        let step = chunkByteCount + Int(AttachmentLayout.overheadByteCount)
        for start in stride(from: headerByteCount, to: sealed.count, by: step) {
            opened += try opener.open(sealed[start..<min(start + step, sealed.count)])
        }
        let isAtEnd = opener.isAtEnd
        #expect(isAtEnd)
        #expect(opened == file)
    }
}
