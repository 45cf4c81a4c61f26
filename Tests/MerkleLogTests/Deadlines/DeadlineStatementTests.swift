import Base
import CBOR
import COSE
import Crypto
import MerkleLog
import Testing

@Suite struct DeadlineStatementTests {
    private let key = Ed25519SigningKey.generate()
    private let origin = "log.example/1"
    private let coding = LibCBOR()

    private var report: DeadlineReport {
        get throws {
            var book = DeadlineBook(reminders: .none)
            let alert = DeadlineBook.Alert(
                alert: UUID(version7At: WallTime(seconds: 1_790_000_000), random: (1, 2)),
                author: "CO:PONAL",
                recipients: ["MX:FGR", "US:DEA"],
                channel: "intelligence",
                status: "exercise",
                message: "request",
                isInterim: false,
                cited: [],
                replyBy: WallTime(seconds: 1_790_000_100),
                acknowledgeBy: nil
            )
            book.take(alert, index: 3, time: WallTime(seconds: 1_790_000_000))
            return DeadlineReport(
                try #require(book[3]),
                origin: origin,
                treeSize: 9,
                rootHash: .zero,
                time: WallTime(milliseconds: 1_790_000_200_123)
            )
        }
    }

    private func sign() throws -> [UInt8] {
        DeadlineStatement.sign(
            try report,
            key: key,
            keyID: COSEKeyThumbprint.of(key.publicKey, coding: coding, hasher: SHA256()),
            using: coding
        )
    }

    private func verify(_ bytes: [UInt8], origin: String? = nil) throws -> DeadlineReport {
        let statement = try DeadlineStatement(decoding: bytes[...], using: coding)
        try statement.verify(
            key: key.publicKey,
            origin: origin ?? self.origin,
            coding: coding,
            hasher: SHA256(),
            verifier: Cryptography()
        )
        return statement.report
    }

    @Test func whatWasSignedIsRead() throws {
        let bytes = try sign()
        #expect(DeadlineStatement.isOne(bytes, using: coding))
        let read = try verify(bytes)
        #expect(try read == report)
        #expect(read.reply?.agencies.map(\.agency) == ["MX:FGR", "US:DEA"])
        #expect(read.reply?.agencies.allSatisfy { $0.index == nil } == true)
        #expect(read.acknowledgement == nil)
    }

    @Test func nothingElseIsTaken() throws {
        let bytes = try sign()
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            #expect(throws: (any Error).self, "byte \(place)") { try verify(altered) }
        }
        #expect(throws: ReceiptError.self) { try verify(bytes, origin: "other.example/1") }
        let foreign = Ed25519SigningKey.generate()
        let other = DeadlineStatement.sign(
            try report,
            key: foreign,
            keyID: COSEKeyThumbprint.of(foreign.publicKey, coding: coding, hasher: SHA256()),
            using: coding
        )
        #expect(throws: ReceiptError.self) { try verify(other) }
    }
}
