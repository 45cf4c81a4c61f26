/// Times as RFC 3339 writes them, for people, JSON and MQTT user properties.
package enum RFC3339 {
    /// Writes a moment as `2026-11-23T18:38:00.000Z`.
    package static func format(_ time: WallTime) -> String {
        let (days, millisecondOfDay) = time.milliseconds.quotientAndRemainder(
            dividingBy: 86_400_000
        )
        let date = CivilDate(daysSince1970: Int(days)).parts
        let seconds = millisecondOfDay / 1000
        return pad(UInt64(date.year), 4) + "-" + pad(UInt64(date.month), 2) + "-"
            + pad(UInt64(date.day), 2) + "T" + pad(seconds / 3600, 2) + ":"
            + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2) + "."
            + pad(millisecondOfDay % 1000, 3) + "Z"
    }

    /// Reads a moment such as `2026-11-23T18:38:00Z` or `2026-11-23T12:38:00.5-06:00`.
    ///
    /// Fractions beyond milliseconds are cut off; a leap second (`:60`) counts as the next minute's
    /// start.
    ///
    /// - Returns: nil if the text is no RFC 3339 date-time, or a day that the calendar lacks.
    package static func parse(_ text: String) -> WallTime? {
        var reader = ByteReader(Array(text.utf8))
        guard let year = number(&reader, digits: 4), expect(&reader, "-"),
            let month = number(&reader, digits: 2), expect(&reader, "-"),
            let day = number(&reader, digits: 2), expect(&reader, "T", or: "t"),
            let hour = number(&reader, digits: 2), expect(&reader, ":"),
            let minute = number(&reader, digits: 2), expect(&reader, ":"),
            let second = number(&reader, digits: 2),
            year >= 1970, (1...12).contains(month), day >= 1,
            day <= CivilDate.dayCount(year: year, month: month),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        guard let fraction = fractionMilliseconds(&reader), let offset = offsetMinutes(&reader),
            reader.isAtEnd
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        guard seconds >= 0 else { return nil }
        return WallTime(milliseconds: UInt64(seconds) * 1000 + UInt64(fraction))
    }

    private static func fractionMilliseconds(_ reader: inout ByteReader) -> Int? {
        guard reader.remaining.first == UInt8(ascii: ".") else { return 0 }
        _ = reader.readUInt8()
        var value = 0
        var digitCount = 0
        while let byte = reader.remaining.first, (0x30...0x39).contains(byte), digitCount < 18 {
            _ = reader.readUInt8()
            if digitCount < 3 { value = value * 10 + Int(byte - 0x30) }
            digitCount += 1
        }
        guard digitCount > 0 else { return nil }
        for _ in digitCount..<max(3, digitCount) { value *= 10 }
        return value
    }

    private static func offsetMinutes(_ reader: inout ByteReader) -> Int? {
        guard let sign = reader.readUInt8() else { return nil }
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            return 0
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = number(&reader, digits: 2), expect(&reader, ":"),
                let minutes = number(&reader, digits: 2), hours < 24, minutes < 60
            else { return nil }
            return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
        default:
            return nil
        }
    }

    private static func number(_ reader: inout ByteReader, digits: Int) -> Int? {
        guard let bytes = reader.readBytes(digits) else { return nil }
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private static func expect(
        _ reader: inout ByteReader,
        _ character: Unicode.Scalar,
        or alternative: Unicode.Scalar? = nil
    ) -> Bool {
        guard let byte = reader.readUInt8() else { return false }
        return byte == UInt8(ascii: character)
            || alternative.map { byte == UInt8(ascii: $0) } == true
    }

    private static func pad(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
