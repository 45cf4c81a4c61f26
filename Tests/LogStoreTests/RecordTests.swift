import Base
import CChecksum
import Testing

@testable import LogStore

@Suite struct RecordTests {
    private let header = RecordHeader(
        kind: .content,
        flags: 1,
        channel: 0x0203,
        payloadByteCount: 0x0405_0607,
        payloadChecksum: 0x0809_0A0B,
        index: 0x0C0D_0E0F_1011_1213,
        recipientMask: 0x1415_1617_1819_1A1B,
        milliseconds: 0x1C1D_1E1F_2021_2223
    )

    @Test func aHeaderComesBackAsItWas() {
        var bytes: [UInt8] = []
        header.append(to: &bytes)
        #expect(bytes.count == RecordHeader.byteCount)
        #expect(RecordHeader(bytes[...]) == header)
        #expect(RecordHeader((bytes + [1, 2, 3])[...]) == header)
        #expect(RecordHeader(bytes.dropLast()) == nil)
    }

    @Test func everyFlippedBitOfAHeaderIsNoticed() {
        var bytes: [UInt8] = []
        header.append(to: &bytes)
        for position in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[position] ^= 1 << UInt8(bit)
                guard position != RecordHeader.flagsOffset || bit != 1 else { continue }
                #expect(RecordHeader(flipped[...]) == nil)
            }
        }
    }

    @Test func onlyAContentCanBeMarkedAsErased() throws {
        for kind in [RecordKind.entry, .content, .commit] {
            var bytes: [UInt8] = []
            RecordHeader(
                kind: kind,
                flags: 1,
                channel: 2,
                payloadByteCount: 3,
                payloadChecksum: 4,
                index: 5,
                recipientMask: 6,
                milliseconds: 7
            ).append(to: &bytes)
            bytes[RecordHeader.flagsOffset] |= ContentFlags.erased.rawValue
            let header = RecordHeader(bytes[...])
            #expect((header != nil) == (kind == .content))
            if let header { #expect(ContentFlags(rawValue: header.flags).contains(.erased)) }
        }
    }

    /// The vectors of RFC 3720 B.4, and the usual check value.
    @Test func theChecksumIsCRC32C() {
        #expect(Checksum.of(Array("123456789".utf8)[...]) == 0xE306_9283)
        #expect(Checksum.of([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(Checksum.of([UInt8](repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
        #expect(Checksum.of(Array(0..<32)[...]) == 0x46DD_794E)
        #expect(Checksum.of([]) == 0)
    }

    @Test func theTableAndTheInstructionAgree() {
        var random = SplitMix64(seed: 5)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let byTable = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe CChecksum_crc32c_by_table(0, buffer.baseAddress, buffer.count)
            }
            #expect(Checksum.of(bytes[...]) == byTable)
        }
    }
}
