import Foundation
import FoundationXML

/// The element rules of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010, sections 3.2 to 3.4),
/// written from the standard and without the code that they are held against.
struct CAPRules {
    /// How often an element stands in its parent, and what may stand in it.
    private struct Element {
        let name: String
        let least: Int
        let most: Int
        var text: (@Sendable (String) -> Bool)?

        static func once(
            _ name: String,
            _ text: (@Sendable (String) -> Bool)? = nil
        ) -> Element { Element(name: name, least: 1, most: 1, text: text) }

        static func maybe(
            _ name: String,
            _ text: (@Sendable (String) -> Bool)? = nil
        ) -> Element { Element(name: name, least: 0, most: 1, text: text) }

        static func any(
            _ name: String,
            least: Int = 0,
            _ text: (@Sendable (String) -> Bool)? = nil
        ) -> Element { Element(name: name, least: least, most: .max, text: text) }
    }

    private static func one(of words: String) -> @Sendable (String) -> Bool {
        let words = Set(words.split(separator: " ").map(String.init))
        return { words.contains($0) }
    }

    private static func matches(_ pattern: String) -> @Sendable (String) -> Bool {
        { $0.range(of: "^(?:\(pattern))$", options: .regularExpression) != nil }
    }

    private static let name = matches(#"[^\s,<&]+"#)
    // 3.3.2: with an offset from UTC; an alphabetic one such as Z is not used.
    private static let moment = #"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"#
    private static let triple = #"[^\s,<&]+,[^\s,<&]+,"# + moment
    private static let number = #"-?\d+(?:\.\d+)?"#
    private static let pair = "\(number),\(number)"

    /// 3.4: the elements of each parent, in the order of the schema.
    private static let parents: [String: [Element]] = [
        "alert": [
            .once("identifier", name), .once("sender", name), .once("sent", matches(moment)),
            .once("status", one(of: "Actual Exercise System Test Draft")),
            .once("msgType", one(of: "Alert Update Cancel Ack Error")), .maybe("source"),
            .once("scope", one(of: "Public Restricted Private")), .maybe("restriction"),
            .maybe("addresses"), .any("code"), .maybe("note"),
            .maybe("references", matches("\(triple)(?:\\s\(triple))*")),
            .maybe("incidents"), .any("info"),
        ],
        "info": [
            .maybe("language", matches("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")),
            .any(
                "category",
                least: 1,
                one(
                    of: "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other"
                )
            ),
            .once("event"),
            .any(
                "responseType",
                one(
                    of: "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None"
                )
            ),
            .once("urgency", one(of: "Immediate Expected Future Past Unknown")),
            .once("severity", one(of: "Extreme Severe Moderate Minor Unknown")),
            .once("certainty", one(of: "Observed Likely Possible Unlikely Unknown")),
            .maybe("audience"), .any("eventCode"), .maybe("effective", matches(moment)),
            .maybe("onset", matches(moment)), .maybe("expires", matches(moment)),
            .maybe("senderName"), .maybe("headline"), .maybe("description"),
            .maybe("instruction"), .maybe("web"), .maybe("contact"), .any("parameter"),
            .any("resource"), .any("area"),
        ],
        "eventCode": [.once("valueName"), .once("value")],
        "parameter": [.once("valueName"), .once("value")],
        "geocode": [.once("valueName"), .once("value")],
        "resource": [
            .once("resourceDesc"), .once("mimeType"), .maybe("size", matches(#"\d+"#)),
            .maybe("uri"), .maybe("derefUri"), .maybe("digest"),
        ],
        "area": [
            .once("areaDesc"), .any("polygon", matches("\(pair)(?: \(pair)){3,}")),
            .any("circle", matches("\(pair) \(number)")), .any("geocode"),
            .maybe("altitude", matches(number)), .maybe("ceiling", matches(number)),
        ],
    ]

    /// Checks a document.
    ///
    /// - Returns: each rule that it breaks, beginning with the path of the element.
    static func violations(of xml: String) throws -> [String] {
        guard let root = try XMLDocument(xmlString: xml).rootElement() else { return ["no root"] }
        guard root.name == "alert", root.uri == "urn:oasis:names:tc:emergency:cap:1.2" else {
            return ["alert: it is none of CAP 1.2"]
        }
        return violations(of: root, "alert") + conditions(root)
    }

    private static func violations(of element: XMLElement, _ path: String) -> [String] {
        guard let rules = parents[element.name ?? ""] else { return [] }
        var found: [String] = []
        var last = 0
        var counts: [String: Int] = [:]
        for case let child as XMLElement in element.children ?? [] {
            let name = child.name ?? ""
            let childPath = "\(path).\(name)"
            guard let place = rules.firstIndex(where: { $0.name == name }) else {
                found.append("\(childPath): the standard has no such element here")
                continue
            }
            if place < last { found.append("\(childPath): it stands too late") }
            last = place
            counts[name, default: 0] += 1
            let text = child.stringValue ?? ""
            if parents[name] == nil, text.isEmpty { found.append("\(childPath): it is empty") }
            if let rule = rules[place].text, !rule(text) {
                found.append("\(childPath): \(text) breaks its rule")
            }
            found += violations(of: child, childPath)
        }
        for rule in rules where !(rule.least...rule.most).contains(counts[rule.name] ?? 0) {
            found.append("\(path).\(rule.name): it stands \(counts[rule.name] ?? 0) times")
        }
        return found
    }

    // 3.2.1 and 3.2.4: what one element asks of another.
    private static func conditions(_ alert: XMLElement) -> [String] {
        func text(_ name: String) -> String? { alert.elements(forName: name).first?.stringValue }
        var found: [String] = []
        if text("scope") == "Private", text("addresses") == nil {
            found.append("alert.addresses: a private alert needs them")
        }
        if (text("scope") == "Restricted") != (text("restriction") != nil) {
            found.append("alert.restriction: it goes with scope Restricted")
        }
        if ["Update", "Cancel", "Ack", "Error"].contains(text("msgType") ?? ""),
            text("references") == nil
        {
            found.append("alert.references: what it is about is not named")
        }
        for info in alert.elements(forName: "info") {
            for area in info.elements(forName: "area")
            where !area.elements(forName: "ceiling").isEmpty
                && area.elements(forName: "altitude").isEmpty
            {
                found.append("alert.info.area.ceiling: it goes with altitude")
            }
        }
        return found
    }
}
