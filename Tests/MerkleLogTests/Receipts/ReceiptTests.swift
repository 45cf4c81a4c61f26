import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import MerkleLog

@Suite struct ReceiptTests {
    private static let origin = "log.example/1"
    private let hasher = SHA256()
    private let coding = LibCBOR()
    private let signer = Ed25519SigningKey.generate()
    private let statement: [UInt8] = Array("a statement".utf8)

    @Test func aReceiptProvesItsStatementOnly() throws {
        let receipt = try Receipt(decoding: receipt(index: 5, size: 9)[...], using: coding)
        #expect(receipt.leafIndex == 5 && receipt.treeSize == 9 && receipt.origin == Self.origin)
        #expect(receipt.counts == [AlertEntryBody.Count(agency: "MX:FGR", count: 3)])
        try verify(receipt, statement)
        #expect(throws: ReceiptError.self) { try verify(receipt, statement + [0]) }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let bytes = receipt(index: 2, size: 3)
        for position in bytes.indices {
            for bit in 0..<8 {
                var altered = bytes
                altered[position] ^= 1 << UInt8(bit)
                #expect(throws: ReceiptError.self) {
                    try verify(Receipt(decoding: altered[...], using: coding), statement)
                }
            }
        }
    }

    @Test func theProofMayStandPlainly() throws {
        guard
            case .tagged(18, .array(var items)) = try coding.decode(
                receipt(index: 1, size: 4)[...],
                limits: CBORLimits()
            ),
            var unprotected = items[1].mapValue,
            let wrapped = unprotected[396]?.mapValue?[-1]?.arrayValue?.first?.bytesValue
        else {
            Issue.record("a receipt is a tagged array with a wrapped proof")
            return
        }
        let proof = try coding.decode(wrapped, limits: CBORLimits())
        unprotected.pairs.removeAll { $0.key == .integer(396) }
        unprotected.append(
            .integer(396),
            .map(CBORMap([CBORMap.Pair(.integer(-1), .array([proof]))]))
        )
        items[1] = .map(unprotected)
        let bytes = coding.encode(.tagged(18, .array(items)))
        try verify(Receipt(decoding: bytes[...], using: coding), statement)
    }

    @Test func anotherLogAndAnotherKeyAreNamed() throws {
        let receipt = try Receipt(decoding: receipt(index: 1, size: 4)[...], using: coding)
        let foreign = #expect(throws: ReceiptError.self) {
            try verify(receipt, statement, origin: "other.example")
        }
        #expect(foreign?.message == "the receipt is of log log.example/1, not of other.example")
        let stranger = #expect(throws: ReceiptError.self) {
            try verify(receipt, statement, key: Ed25519SigningKey.generate().publicKey)
        }
        #expect(
            stranger?.message == "the receipt was signed with another key than the log's"
        )
    }

    @Test func bytesThatAreNoReceiptAreRefused() {
        let bytes = receipt(index: 1, size: 4)
        for count in 0..<bytes.count {
            #expect(throws: ReceiptError.self) {
                try Receipt(decoding: bytes[..<count], using: coding)
            }
        }
        #expect(throws: ReceiptError.self) { try Receipt(decoding: [0xD2, 0x80], using: coding) }
    }

    /// The receipt of the alert at `index` of a tree whose other leaves are arbitrary.
    private func receipt(index: Int, size: Int) -> [UInt8] {
        let time = WallTime(milliseconds: 1_790_000_000_000)
        let counts = [AlertEntryBody.Count(agency: "MX:FGR", count: 3)]
        let body = AlertEntryBody(statement: statement[...], accepted: time, counts: counts)
        let entry = LogEntry(time: time, body: .alert(body)).encode(using: coding)
        var leaves = ReferenceTree(count: size, hasher: hasher).leaves
        leaves[index] = hasher.leafHash(entry[...])
        let tree = BatchTree(leaves, onto: MerkleFrontier(), using: hasher)
        let receipts = ReceiptSigner(
            origin: Self.origin,
            keyID: COSEKeyThumbprint.of(signer.publicKey, coding: coding, hasher: hasher),
            coding: coding
        )
        return receipts.receipt(
            treeSize: UInt64(size),
            leafIndex: UInt64(index),
            path: tree.inclusionProof(index: UInt64(index)),
            signature: signer.sign(receipts.message(rootHash: tree.rootHash)[...]),
            time: time,
            accepted: time,
            counts: counts
        )
    }

    private func verify(
        _ receipt: Receipt,
        _ statement: [UInt8],
        key: Ed25519PublicKey? = nil,
        origin: String = ReceiptTests.origin
    ) throws {
        try receipt.verify(
            statement: statement[...],
            key: key ?? signer.publicKey,
            origin: origin,
            coding: coding,
            hasher: hasher,
            verifier: Cryptography()
        )
    }
}
