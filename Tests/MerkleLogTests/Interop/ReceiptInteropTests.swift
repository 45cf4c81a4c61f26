import Base
import CBOR
import COSE
import Crypto
import TestKit
import Testing

@testable import MerkleLog

private let program = ForeignProgram.python("log/receipt.py")

/// Receipts as Python's `cwt` and `cbor2` read them.
@Suite(.enabled(if: program.isWanted(probe: ["probe"])))
struct ReceiptInteropTests {
    private static let origin = "log.example/1"

    private let hasher = SHA256()
    private let coding = LibCBOR()
    private let signer = Ed25519SigningKey.generate()
    private let statement = Array("a statement".utf8)
    private let time = WallTime(milliseconds: 1_790_000_000_123)
    private let accepted = WallTime(milliseconds: 1_790_000_000_100)
    // Not in the order of deterministic CBOR, so that both sides have to sort.
    private let counts = [
        AlertEntryBody.Count(agency: "US:DEA", count: 24),
        AlertEntryBody.Count(agency: "PE:DEVIDA", count: 1),
        AlertEntryBody.Count(agency: "MX:FGR", count: 70_000),
    ]

    private struct Given: Encodable {
        let origin: String
        let key: String
        let statement: String
        let receipt: String
    }

    private struct Said: Decodable, Equatable {
        var index: UInt64?
        var size: UInt64?
        var time: UInt64?
        var accepted: UInt64?
        var counts: [String: UInt64]?
        var refused: String?
    }

    @Test(arguments: [(1, 2), (0, 3), (6, 7), (40, 64), (64, 65), (99, 300)])
    func pythonVerifiesAReceipt(index: UInt64, size: Int) throws {
        let said = try verify(receipt(index: index, size: size), statement)
        #expect(
            said
                == Said(
                    index: index,
                    size: UInt64(size),
                    time: time.milliseconds,
                    accepted: accepted.milliseconds,
                    counts: ["MX:FGR": 70_000, "PE:DEVIDA": 1, "US:DEA": 24]
                )
        )
    }

    @Test func pythonRefusesAnotherStatementAndAnAlteredSignature() throws {
        var receipt = receipt(index: 5, size: 9)
        #expect(try verify(receipt, statement + [0]).refused != nil)
        receipt[receipt.count - 1] ^= 1
        #expect(try verify(receipt, statement).refused != nil)
    }

    private func verify(_ receipt: [UInt8], _ statement: [UInt8]) throws -> Said {
        let given = Given(
            origin: Self.origin,
            key: Hex.encode(signer.publicKey.bytes),
            statement: Hex.encode(statement),
            receipt: Hex.encode(receipt)
        )
        return try program.call("verify", given, as: Said.self)
    }

    private func receipt(index: UInt64, size: Int) -> [UInt8] {
        let body = AlertEntryBody(statement: statement[...], accepted: accepted, counts: counts)
        let entry = LogEntry(time: time, body: .alert(body)).encode(using: coding)
        var leaves = ReferenceTree(count: size, hasher: hasher).leaves
        leaves[Int(index)] = hasher.leafHash(entry[...])
        let tree = BatchTree(leaves, onto: MerkleFrontier(), using: hasher)
        let receipts = ReceiptSigner(
            origin: Self.origin,
            keyID: COSEKeyThumbprint.of(signer.publicKey, coding: coding, hasher: hasher),
            coding: coding
        )
        return receipts.receipt(
            treeSize: UInt64(size),
            leafIndex: index,
            path: tree.inclusionProof(index: index),
            signature: signer.sign(receipts.message(rootHash: tree.rootHash)[...]),
            time: time,
            accepted: accepted,
            counts: counts
        )
    }
}
