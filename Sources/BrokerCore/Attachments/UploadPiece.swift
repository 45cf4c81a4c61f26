/// What a request to append to an upload says of itself (draft-ietf-httpbis-resumable-upload).
package struct UploadPiece: Hashable, Sendable {
    /// Where its bytes begin.
    package let offset: UInt64
    /// Whether the upload ends with it, as far as the client says so.
    package let isLast: Bool?
    /// The bytes of the whole upload; needed where it begins.
    package let total: UInt64?

    /// Reads the fields; nil if one is not as it must be, or the offset is missing.
    ///
    /// - Parameters:
    ///   - offset: the field `Upload-Offset`.
    ///   - complete: the field `Upload-Complete`.
    ///   - length: the field `Upload-Length`.
    package init?(offset: String?, complete: String?, length: String?) {
        guard let offset = offset.flatMap(Self.integer) else { return nil }
        self.offset = offset
        let isLast = complete.map { ["?1": true, "?0": false][$0] }
        let total = length.map(Self.integer)
        guard isLast != .some(nil), total != .some(nil) else { return nil }
        self.isLast = isLast ?? nil
        self.total = total ?? nil
    }

    // An integer of structured fields (RFC 9651 3.3.1) that is not negative.
    private static func integer(_ text: String) -> UInt64? {
        guard (1...15).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return UInt64(text)
    }
}
