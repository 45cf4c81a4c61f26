import AvisoClient

/// Writes JSON objects on one line, keys in the order given.
struct JSONText {
    private var parts: [String] = []

    mutating func add(_ name: String, _ value: UInt64) {
        parts.append("\(Self.quote(name)):\(value)")
    }

    mutating func add(_ name: String, _ value: Bool) {
        parts.append("\(Self.quote(name)):\(value)")
    }

    mutating func add(_ name: String, _ value: String) {
        parts.append("\(Self.quote(name)):\(Self.quote(value))")
    }

    mutating func add(_ name: String, _ counts: [String: UInt64]) {
        let members = counts.sorted { $0.key < $1.key }
            .map { "\(Self.quote($0.key)):\($0.value)" }
        parts.append("\(Self.quote(name)):{\(members.joined(separator: ","))}")
    }

    mutating func add(_ name: String, _ texts: [String]) {
        parts.append("\(Self.quote(name)):[\(texts.map(Self.quote).joined(separator: ","))]")
    }

    mutating func add(_ detail: LogRecord.Detail) {
        switch detail.value {
        case .text(let text): add(detail.name, text)
        case .number(let number): add(detail.name, number)
        case .flag(let isTrue): add(detail.name, isTrue)
        case .texts(let texts): add(detail.name, texts)
        case .numbers(let numbers):
            let items = numbers.map { "\($0)" }.joined(separator: ",")
            add(detail.name, json: "[\(items)]")
        }
    }

    /// Adds a value that is JSON already.
    mutating func add(_ name: String, json: String) {
        parts.append("\(Self.quote(name)):\(json)")
    }

    var text: String { "{\(parts.joined(separator: ","))}" }

    static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
