import Alerts
import Base
import COSE
import Testing

@Suite struct AlertHeaderTests {
    let ponal: AgencyID
    let fgr: AgencyID

    init() throws {
        ponal = try #require(AgencyID("CO:PONAL"))
        fgr = try #require(AgencyID("MX:FGR"))
    }

    @Test func leavesOutWhatIsAbsent() throws {
        let header = try AlertHeader(kind: .diversionIncident, to: [fgr], tlp: .amber)
        let expected = CBORMap([
            CBORMap.Pair(.text("channel"), .text("chemical-diversion")),
            CBORMap.Pair(.text("kind"), .text("diversion-incident")),
            CBORMap.Pair(.text("status"), .text("actual")),
            CBORMap.Pair(.text("message"), .text("alert")),
            CBORMap.Pair(.text("to"), .array([.text("MX:FGR")])),
            CBORMap.Pair(.text("tlp"), .text("TLP:AMBER")),
        ])
        #expect(header.cbor == .map(expected))
        #expect(try AlertHeader(cbor: header.cbor) == header)
    }

    @Test func everyFieldSurvivesTheRoundTrip() throws {
        let header = try full()
        #expect(header.cbor.mapValue?.pairs.count == 14)
        #expect(try AlertHeader(cbor: header.cbor) == header)
    }

    @Test func keepsWholeSecondsOfTheDeadline() throws {
        let header = try AlertHeader(
            kind: .informationRequest,
            to: [fgr],
            tlp: .green,
            replyBy: WallTime(milliseconds: 1_700_000_000_999)
        )
        #expect(header.replyBy == WallTime(seconds: 1_700_000_000))
        #expect(try AlertHeader(cbor: header.cbor) == header)
    }

    @Test(arguments: ["channel", "kind", "status", "message", "to", "tlp"])
    func namesAMissingKey(key: String) throws {
        let cbor = try changed { $0.pairs.removeAll { $0.key == .text(key) } }
        #expect(throws: AlertHeaderError.missing(key: key)) { try AlertHeader(cbor: cbor) }
    }

    @Test(arguments: [
        ("channel", CBORValue.text("weather")), ("kind", .text("interdiction")),
        ("status", .unsigned(1)), ("message", .text("gossip")), ("to", .array([])),
        ("to", .text("MX:FGR")), ("to", .array([.text("mx:fgr")])),
        ("to", .array([.text("MX:FGR"), .text("MX:FGR")])), ("tlp", .text("AMBER")),
        ("pap", .text("PAP:BLUE")), ("handling", .array([.text("H9")])),
        ("evaluation", .text("E5")), ("urgency", .text("now")), ("groups", .array([.text("a b")])),
        ("references", .array([.text("urn:uuid:x")])), ("reply-by", .text("tomorrow")),
        ("attachments", .array([.map(CBORMap())])), ("references", .array([])),
        ("groups", .array(Array(repeating: .text("a"), count: 17))),
    ])
    func namesTheKeyWithABadValue(key: String, value: CBORValue) throws {
        let cbor = try changed { map in
            map.pairs.removeAll { $0.key == .text(key) }
            map.append(.text(key), value)
        }
        let error = #expect(throws: AlertHeaderError.self) { try AlertHeader(cbor: cbor) }
        // A kind of another channel is blamed on the kind, whichever of the two was changed.
        let named = "The aviso header has \(key) "
        #expect(error?.message.hasPrefix(named) == true, "\(error?.message ?? "")")
    }

    @Test func refusesAnUnknownKey() throws {
        let cbor = try changed { $0.append(.text("colour"), .text("blue")) }
        #expect(throws: AlertHeaderError.unknownKey("colour")) { try AlertHeader(cbor: cbor) }
        #expect(throws: AlertHeaderError.notAMap) { try AlertHeader(cbor: .null) }
    }

    @Test func redNamesNoGroup() {
        #expect(
            throws: AlertHeaderError.invalid(
                key: "groups",
                value: "andean",
                rule: "TLP:RED names agencies, no group"
            )
        ) {
            try AlertHeader(kind: .jointOperation, to: [fgr], tlp: .red, groups: ["andean"])
        }
    }

    @Test(arguments: [MessageType.update, .cancel, .acknowledgement, .answer])
    func aFollowUpNamesWhatItIsAbout(message: MessageType) {
        let error = #expect(throws: AlertHeaderError.self) {
            try AlertHeader(kind: .diversionIncident, to: [fgr], tlp: .amber, message: message)
        }
        #expect(
            error?.message == "The aviso header has message \(message.rawValue): "
                + "it needs a reference to what it is about."
        )
    }

    @Test func limitsTheNumberOfRecipients() throws {
        let agencies = try (0...AlertHeader.Limits.toCountMax).map {
            try #require(AgencyID("CO:A\($0)"))
        }
        #expect(throws: AlertHeaderError.self) {
            try AlertHeader(kind: .newBehaviour, to: agencies, tlp: .green)
        }
        #expect(throws: Never.self) {
            try AlertHeader(kind: .newBehaviour, to: Array(agencies.dropLast()), tlp: .green)
        }
    }

    @Test(arguments: [
        (UInt64(0), "a/b"), (AttachmentReference.byteCountMax + 1, "a/b"), (1, "pdf"), (1, "a/b/c"),
    ])
    func checksAttachments(byteCount: UInt64, mediaType: String) {
        #expect(throws: AlertHeaderError.self) {
            try AlertHeader(
                kind: .trendAnalysis,
                to: [fgr],
                tlp: .clear,
                attachments: [
                    AttachmentReference(digest: .zero, byteCount: byteCount, mediaType: mediaType)
                ]
            )
        }
    }

    private func full() throws -> AlertHeader {
        try AlertHeader(
            kind: .informationRequest,
            to: [fgr, ponal],
            tlp: .amberStrict,
            status: .exercise,
            message: .update,
            groups: ["CO:PONAL:andean", "precursors"],
            pap: .amber,
            handling: [.crimeOnly, .other("Ask before translating.")],
            evaluation: Evaluation(source: .reliable, information: .corroborated),
            urgency: .expected,
            references: [
                AlertReference(alert: UUID(high: 1, low: 2)),
                AlertReference(alert: UUID(high: 3, low: 4), statement: .zero),
                AlertReference(alert: UUID(high: 5, low: 6), statement: .zero, role: .source),
                AlertReference(alert: UUID(high: 7, low: 8), role: .consent),
            ],
            replyBy: WallTime(seconds: 1_800_000_000),
            attachments: [
                AttachmentReference(digest: .zero, byteCount: 4096, mediaType: "application/pdf")
            ]
        )
    }

    @Test(arguments: [
        ("role", CBORValue.text("author")), ("role", .unsigned(1)), ("digest", .text("x")),
        ("digest", .bytes([1, 2])), ("colour", .text("red")),
    ])
    func aCitationHasNothingBesideWhatIsDefined(key: String, value: CBORValue) throws {
        let alert = UUID(high: 1, low: 2).urn
        let reference = CBORMap([.init(.text("alert"), .text(alert)), .init(.text(key), value)])
        let cbor = try changed { $0.append(.text("references"), .array([.map(reference)])) }
        let error = #expect(throws: AlertHeaderError.self) { try AlertHeader(cbor: cbor) }
        #expect(error?.message.contains("it is not a citation of an alert") == true)
    }

    private func changed(_ change: (inout CBORMap) -> Void) throws -> CBORValue {
        let header = try AlertHeader(kind: .diversionIncident, to: [fgr], tlp: .amber)
        var map = try #require(header.cbor.mapValue)
        change(&map)
        return .map(map)
    }
}
