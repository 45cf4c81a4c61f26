import Alerts

/// Values that the types of fields accept, and values that they do not.
enum Examples {
    /// The smallest value that a type accepts.
    static func value(of type: FormType) -> JSONValue {
        switch type {
        case .text: return "x"
        case .choice(let words): return .string(words[0])
        case .boolean: return .boolean(true)
        case .number(let range): return .number(range.contains(1) ? 1 : range.lowerBound)
        case .integer(let range):
            return .number(Double(range.contains(1) ? 1 : range.lowerBound))
        case .identifier(let identifier): return .string(right(identifier))
        case .list(let element, _): return [value(of: element)]
        case .object(let schema):
            var object = JSONObject()
            for field in schema.fields where field.isRequired {
                object.append(field.name, value(of: field.type))
            }
            // A conveyance needs more than its mode.
            if schema.fields.contains(where: { $0.name == "imo" }) {
                object.set("mode", "maritime")
                object.set("name", "Estrella Ficticia")
            }
            return .object(object)
        }
    }

    /// Values of a type that break its own rule, and whether JSON Schema can tell.
    static func wrong(_ type: FormType) -> [(value: JSONValue, isInJSONSchema: Bool)] {
        switch type {
        case .text(let characterCountMax):
            let long = String(repeating: "x", count: characterCountMax + 1)
            return [
                ("", true), ("  \n", true), (.string(long), true), (.number(1), true),
                ("\u{7}", false),
            ]
        case .choice: return [("no-such-word", true), (.number(1), true)]
        case .boolean: return [("true", true), (.number(0), true)]
        case .number(let range):
            let below = range.lowerBound > 0 ? 0 : range.lowerBound - 1
            return [
                (.number(below), true), (.number(range.upperBound * 2 + 1), true), ("1", true),
            ]
        case .integer(let range):
            return [
                (.number(Double(range.lowerBound - 1)), true),
                (.number(Double(range.upperBound + 1)), true),
                (.number(Double(range.lowerBound) + 0.5), true),
            ]
        case .identifier(let identifier):
            let codes = wrong(identifier)
            return codes.shapes.map { (.string($0), true) }
                + codes.others.map { (.string($0), false) } + [(.number(1), true)]
        case .list(let element, let countMax):
            let item = value(of: element)
            return [
                ([], true), (.array(Array(repeating: item, count: countMax + 1)), true),
                ("x", true),
            ]
        case .object: return [("x", true), ([], true)]
        }
    }

    static func right(_ identifier: Identifier) -> String {
        switch identifier {
        case .agency: "CO:PONAL"
        case .alert: "urn:uuid:0190c42f-0000-7000-8000-000000000001"
        case .cas: "64-19-7"
        case .container: "CSQU3054383"
        case .country: "CO"
        case .currency: "USD"
        case .date: "2026-11-23"
        case .digest: String(repeating: "0a", count: 32)
        case .flight: "AVA8521"
        case .hsCode: "2915.24"
        case .imo: "9074729"
        case .language: "en"
        case .locode: "COBUN"
        case .mmsi: "701000000"
        case .time: "2026-11-23T18:38:00Z"
        }
    }

    // Codes of a wrong shape, and codes whose shape is right: check digit, calendar, country.
    private static func wrong(_ identifier: Identifier) -> (shapes: [String], others: [String]) {
        switch identifier {
        case .agency: (["CO", "co:ponal", "CO:"], [])
        case .alert: (["0190c42f-0000-7000-8000-000000000001", "urn:uuid:x"], [])
        case .cas: (["108-24", "0-24-7", "108247"], ["108-24-8", "64-19-1"])
        case .container: (["CSQX3054383", "CSQU305438"], ["CSQU3054380"])
        case .country: (["XK", "co", "COL"], [])
        case .currency: (["dollar", "usd", "USS"], [])
        case .date: (["2026-13-01", "23.11.2026"], ["2026-02-30"])
        case .digest: (["0a", String(repeating: "0A", count: 32)], [])
        case .flight: (["AV8521", "AVA"], [])
        case .hsCode: (["29.15", "29152"], [])
        case .imo: (["907472", "IMO9074729"], ["9074720"])
        case .language: (["de", "EN"], [])
        case .locode: (["COBU1", "COBU"], ["XXBUN"])
        case .mmsi: (["70100000", "7010000001"], [])
        case .time: (["18:38", "2026-11-23"], ["2026-02-30T00:00:00Z"])
        }
    }
}
