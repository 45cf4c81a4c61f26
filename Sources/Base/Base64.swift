/// Base64 in the two alphabets of RFC 4648.
package enum Base64 {
    private static let standardAlphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let urlAlphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    /// Writes padded base64 (RFC 4648 section 4), as signed notes have it.
    package static func encode(_ bytes: [UInt8]) -> String {
        encode(bytes, alphabet: standardAlphabet, padded: true)
    }

    /// Writes base64url without padding (RFC 4648 section 5), as receipts in user properties.
    package static func encodeURL(_ bytes: [UInt8]) -> String {
        encode(bytes, alphabet: urlAlphabet, padded: false)
    }

    /// Reads padded base64 (RFC 4648 section 4), strictly.
    ///
    /// - Returns: nil for a wrong length, a foreign character or bits set past the end.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        var padCount = 0
        while padCount < 2, characters.last == UInt8(ascii: "=") {
            characters.removeLast()
            padCount += 1
        }
        return decode(characters, plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"))
    }

    /// Reads base64url without padding (RFC 4648 section 5), strictly.
    ///
    /// - Returns: nil for a wrong length, a foreign character or bits set past the end.
    package static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
        decode(Array(text.utf8), plus: UInt8(ascii: "-"), slash: UInt8(ascii: "_"))
    }

    // Straight into the string's own storage, since a receipt is encoded for each alert.
    private static func encode(_ bytes: [UInt8], alphabet: [UInt8], padded: Bool) -> String {
        let restCount = bytes.count % 3
        let wholeCount = bytes.count - restCount
        let padCount = padded && restCount > 0 ? 3 - restCount : 0
        let restCharacterCount = restCount > 0 ? restCount + 1 : 0
        let count = wholeCount / 3 * 4 + restCharacterCount + padCount
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe alphabet.withUnsafeBufferPointer { alphabet in
                unsafe String(unsafeUninitializedCapacity: count) { text in
                    var end = 0
                    var start = 0
                    while start < wholeCount {
                        let (first, second) = unsafe (bytes[start], bytes[start + 1])
                        let third = unsafe bytes[start + 2]
                        unsafe text[end] = alphabet[Int(first >> 2)]
                        unsafe text[end + 1] = alphabet[Int(first & 3) << 4 | Int(second >> 4)]
                        unsafe text[end + 2] = alphabet[Int(second & 15) << 2 | Int(third >> 6)]
                        unsafe text[end + 3] = alphabet[Int(third & 63)]
                        start += 3
                        end += 4
                    }
                    if restCount > 0 {
                        let first = unsafe bytes[start]
                        let second = restCount == 2 ? unsafe bytes[start + 1] : 0
                        unsafe text[end] = alphabet[Int(first >> 2)]
                        unsafe text[end + 1] = alphabet[Int(first & 3) << 4 | Int(second >> 4)]
                        if restCount == 2 {
                            unsafe text[end + 2] = alphabet[Int(second & 15) << 2]
                        }
                        end += restCharacterCount
                    }
                    for place in end..<(end + padCount) {
                        unsafe text[place] = UInt8(ascii: "=")
                    }
                    return count
                }
            }
        }
    }

    private static func decode(_ characters: [UInt8], plus: UInt8, slash: UInt8) -> [UInt8]? {
        guard characters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for character in characters {
            let value: UInt8
            switch character {
            case 0x41...0x5A: value = character - 0x41
            case 0x61...0x7A: value = character - 0x61 + 26
            case 0x30...0x39: value = character - 0x30 + 52
            case plus: value = 62
            case slash: value = 63
            default: return nil
            }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        guard bits & ((1 << bitCount) - 1) == 0 else { return nil }
        return bytes
    }
}
