/// Strings from bytes that somebody else has sent.
package enum StrictText {
    /// Reads UTF-8 and repairs nothing.
    ///
    /// Validation over a span is much faster than `String(validating:as:)`, which goes through
    /// witness tables for a slice.
    ///
    /// - Parameter bytes: the encoding.
    /// - Returns: nil if it is not well-formed (Unicode 15, table 3-7).
    package static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        do {
            return String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            return nil
        }
    }
}
