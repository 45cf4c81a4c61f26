package import COSE

/// How large the parts of an alert may be.
package struct AlertLimits: Hashable, Sendable {
    /// Bytes of the statement.
    package let statementByteCountMax: Int
    /// Bytes of the content.
    package let contentByteCountMax: Int

    /// Makes limits.
    package init(statementByteCountMax: Int = 16 << 10, contentByteCountMax: Int = 1 << 20) {
        self.statementByteCountMax = statementByteCountMax
        self.contentByteCountMax = contentByteCountMax
    }
}

/// The payload of a PUBLISH: the array `[statement, content]`, cut into its two items.
package struct AlertPayload: Sendable {
    /// What stands in the place of a content that has been erased: null.
    package static let erasedContent: [UInt8] = [0xF6]

    // An array of two items.
    private static let arrayOfTwo: UInt8 = 0x82

    /// The statement's bytes, as they came.
    package let statementBytes: ArraySlice<UInt8>
    /// The statement, decoded.
    package let statementItem: CBORValue
    /// The content's bytes, as they came.
    package let contentBytes: ArraySlice<UInt8>

    /// Whether the content has been erased, so that only the statement is left.
    package var isRedacted: Bool { contentBytes.elementsEqual(Self.erasedContent) }

    /// Cuts a payload.
    ///
    /// - Throws: ``AlertError`` if it is no such array, or a part is larger than allowed.
    package init(
        decoding bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding,
        limits: AlertLimits
    ) throws(AlertError) {
        guard bytes.first == Self.arrayOfTwo else { throw .notAPayload(nil) }
        let rest = bytes.dropFirst()
        // Only so much is decoded as a statement may have: a larger one costs nothing more.
        let reach = rest.prefix(limits.statementByteCountMax)
        do throws(CBORError) {
            let (item, byteCount) = try coding.decodePrefix(reach, limits: CBORLimits())
            statementItem = item
            statementBytes = rest.prefix(byteCount)
            contentBytes = rest.dropFirst(byteCount)
        } catch {
            guard error == .truncated, reach.count < rest.count else { throw .notAPayload(error) }
            throw .statementTooLarge(limit: limits.statementByteCountMax)
        }
        guard !contentBytes.isEmpty else { throw .notAPayload(.truncated) }
        guard contentBytes.count <= limits.contentByteCountMax else {
            throw .contentTooLarge(
                byteCount: contentBytes.count,
                limit: limits.contentByteCountMax
            )
        }
    }

    /// Joins the two items.
    package static func join(statement: [UInt8], content: some Collection<UInt8>) -> [UInt8] {
        var payload: [UInt8] = []
        payload.reserveCapacity(1 + statement.count + content.count)
        payload.append(arrayOfTwo)
        payload.append(contentsOf: statement)
        payload.append(contentsOf: content)
        return payload
    }
}
