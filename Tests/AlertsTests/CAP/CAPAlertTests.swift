import Alerts
import Base
import Foundation
import FoundationXML
import Testing

/// The element rules of CAP 1.2 (OASIS, 1 July 2010, section 3), read by another XML parser.
@Suite struct CAPAlertTests {
    // 3.4: the order of the schema.
    private static let alertOrder = [
        "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction",
        "addresses", "code", "note", "references", "incidents", "info",
    ]
    private static let infoOrder = [
        "language", "category", "event", "responseType", "urgency", "severity", "certainty",
        "audience", "eventCode", "effective", "onset", "expires", "senderName", "headline",
        "description", "instruction", "web", "contact", "parameter", "resource", "area",
    ]
    private static let enumerations: [String: Set<String>] = [
        "status": ["Actual", "Exercise", "System", "Test", "Draft"],
        "msgType": ["Alert", "Update", "Cancel", "Ack", "Error"],
        "scope": ["Public", "Restricted", "Private"],
        "category": [
            "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
            "Infra", "CBRNE", "Other",
        ],
        "urgency": ["Immediate", "Expected", "Future", "Past", "Unknown"],
        "severity": ["Extreme", "Severe", "Moderate", "Minor", "Unknown"],
        "certainty": ["Observed", "Likely", "Possible", "Unlikely", "Unknown"],
    ]

    @Test(arguments: AlertKind.allCases)
    func everySampleKeepsTheElementRules(kind: AlertKind) throws {
        let document = try XMLDocument(xmlString: Self.alert(kind).xml)
        let alert = try #require(document.rootElement())
        #expect(alert.name == "alert")
        #expect(alert.uri == "urn:oasis:names:tc:emergency:cap:1.2")
        try Self.expectOrder(of: alert, Self.alertOrder)
        Self.expectOnce(["identifier", "sender", "sent", "status", "msgType", "scope"], in: alert)
        // 3.2.1: a private alert has addresses.
        #expect(alert.elements(forName: "addresses").count == 1)
        let name = try Regex("^[^\\s,<&]+$")
        for field in ["identifier", "sender"] {
            let text = alert.elements(forName: field).first?.stringValue ?? ""
            #expect(text.contains(name), "\(text)")
        }
        let infos = alert.elements(forName: "info")
        #expect(!infos.isEmpty)
        for info in infos {
            try Self.expectOrder(of: info, Self.infoOrder)
            Self.expectOnce(["event", "urgency", "severity", "certainty"], in: info)
            #expect(!info.elements(forName: "category").isEmpty)
            for area in info.elements(forName: "area") {
                Self.expectOnce(["areaDesc"], in: area)
            }
            for parameter in info.elements(forName: "parameter") {
                Self.expectOnce(["valueName", "value"], in: parameter)
            }
        }
        try Self.expectValues(in: alert)
    }

    @Test(arguments: AlertKind.allCases)
    func everySampleComesBack(kind: AlertKind) throws {
        let alert = try Self.alert(kind)
        let back = try CAPAlert(xml: Array(alert.xml.utf8), kind: nil)
        #expect(back.kind == kind)
        #expect(back.status == .exercise)
        #expect(back.tlp == .green)
        let problems = AlertForm.schema(of: kind).problems(in: back.form)
        #expect(problems.isEmpty, "\(problems.map(\.message))")
        let inner = alert.form.objectValue?.members.filter { $0.name != "info" }
        #expect(back.form.objectValue?.members.filter { $0.name != "info" } == inner)
    }

    @Test func textIsEscaped() throws {
        let text = String(decoding: try Self.sample(.bestPractice), as: UTF8.self)
            .replacingOccurrences(of: "Inspección", with: "<a href='x'>&amp; ]]>")
        let form = try JSONValue(parsing: Array(text.utf8)[...])
        let xml = try Self.alert(.bestPractice, form: form).xml
        let back = try CAPAlert(xml: Array(xml.utf8), kind: nil)
        let info = back.form.objectValue?["info"]?.arrayValue?.first?.objectValue
        #expect(info?["headline"]?.stringValue?.hasPrefix("<a href='x'>&amp; ]]>") == true)
        _ = try XMLDocument(xmlString: xml)
    }

    @Test(arguments: ["a b", "a,b", "a<b", "a&b", ""])
    func namesThatCAPCannotCarryAreRefused(name: String) {
        #expect(throws: CAPError.self) { try Self.alert(.bestPractice, identifier: name) }
    }

    @Test(arguments: [
        ("<identifier>", "<!DOCTYPE x [<!ENTITY a \"b\">]><identifier>", "element"),
        ("CO:PONAL", "&a;", "entity"),
        ("<status>Exercise", "<status>Draft", "status"),
        ("<msgType>Alert", "<msgType>Cancel", "msgType"),
        ("<scope>Private", "<scope>Secret", "scope"),
        ("<severity>Severe", "<severity>Bad", "severity"),
        ("-00:00</sent>", "Z</sent>", "sent"),
        ("aviso:type", "aviso:tipe", "tipe"),
        ("cap:1.2", "cap:1.1", "CAP 1.2"),
        ("</alert>", "", "end"),
    ])
    func whatBreaksARuleIsRefused(old: String, new: String, words: String) throws {
        let xml = try Self.alert(.diversionIncident).xml
        #expect(xml.contains(old))
        let error = #expect(throws: CAPError.self) {
            let text = xml.replacingOccurrences(of: old, with: new)
            return try CAPAlert(xml: Array(text.utf8), kind: nil)
        }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func documentsAreBounded() {
        let deep = String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)
        let wide = "<a>" + String(repeating: "<b/>", count: 20_001) + "</a>"
        let doctype =
            "<?xml version=\"1.0\"?><!DOCTYPE alert SYSTEM \"file:///etc/passwd\"><alert/>"
        let long = String(repeating: " ", count: (1 << 20) + 1)
        for text in [deep, wide, doctype, long] {
            #expect(throws: CAPError.self) { try CAPAlert(xml: Array(text.utf8), kind: nil) }
        }
    }

    private static func expectOrder(of element: XMLElement, _ order: [String]) throws {
        var last = 0
        for child in element.children ?? [] {
            guard let element = child as? XMLElement, let name = element.name else { continue }
            let place = try #require(order.firstIndex(of: name), "\(name) is unknown")
            #expect(place >= last, "\(name) stands too late")
            last = place
        }
    }

    private static func expectOnce(_ names: [String], in element: XMLElement) {
        for name in names { #expect(element.elements(forName: name).count == 1, "\(name)") }
    }

    private static func expectValues(in element: XMLElement) throws {
        let dateTime = try Regex(#"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$"#)
        for case let child as XMLElement in element.children ?? [] {
            let name = child.name ?? ""
            let text = child.stringValue ?? ""
            if let words = enumerations[name] { #expect(words.contains(text), "\(name): \(text)") }
            if ["sent", "effective", "onset", "expires"].contains(name) {
                #expect(text.contains(dateTime), "\(name): \(text)")
            }
            try expectValues(in: child)
        }
    }

    private static func sample(_ kind: AlertKind) throws -> [UInt8] {
        let file = Checkout.folder("Config/samples").appendingPathComponent("\(kind).json")
        return [UInt8](try Data(contentsOf: file))
    }

    private static func alert(
        _ kind: AlertKind,
        form: JSONValue? = nil,
        identifier: String = "urn:uuid:0190c42f-0000-7000-8000-000000000001"
    ) throws -> CAPAlert {
        try CAPAlert(
            identifier: identifier,
            sender: "CO:PONAL",
            sent: WallTime(seconds: 1_790_000_000),
            status: .exercise,
            addresses: ["MX:FGR", "US:DEA"],
            tlp: .green,
            kind: kind,
            form: try form ?? JSONValue(parsing: sample(kind)[...])
        )
    }
}
