import Base

extension Identifier {
    /// Whether the text is such a code.
    package func accepts(_ text: String) -> Bool {
        // No code is longer, and the checks below look at each character.
        guard text.utf8.count <= 64 else { return false }
        let bytes = Array(text.utf8)
        return switch self {
        case .agency: AgencyID(text) != nil
        case .alert: UUID(urn: text) != nil
        case .cas: Identifier.isCAS(text)
        case .container: Identifier.isContainer(bytes)
        case .country: CountryCode(text)?.isAssigned == true
        case .currency: CurrencyCodes.contains(text)
        case .date: bytes.count == 10 && RFC3339.parse(text + "T00:00:00Z") != nil
        case .digest: bytes.count == 64 && Hex.decode(text).map { Hex.encode($0) } == text
        case .flight: Identifier.isFlight(bytes)
        case .hsCode: Identifier.isHSCode(text)
        case .imo: Identifier.isIMO(bytes)
        case .language: ["es", "en", "pt", "fr"].contains(text)
        case .locode: Identifier.isLocode(bytes)
        case .mmsi: bytes.count == 9 && bytes.allSatisfy(Identifier.isDigit)
        case .time: RFC3339.parse(text) != nil
        }
    }

    /// CAS: two to seven digits, two digits, and the weighted sum of them modulo 10.
    private static func isCAS(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.count == 3, (2...7).contains(groups[0].count), groups[1].count == 2,
            groups[2].count == 1, groups.allSatisfy({ $0.allSatisfy(isDigit) }),
            groups[0].first != UInt8(ascii: "0"), let check = groups[2].first.map(value)
        else { return false }
        var sum = 0
        for (position, digit) in (Array(groups[0]) + Array(groups[1])).reversed().enumerated() {
            sum += (position + 1) * value(digit)
        }
        return sum % 10 == check
    }

    /// ISO 6346: owner of three letters, category U, J or Z, six digits, check digit.
    private static func isContainer(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 11, bytes[..<3].allSatisfy(isLetter), "UJZ".utf8.contains(bytes[3]),
            bytes[4...].allSatisfy(isDigit)
        else { return false }
        var sum = 0
        for (position, byte) in bytes[..<10].enumerated() {
            sum += containerValue(byte) << position
        }
        return sum % 11 % 10 == value(bytes[10])
    }

    /// The letters count from 10 on, without the multiples of 11.
    private static func containerValue(_ byte: UInt8) -> Int {
        guard isLetter(byte) else { return value(byte) }
        let position = Int(byte - UInt8(ascii: "A"))
        return 10 + position + (position + 9) / 10
    }

    /// IMO: seven digits, the last of which is the weighted sum of the others modulo 10.
    private static func isIMO(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 7, bytes.allSatisfy(isDigit) else { return false }
        var sum = 0
        for (position, digit) in bytes[..<6].enumerated() {
            sum += (7 - position) * value(digit)
        }
        return sum % 10 == value(bytes[6])
    }

    /// UN/LOCODE: a country and three letters or digits 2 to 9.
    private static func isLocode(_ bytes: [UInt8]) -> Bool {
        bytes.count == 5
            && CountryCode(String(decoding: bytes[..<2], as: UTF8.self))?.isAssigned == true
            && bytes[2...].allSatisfy { isLetter($0) || (0x32...0x39).contains($0) }
    }

    private static func isHSCode(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...4).contains(groups.count), groups.allSatisfy({ $0.allSatisfy(isDigit) }) else {
            return false
        }
        let digitCount = groups.map(\.count).reduce(0, +)
        guard [4, 6, 8, 9, 10].contains(digitCount) else { return false }
        // With points, they stand behind the heading, the subheading and the national parts.
        return groups.count == 1
            || (groups[0].count == 4 && groups[1].count == 2
                && groups.dropFirst(2).allSatisfy { (2...4).contains($0.count) })
    }

    private static func isFlight(_ bytes: [UInt8]) -> Bool {
        guard (4...7).contains(bytes.count), bytes[..<3].allSatisfy(isLetter), isDigit(bytes[3])
        else { return false }
        return bytes[4...].allSatisfy { isDigit($0) || isLetter($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte)
    }

    private static func value(_ digit: UInt8) -> Int {
        Int(digit) - 0x30
    }
}
