package import COSE

/// A statement with its receipt (a Transparent Statement, RFC 9943): the receipt stands in the
/// unprotected header, label 394.
package enum TransparentStatement {
    /// The media type (RFC 9943).
    package static let mediaType = "application/scitt-statement+cose"

    private static let receiptsLabel = 394

    /// Joins the two.
    ///
    /// - Parameters:
    ///   - statement: the signed statement.
    ///   - receipt: its receipt.
    ///   - coding: the CBOR engine.
    /// - Returns: the encoding of both in one.
    package static func join(
        statement: COSESign1,
        receipt: [UInt8],
        using coding: any CBORCoding
    ) -> [UInt8] {
        let header = CBORMap([
            CBORMap.Pair(.integer(receiptsLabel), .array([.bytes(receipt)]))
        ])
        return statement.encode(unprotectedHeader: header, using: coding)
    }

    /// The receipt that a transparent statement carries; nil if it carries none.
    package static func receipt(in statement: COSESign1) -> [UInt8]? {
        statement.unprotectedHeader[receiptsLabel]?.arrayValue?.first?.bytesValue.map { Array($0) }
    }
}
