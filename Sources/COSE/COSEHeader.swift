import Base

/// Rules that the headers of all COSE messages share (RFC 9052 3).
enum COSEHeader {
    /// Decodes a protected header: nothing, or an encoded map.
    static func decode(
        _ bytes: ArraySlice<UInt8>,
        using coding: any CBORCoding
    ) throws(COSEError) -> CBORMap {
        guard !bytes.isEmpty else { return CBORMap() }
        let value: CBORValue
        do throws(CBORError) {
            value = try coding.decode(bytes, limits: CBORLimits())
        } catch {
            throw .invalidCBOR(error)
        }
        guard let map = value.mapValue else { throw .invalidPart("protected header") }
        return map
    }

    /// Checks labels, and that none stands in both headers.
    static func check(_ protected: CBORMap, _ unprotected: CBORMap) throws(COSEError) {
        try checkLabels(protected)
        try checkLabels(unprotected)
        for pair in unprotected.pairs where protected[pair.key] != nil {
            throw .invalidHeader(name(pair.key))
        }
        // Nobody here understands a label that an author may declare critical, beyond those that
        // the formats demand anyway; and `crit` counts only where it is protected.
        guard protected[HeaderLabel.critical] == nil, unprotected[HeaderLabel.critical] == nil
        else { throw .criticalHeader }
    }

    /// What a signature or tag covers of a protected header: as it came, but nothing for an empty
    /// map (RFC 9052 4.4 and 5.3).
    static func authenticated(
        _ bytes: ArraySlice<UInt8>,
        _ header: CBORMap
    ) -> ArraySlice<UInt8> {
        header.pairs.isEmpty ? [] : bytes
    }

    private static func checkLabels(_ header: CBORMap) throws(COSEError) {
        for place in header.pairs.indices {
            switch header.pairs[place].key {
            case .unsigned, .negative, .text: continue
            case .bytes, .array, .map, .tagged, .boolean, .null, .undefined, .double:
                throw .invalidHeader(name(header.pairs[place].key))
            }
        }
    }

    // A label as a message shows it, cut to a length that suits a sentence.
    private static func name(_ label: CBORValue) -> String {
        label.integerValue.map { String($0) } ?? label.textValue.map { String($0.prefix(utf8: 64)) }
            ?? "of a wrong type"
    }
}
