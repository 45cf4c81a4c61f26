import Base
import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct CheckpointTests {
    /// The example of C2SP tlog-checkpoint.
    private let example = """
        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        """

    @Test func theExampleOfTheSpecificationIsReadAndWrittenBack() throws {
        let checkpoint = try #require(Checkpoint(text: example))
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.treeSize == 20_852_163)
        #expect(checkpoint.rootHash.description.hasPrefix("0ac5186a91863e8e"))
        #expect(checkpoint.extensionLines == [] && checkpoint.tally == nil)
        #expect(checkpoint.text == example)
    }

    @Test func extensionLinesAreKeptAndTheTallyIsFound() throws {
        let tally = TallyCommitment(agencyCount: 4, rootHash: SHA256().digest([1, 2, 3]))
        let text = example + "other line\n" + tally.extensionLine + "\n"
        let checkpoint = try #require(Checkpoint(text: text))
        #expect(checkpoint.extensionLines == ["other line", tally.extensionLine])
        #expect(checkpoint.tally == tally)
        #expect(checkpoint.text == text)
        let twice = try #require(Checkpoint(text: text + tally.extensionLine + "\n"))
        #expect(twice.tally == nil)
    }

    @Test(arguments: [
        "", "\n", "origin\n", "origin\n1\n", "origin\n01\n@\n", "origin\n+1\n@\n",
        "origin\n-1\n@\n", "origin\n1 \n@\n", "origin\n\n@\n", "\n1\n@\n",
        "origin\n18446744073709551616\n@\n", "origin\n1\n@\n\n", "origin\n1\n@\n\nx\n",
        "origin\n1\nAAAA\n", "origin\n1\n@", "origin\n1\n@=\n",
    ])
    func textThatIsNoCheckpointIsRefused(_ text: String) {
        let root = Base64.encode(Digest.zero.bytes)
        #expect(Checkpoint(text: text.replacing("@", with: root)) == nil)
    }

    @Test(arguments: [
        "", "tally", "tally 4", "tally 4 AAAA", "tally 04 @", "tally  4 @", "tally 4 @ ",
        "Tally 4 @",
    ])
    func aLineThatIsNoTallyIsNotTakenForOne(_ line: String) {
        let line = line.replacing("@", with: Base64.encode(Digest.zero.bytes))
        #expect(TallyCommitment(extensionLine: line) == nil)
    }
}
