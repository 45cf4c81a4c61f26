import Base
import CBOR
import COSE
import Crypto
import Testing

@testable import Alerts

/// Attachments in header and plaintext.
@Suite struct SealedAttachmentTests {
    private let sample: EnvelopeSample

    init() throws {
        sample = try EnvelopeSample()
    }

    private func attachment(
        _ number: UInt8,
        name: String = "foto.jpg",
        byteCount: UInt64 = 70_000
    ) throws -> SealedAttachment {
        let reference = AttachmentReference(
            digest: try #require(Digest([UInt8](repeating: number, count: 32))),
            byteCount: AttachmentLayout.encryptedByteCount(ofFile: byteCount),
            mediaType: "image/jpeg"
        )
        return try #require(
            SealedAttachment(
                reference: reference,
                name: name,
                byteCount: byteCount,
                key: [UInt8](repeating: number &+ 100, count: 32)
            )
        )
    }

    private func draft(_ attachments: [SealedAttachment]) throws -> AlertSealer.Draft {
        let plain = try sample.draft()
        return AlertSealer.Draft(
            header: try AlertHeader(
                kind: .diversionIncident,
                to: sample.recipients,
                tlp: .amber,
                attachments: attachments.map(\.reference)
            ),
            issuer: plain.issuer,
            alert: plain.alert,
            issuedAt: plain.issuedAt,
            expires: nil
        )
    }

    private func seal(
        _ attachments: [SealedAttachment],
        header: [SealedAttachment]? = nil
    ) throws -> [UInt8] {
        try sample.sealer.seal(
            form: sample.form,
            draft: draft(header ?? attachments),
            key: sample.authorKey,
            recipients: sample.recipientKeys.map(\.publicKey),
            attachments: attachments
        )
    }

    @Test func theLayoutAddsUp() {
        for (file, encrypted) in [
            (0, 41), (1, 42), (65_535, 65_576), (65_536, 65_577), (65_537, 65_595),
            (100 << 20, 104_884_824),
        ] as [(UInt64, UInt64)] {
            #expect(AttachmentLayout.encryptedByteCount(ofFile: file) == encrypted)
        }
        #expect(AttachmentReference.byteCountMax == 104_884_824)
    }

    @Test func everyRecipientGetsKeysAndNames() throws {
        let attachments = [try attachment(1), try attachment(2, name: "informe ñ.pdf")]
        let payload = try seal(attachments)
        for recipient in 0...1 {
            let opened = try sample.open(payload, as: recipient)
            #expect(opened.attachments == attachments)
            #expect(opened.statement.header.attachments == attachments.map(\.reference))
            #expect(opened.form == sample.form)
        }
        // Nothing of them is in the clear but what the header says.
        let name = Array("informe".utf8)
        #expect(!payload.indices.contains { payload[$0...].starts(with: name) })
        #expect(!"\(attachments[0])".contains("65"))
    }

    @Test func whatIsInsideMustBeWhatTheHeaderNames() throws {
        let (one, two) = (try attachment(1), try attachment(2))
        let wrong = #expect(throws: AlertError.self) { try seal([one], header: [one, two]) }
        #expect(wrong == .innerMismatch("list of attachments"))
        #expect(SealedAttachment.list(nil, references: []) == [])
        #expect(SealedAttachment.list(nil, references: [one.reference]) == nil)
        let list = CBORValue.array([one.cbor, two.cbor])
        #expect(
            SealedAttachment.list(list, references: [one.reference, two.reference]) == [one, two]
        )
        for references in [[], [one.reference], [two.reference, one.reference]] {
            #expect(SealedAttachment.list(list, references: references) == nil)
        }
        #expect(SealedAttachment.list(.array([]), references: []) == nil)
        #expect(SealedAttachment.list(.null, references: []) == nil)
    }

    @Test func anItemWithAnythingElseIsNone() throws {
        let one = try attachment(1)
        let map = try #require(one.cbor.mapValue)
        #expect(SealedAttachment(cbor: .map(map), reference: one.reference) == one)
        let changes: [(String, CBORValue?)] = [
            ("key", .bytes([1, 2])), ("key", .text("x")), ("name", .text("")),
            ("name", .text(String(repeating: "n", count: 256))), ("size", .unsigned(69_999)),
            ("size", .unsigned(.max)), ("size", .negative(argument: 0)),
            ("digest", .bytes([UInt8](repeating: 2, count: 32))), ("name", nil), ("extra", .null),
        ]
        for (key, value) in changes {
            var changed = map
            changed.set(.text(key), value)
            #expect(
                SealedAttachment(cbor: .map(changed), reference: one.reference) == nil,
                "\(key) \(String(describing: value))"
            )
        }
        #expect(SealedAttachment(cbor: .null, reference: one.reference) == nil)
    }
}
