import Alerts
import Base
import BrokerCore
import COSE

extension FuzzTarget {
    private static let resourceByteCount: UInt64 = 1000

    /// What alerts and requests say of attachments: items of plaintexts, ranges, pieces of uploads.
    static let attachments = FuzzTarget("attachments", seeds: attachmentSeeds) {
        bytes throws(BrokenPromise) in
        try checkItem(bytes)
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try checkRange(lines[0])
        let piece = UploadPiece(
            offset: lines[0],
            complete: lines.count > 1 ? lines[1] : nil,
            length: lines.count > 2 ? lines[2] : nil
        )
        let largest: UInt64 = 999_999_999_999_999
        try expect(
            piece.map { $0.offset <= largest && $0.total ?? 0 <= largest } ?? true,
            "a structured field has at most 15 digits"
        )
    }

    private static func checkItem(_ bytes: [UInt8]) throws(BrokenPromise) {
        let coding = AlertSeeds.coding
        guard let item = try? coding.decode(bytes[...], limits: CBORLimits()),
            let map = item.mapValue,
            let digest = map["digest"]?.bytesValue.flatMap({ Digest($0) }),
            let byteCount = map["size"]?.unsignedValue,
            byteCount <= AttachmentLayout.fileByteCountMax
        else { return }
        let reference = AttachmentReference(
            digest: digest,
            byteCount: AttachmentLayout.encryptedByteCount(ofFile: byteCount),
            mediaType: "a/b"
        )
        guard let attachment = SealedAttachment(cbor: item, reference: reference) else { return }
        let encoded = coding.encode(attachment.cbor)
        let again = (try? coding.decode(encoded[...], limits: CBORLimits()))
            .flatMap { SealedAttachment(cbor: $0, reference: reference) }
        try expect(again == attachment, "\(attachment) comes back otherwise")
        try expect(attachment.key.count == 32, "a key has not 32 bytes")
    }

    private static func checkRange(_ field: String) throws(BrokenPromise) {
        guard case .part(let part) = RequestedRange(field, byteCount: resourceByteCount) else {
            return
        }
        try expect(!part.isEmpty, "a range is empty: \(field)")
        try expect(part.upperBound <= resourceByteCount, "a range leads too far: \(field)")
    }

    private static let attachmentSeeds: [[UInt8]] = {
        let reference = AttachmentReference(
            digest: .zero,
            byteCount: AttachmentLayout.encryptedByteCount(ofFile: 70_000),
            mediaType: "image/png"
        )
        let attachment = SealedAttachment(
            reference: reference,
            name: "foto ñ.png",
            byteCount: 70_000,
            key: [UInt8](repeating: 7, count: 32)
        )
        let item = attachment.map { AlertSeeds.coding.encode($0.cbor) } ?? []
        return [item] + ["bytes=0-99", "bytes=-5", "12\n?1\n345"].map { Array($0.utf8) }
    }()
}
