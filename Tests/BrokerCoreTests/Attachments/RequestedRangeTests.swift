import Testing

@testable import BrokerCore

@Suite struct RequestedRangeTests {
    @Test(arguments: [
        (nil, RequestedRange.whole), ("bytes=0-", .part(0..<1000)), ("bytes=0-0", .part(0..<1)),
        ("bytes=999-", .part(999..<1000)), ("bytes=10-19", .part(10..<20)),
        ("bytes=10-5000", .part(10..<1000)), ("bytes=-1", .part(999..<1000)),
        ("bytes=-5000", .part(0..<1000)), ("Bytes=1-2", .part(1..<3)),
        ("bytes=1000-", .unsatisfiable), ("bytes=1000-1001", .unsatisfiable),
        ("bytes=-0", .unsatisfiable),
        // What is no range, or several, may be passed over (RFC 9110 14.2).
        ("bytes=5-4", .whole), ("bytes=-", .whole), ("bytes=", .whole), ("bytes=a-b", .whole),
        ("bytes=1-2,4-5", .whole), ("bytes=+1-2", .whole), ("lines=1-2", .whole), ("", .whole),
        ("bytes=99999999999999999999-", .whole), ("bytes=1-2-3", .whole), ("bytes= 1-2", .whole),
    ])
    func readsTheField(field: String?, range: RequestedRange) {
        #expect(RequestedRange(field, byteCount: 1000) == range)
    }

    @Test func nothingOfAnEmptyResource() {
        #expect(RequestedRange("bytes=0-", byteCount: 0) == .unsatisfiable)
        #expect(RequestedRange("bytes=-1", byteCount: 0) == .unsatisfiable)
        #expect(RequestedRange(nil, byteCount: 0) == .whole)
    }

    @Test func readsThePiecesOfUploads() {
        let piece = UploadPiece(offset: "5", complete: "?1", length: "10")
        #expect(piece?.offset == 5)
        #expect(piece?.isLast == true)
        #expect(piece?.total == 10)
        let bare = UploadPiece(offset: "0", complete: nil, length: nil)
        #expect(bare?.isLast == nil && bare?.total == nil && bare != nil)
        for (offset, complete, length) in [
            (nil, "?1", "1"), ("-1", nil, nil), ("", nil, nil), ("1", "1", nil), ("1", "?2", nil),
            ("1", nil, "x"), ("1.0", nil, nil), ("1234567890123456", nil, nil), ("1", nil, ""),
        ] as [(String?, String?, String?)] {
            #expect(UploadPiece(offset: offset, complete: complete, length: length) == nil)
        }
    }
}
