import Alerts
import Base
import Foundation
import FoundationXML
import Testing

/// The element rules of CAP 1.2 (OASIS, 1 July 2010, section 3), read by another XML parser.
@Suite struct CAPAlertTests {
    private static let cited = CAPAlert.Citation(
        sender: "CO:PONAL",
        identifier: "urn:uuid:0190c42f-0000-7000-8000-000000000002",
        sent: WallTime(seconds: 1_789_000_000)
    )

    @Test(arguments: AlertKind.allCases)
    func everySampleKeepsTheElementRules(kind: AlertKind) throws {
        #expect(try CAPRules.violations(of: Self.alert(kind).xml) == [])
    }

    @Test(arguments: ["cancel", "acknowledgement"])
    func whatEndsOrAcknowledgesAnAlertKeepsThemTooAndComesBack(name: String) throws {
        let specimen = try #require(Specimen.all.first { $0.name == name })
        let form = try specimen.form()
        let alert = try Self.alert(
            specimen.kind,
            form: form,
            message: specimen.message,
            references: [Self.cited, Self.cited]
        )
        #expect(try CAPRules.violations(of: alert.xml) == [])
        let back = try CAPAlert(xml: Array(alert.xml.utf8), kind: nil)
        #expect(back.message == specimen.message && back.kind == specimen.kind)
        #expect(back.references == [Self.cited, Self.cited])
        let members = try #require(form.objectValue).members
        #expect(Set(back.form.objectValue?.members ?? []) == Set(members))
    }

    @Test func anUpdateCitesWhatItReplaces() throws {
        let alert = try Self.alert(
            .diversionIncident,
            message: .update,
            references: [Self.cited]
        )
        #expect(try CAPRules.violations(of: alert.xml) == [])
        let back = try CAPAlert(xml: Array(alert.xml.utf8), kind: nil)
        #expect(back.message == .update && back.references == [Self.cited])
    }

    @Test func statementsThatCAPDoesNotKnowOrThatCiteNothingAreRefused() throws {
        for message in MessageType.allCases where message != .alert {
            let isCarried = [.update, .cancel, .acknowledgement].contains(message)
            let references = isCarried ? [] : [Self.cited]
            let error = #expect(throws: CAPError.self) {
                try Self.alert(.bestPractice, message: message, references: references)
            }
            let field = references.isEmpty ? "references" : "message"
            #expect(error?.message.hasPrefix(field) == true)
        }
    }

    /// The rules find what is wrong: each document breaks one of them.
    @Test(arguments: [
        ("<sender>CO:PONAL</sender>", "", "alert.sender: it stands 0 times"),
        ("CO:PONAL<", "CO PONAL<", "alert.sender: CO PONAL breaks its rule"),
        ("-00:00</sent>", "Z</sent>", "alert.sent: "),
        (">Exercise<", ">Rehearsal<", "alert.status: Rehearsal breaks its rule"),
        ("<msgType>Alert", "<msgType>Update", "alert.references: what it is about"),
        ("<scope>Private", "<scope>Restricted", "alert.restriction: it goes with"),
        ("<addresses>MX:FGR US:DEA</addresses>", "", "alert.addresses: a private alert"),
        ("<code>TLP:GREEN</code>", "<code></code>", "alert.code: it is empty"),
        ("<category>Security</category>", "", "alert.info.category: it stands 0 times"),
        ("<severity>Severe", "<severity>Bad", "alert.info.severity: Bad breaks its rule"),
        ("<urgency>", "<colour>red</colour><urgency>", "alert.info.colour: the standard has no"),
        ("<event>", "<contact>x</contact><event>", "alert.info.event: it stands too late"),
        ("<valueName>aviso:type</valueName>", "", "alert.info.parameter.valueName: it stands 0"),
        (" 0</circle>", "</circle>", "alert.info.area.circle: "),
        ("</area>", "<ceiling>9</ceiling></area>", "alert.info.area.ceiling: it goes with"),
        ("cap:1.2", "cap:1.1", "alert: it is none of CAP 1.2"),
    ])
    func theRulesFindWhatIsWrong(old: String, new: String, violation: String) throws {
        let xml = try Self.alert(.diversionIncident).xml
        #expect(xml.contains(old))
        let violations = try CAPRules.violations(
            of: xml.replacingOccurrences(of: old, with: new)
        )
        #expect(violations.contains { $0.hasPrefix(violation) }, "\(violations)")
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

    @Test(arguments: ["a b", "a,b", "a<b", "a&b", "a\u{7}b", ""])
    func namesThatCAPCannotCarryAreRefused(name: String) {
        #expect(throws: CAPError.self) { try Self.alert(.bestPractice, identifier: name) }
    }

    @Test(arguments: [
        ("<identifier>", "<!DOCTYPE x [<!ENTITY a \"b\">]><identifier>", "element"),
        ("CO:PONAL", "&a;", "entity"),
        ("<status>Exercise", "<status>Draft", "status"),
        ("<msgType>Alert", "<msgType>Error", "msgType"),
        ("<msgType>Alert", "<msgType>Update", "references"),
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

    private static func sample(_ kind: AlertKind) throws -> [UInt8] {
        let file = Checkout.folder("Config/samples").appendingPathComponent("\(kind).json")
        return [UInt8](try Data(contentsOf: file))
    }

    private static func alert(
        _ kind: AlertKind,
        form: JSONValue? = nil,
        identifier: String = "urn:uuid:0190c42f-0000-7000-8000-000000000001",
        message: MessageType = .alert,
        references: [CAPAlert.Citation] = []
    ) throws -> CAPAlert {
        try CAPAlert(
            identifier: identifier,
            sender: "CO:PONAL",
            sent: WallTime(seconds: 1_790_000_000),
            status: .exercise,
            message: message,
            references: references,
            addresses: ["MX:FGR", "US:DEA"],
            tlp: .green,
            kind: kind,
            form: try form ?? JSONValue(parsing: sample(kind)[...])
        )
    }
}
