/// The identifier of an agency, such as `CO:PONAL`.
///
/// The first part is the agency's country (ISO 3166-1 alpha-2), or three to eight letters for an
/// organisation of states, such as `OAS:AUDIT`. The second part is the code by which the network
/// knows the agency: upper-case letters, digits and hyphens, 32 characters at most.
package struct AgencyID: Hashable, Sendable {
    /// How each agency's URN begins.
    package static let urnPrefix = "urn:aviso:agency:"
    /// The most characters that a code may have.
    package static let codeCharacterCountMax = 32

    // Eight letters, a colon and a code.
    private static let byteCountMax = 9 + codeCharacterCountMax
    private static let urnPrefixBytes = Array(urnPrefix.utf8)

    // One string, since identifiers of up to 15 characters then live without an allocation.
    private let text: String

    /// Reads the form `CO:PONAL`.
    ///
    /// - Returns: nil for any other form, lower-case letters included.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= AgencyID.byteCountMax else { return nil }
        self.init(Array(text.utf8)[...])
    }

    // By bytes in an array: counting characters, or walking a collection of a type that the
    // compiler does not know, would cost more than all other checks of a statement's header.
    private init?(_ bytes: ArraySlice<UInt8>) {
        var separatorCount = 0
        var partByteCount = 0
        for byte in bytes {
            switch byte {
            case 0x41...0x5A:
                partByteCount += 1
            case 0x30...0x39 where separatorCount == 1:
                partByteCount += 1
            case UInt8(ascii: "-") where separatorCount == 1 && partByteCount > 0:
                partByteCount += 1
            case UInt8(ascii: ":") where separatorCount == 0 && (2...8).contains(partByteCount):
                separatorCount = 1
                partByteCount = 0
            default:
                return nil
            }
            guard partByteCount <= AgencyID.codeCharacterCountMax else { return nil }
        }
        guard separatorCount == 1, partByteCount > 0 else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the form `urn:aviso:agency:CO:PONAL`.
    ///
    /// - Returns: nil for any other form.
    package init?(urn: some StringProtocol) {
        guard urn.utf8.count <= AgencyID.urnPrefixBytes.count + AgencyID.byteCountMax else {
            return nil
        }
        let bytes = Array(urn.utf8)
        guard bytes.starts(with: AgencyID.urnPrefixBytes) else { return nil }
        self.init(bytes.dropFirst(AgencyID.urnPrefixBytes.count))
    }

    /// The identifier as a URN, as the issuer claim of a statement carries it.
    package var urn: String { AgencyID.urnPrefix + text }

    /// The part before the colon: a country, or an organisation of states.
    package var authority: Substring {
        text.prefix { $0 != ":" }
    }

    /// The country, or nil for an agency of an organisation of states.
    package var country: CountryCode? { CountryCode(authority) }

    /// The part after the colon.
    package var code: Substring {
        text.dropFirst(authority.count + 1)
    }
}

extension AgencyID: Comparable {
    /// Orders by the bytes of the text, as the tally of the log does.
    package static func < (left: AgencyID, right: AgencyID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension AgencyID: CustomStringConvertible {
    /// The form `CO:PONAL`.
    package var description: String { text }
}
