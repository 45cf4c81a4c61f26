/// What the handler answers.
package struct HTTPResponse: Sendable {
    /// The status code (RFC 9110 15).
    package let status: Int
    /// The fields beside those that the engine adds: `Date`, `Content-Length` or
    /// `Transfer-Encoding`, `Connection`, and where it compresses `Content-Encoding` and `Vary`.
    package let fields: [HTTPField]
    /// The body; not sent where the method is `HEAD`.
    package let body: HTTPBody
    /// Whether the body is worth compressing, for clients that accept it.
    package let isCompressible: Bool

    /// Makes a response.
    ///
    /// - Parameters:
    ///   - status: the status code.
    ///   - fields: its header.
    ///   - body: its body.
    ///   - isCompressible: whether clients that accept gzip get it so.
    package init(
        status: Int,
        fields: [HTTPField],
        body: HTTPBody,
        isCompressible: Bool = false
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.isCompressible = isCompressible
    }
}

/// The body of a response.
package enum HTTPBody: Sendable {
    /// All of it.
    case bytes([UInt8])
    /// So large that it is made as the client takes it.
    case pieces(any HTTPPieces)
}

/// A body that is made piece by piece, each when the client has taken the one before it.
///
/// A client that takes nothing costs the memory of one piece.
package protocol HTTPPieces: Sendable {
    /// Makes the next piece; called on the server's thread.
    mutating func next() -> HTTPPiece
}

/// What comes next of a body.
package enum HTTPPiece: Hashable, Sendable {
    /// Some bytes, of a size that may stay in memory.
    case bytes([UInt8])
    /// All of it has been made.
    case end
    /// The rest cannot be made: the connection is cut, so that nobody takes the part for the whole.
    case failed
}
