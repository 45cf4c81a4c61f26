/// Which bytes of a resource a request wants (RFC 9110 14).
package enum RequestedRange: Hashable, Sendable {
    /// All of them: no range was asked for, or in a way that may be passed over (14.2).
    case whole
    /// These.
    case part(Range<UInt64>)
    /// Bytes that the resource does not have.
    case unsatisfiable

    /// Reads the field `Range`.
    ///
    /// - Parameters:
    ///   - field: the field; nil if the request has none.
    ///   - byteCount: the size of the resource.
    package init(_ field: String?, byteCount: UInt64) {
        guard let field, field.lowercased().hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let bounds = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        // Several ranges are answered with the whole, as 14.2 permits.
        guard bounds.count == 2, bounds.allSatisfy({ $0.isEmpty || Self.number($0) != nil }) else {
            self = .whole
            return
        }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (let first?, let last?) where first > last: self = .whole
        case (let first?, _) where first >= byteCount: self = .unsatisfiable
        case (let first?, let last): self = .part(first..<min(last ?? .max, byteCount - 1) + 1)
        case (nil, let suffix?) where suffix == 0 || byteCount == 0: self = .unsatisfiable
        case (nil, let suffix?): self = .part((byteCount - min(suffix, byteCount))..<byteCount)
        case (nil, nil): self = .whole
        }
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.utf8.count <= 18 else {
            return nil
        }
        return UInt64(text)
    }
}
