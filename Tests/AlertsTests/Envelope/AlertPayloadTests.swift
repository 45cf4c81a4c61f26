import Alerts
import Base
import CBOR
import COSE
import Testing

@Suite struct AlertPayloadTests {
    private let coding = LibCBOR()

    private func decode(
        _ bytes: [UInt8],
        limits: AlertLimits = AlertLimits()
    ) throws(AlertError) -> AlertPayload {
        try AlertPayload(decoding: bytes[...], using: coding, limits: limits)
    }

    @Test func cutsThePayloadIntoItsItems() throws {
        let payload = AlertPayload.join(statement: [0x01], content: [0x41, 0x07])
        #expect(payload == [0x82, 0x01, 0x41, 0x07])
        let parts = try decode(payload)
        #expect(Array(parts.statementBytes) == [0x01])
        #expect(Array(parts.contentBytes) == [0x41, 0x07])
        #expect(parts.statementItem == .unsigned(1))
    }

    @Test func cutsASliceOfALargerBuffer() throws {
        let buffer: [UInt8] = [0xFF, 0xFF, 0x82, 0x01, 0x02]
        let parts = try AlertPayload(
            decoding: buffer[2...],
            using: coding,
            limits: AlertLimits()
        )
        #expect(Array(parts.contentBytes) == [0x02])
    }

    @Test(
        arguments: [
            ([], AlertError.notAPayload(nil)), ([0x81, 0x01], .notAPayload(nil)),
            ([0x83, 0x01, 0x02, 0x03], .notAPayload(nil)),
            ([0x9F, 0x01, 0x02, 0xFF], .notAPayload(nil)),
            ([0x82], .notAPayload(.truncated)), ([0x82, 0x01], .notAPayload(.truncated)),
            ([0x82, 0x42, 0x01], .notAPayload(.truncated)),
            ([0x82, 0x1C, 0x01], .notAPayload(.malformed(offset: 0))),
            (
                [0x82, 0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
                .notAPayload(.limitExceeded)
            ),
        ] as [([UInt8], AlertError)]
    )
    func refusesWhatIsNoPayload(bytes: [UInt8], expected: AlertError) {
        #expect(throws: expected) { try decode(bytes) }
    }

    @Test func limitsHoldExactly() throws {
        let limits = AlertLimits(statementByteCountMax: 3, contentByteCountMax: 2)
        #expect(throws: Never.self) { try decode([0x82, 0x42, 1, 2, 0x41, 1], limits: limits) }
        let statement: [UInt8] = [0x82, 0x43, 1, 2, 3, 0x41, 1]
        #expect(throws: AlertError.statementTooLarge(limit: 3)) {
            try decode(statement, limits: limits)
        }
        let content: [UInt8] = [0x82, 0x42, 1, 2, 0x42, 1, 2]
        #expect(throws: AlertError.contentTooLarge(byteCount: 3, limit: 2)) {
            try decode(content, limits: limits)
        }
        #expect(AlertError.statementTooLarge(limit: 3).isQuota)
        #expect(AlertError.contentTooLarge(byteCount: 3, limit: 2).isQuota)
        #expect(!AlertError.signatureInvalid.isQuota)
    }
}
