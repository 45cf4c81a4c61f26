extension StringProtocol where UTF8View: BidirectionalCollection {
    /// The beginning of a text in at most so many bytes of UTF-8, whole scalars only.
    ///
    /// What quotes another's text is bounded by this: `prefix(_:)` counts what a reader takes for
    /// one character, and a letter with its combining marks can be of any length.
    ///
    /// - Parameter byteCountMax: the most bytes.
    /// - Returns: the text itself if it is no longer.
    package func prefix(utf8 byteCountMax: Int) -> SubSequence {
        let bytes = self.utf8
        guard
            var end = bytes.index(bytes.startIndex, offsetBy: byteCountMax, limitedBy: endIndex),
            end < endIndex
        else { return self[...] }
        while end > startIndex, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        return self[..<end]
    }
}
