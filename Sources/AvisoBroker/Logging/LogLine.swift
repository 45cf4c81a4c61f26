internal import Base

/// One line of the log, in either form.
struct LogLine {
    /// Longer texts are cut, so that no peer can fill the log with one name.
    static let textByteCountMax = 1024

    let time: WallTime
    let level: LogLevel
    let event: LogEvent
    let message: String
    let fields: [(String, LogValue)]

    /// A JSON object and a line feed.
    var json: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: #"{"time":""#.utf8)
        line.append(contentsOf: RFC3339.format(time).utf8)
        line.append(contentsOf: #"","level":""#.utf8)
        line.append(contentsOf: level.rawValue.utf8)
        line.append(contentsOf: #"","event":"#.utf8)
        Self.quote(event.name, into: &line)
        line.append(contentsOf: #","message":"#.utf8)
        Self.quote(message, into: &line)
        for (name, value) in fields {
            line.append(UInt8(ascii: ","))
            Self.quote(name, into: &line)
            line.append(UInt8(ascii: ":"))
            Self.write(value, into: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    /// For people: time of day, level, message, fields.
    var text: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: RFC3339.format(time).utf8.dropFirst(11))
        line.append(UInt8(ascii: " "))
        let level = level.rawValue.uppercased()
        line.append(contentsOf: (level + String(repeating: " ", count: 8 - level.count)).utf8)
        Self.escape(message, into: &line, quoted: false)
        for (name, value) in fields {
            line.append(UInt8(ascii: " "))
            line.append(contentsOf: name.utf8)
            line.append(UInt8(ascii: "="))
            if case .text(let text) = value, Self.isPlain(text) {
                line.append(contentsOf: text.utf8)
            } else {
                Self.write(value, into: &line)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= textByteCountMax
            && text.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
            }
    }

    private static func write(_ value: LogValue, into line: inout [UInt8]) {
        switch value {
        case .text(let text): quote(text, into: &line)
        case .integer(let number): line.append(contentsOf: String(number).utf8)
        case .flag(let flag): line.append(contentsOf: (flag ? "true" : "false").utf8)
        case .list(let texts):
            line.append(UInt8(ascii: "["))
            for (position, text) in texts.enumerated() {
                if position > 0 { line.append(UInt8(ascii: ",")) }
                quote(text, into: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
    }

    private static func quote(_ text: String, into line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        escape(text, into: &line, quoted: true)
        line.append(UInt8(ascii: "\""))
    }

    /// Writes a text so that it can neither end the line nor steer a terminal.
    private static func escape(_ text: String, into line: inout [UInt8], quoted: Bool) {
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= textByteCountMax else {
                line.append(contentsOf: "…".utf8)
                return
            }
            switch scalar {
            case "\"" where quoted, "\\" where quoted:
                line.append(UInt8(ascii: "\\"))
                line.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\n": line.append(contentsOf: "\\n".utf8)
            case "\r": line.append(contentsOf: "\\r".utf8)
            case "\t": line.append(contentsOf: "\\t".utf8)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}"..."\u{200F}",
                "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                line.append(contentsOf: "\\u".utf8)
                line.append(contentsOf: String(repeating: "0", count: 4 - digits.count).utf8)
                line.append(contentsOf: digits.utf8)
            default:
                line.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
    }
}
