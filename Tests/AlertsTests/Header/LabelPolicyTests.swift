import Alerts
import Base
import Testing

@Suite struct LabelPolicyTests {
    private let recipients = (0..<17).compactMap { AgencyID("MX:A\($0)") }

    @Test(arguments: [
        (AlertKind.intelligenceReport, TLP.clear, 1, [HandlingCode](), "tlp"),
        (.intelligenceReport, .red, 17, [], "to"),
        (.newSubstance, .clear, 1, [.noOnwardDissemination], "handling"),
        (.newSubstance, .amber, 1, [.crimeOnly, .crimeOnly], "handling"),
    ])
    func refusesLabelsThatDoNotGoTogether(
        kind: AlertKind,
        tlp: TLP,
        recipientCount: Int,
        handling: [HandlingCode],
        key: String
    ) throws {
        let header = try AlertHeader(
            kind: kind,
            to: Array(recipients.prefix(recipientCount)),
            tlp: tlp,
            handling: handling
        )
        let error = #expect(throws: AlertHeaderError.self) {
            try LabelPolicy.standard.check(header)
        }
        #expect(error?.message.contains(" \(key) ") == true)
    }

    @Test(
        arguments: [
            (.financialIntelligence, .alert, [], [], "handling"),
            (.financialIntelligence, .answer, [.crimeOnly], [], "handling"),
            (.financialIntelligence, .request, [.noOnwardDissemination], [], nil),
            (.financialIntelligence, .acknowledgement, [], [], nil),
            (.jointOperation, .alert, [], [], "groups"),
            (.jointOperation, .update, [], [], "groups"),
            (.jointOperation, .alert, [], ["andean"], nil),
            (.jointOperation, .answer, [], [], nil),
            (.jointOperation, .cancel, [], [], nil),
            (.intelligenceReport, .alert, [], [], nil),
        ] as [(AlertKind, MessageType, [HandlingCode], [String], String?)]
    )
    func aKindAsksForItsLabels(
        kind: AlertKind,
        message: MessageType,
        handling: [HandlingCode],
        groups: [String],
        key: String?
    ) throws {
        let cited = UUID(version7At: WallTime(seconds: 1_790_000_000), random: (1, 1))
        let header = try AlertHeader(
            kind: kind,
            to: Array(recipients.prefix(2)),
            tlp: .amber,
            message: message,
            groups: groups,
            handling: handling,
            references: message == .alert ? [] : [AlertReference(alert: cited)]
        )
        var found: AlertHeaderError?
        do throws(AlertHeaderError) {
            try LabelPolicy.standard.checkKind(of: header)
        } catch {
            found = error
        }
        #expect((found == nil) == (key == nil))
        if let key { #expect(found?.message.contains(" \(key) ") == true) }
    }

    @Test func acceptsWhatEachChannelAllows() throws {
        for tlp in [TLP.red, .amberStrict, .amber, .green] {
            let header = try AlertHeader(
                kind: .intelligenceReport,
                to: Array(recipients.prefix(16)),
                tlp: tlp,
                handling: [.crimeOnly, .noOnwardDissemination]
            )
            try LabelPolicy.standard.check(header)
        }
        try LabelPolicy.standard.check(
            AlertHeader(kind: .newSubstance, to: recipients, tlp: .clear)
        )
    }

    private func citing(
        _ message: MessageType,
        _ references: [AlertReference]
    ) throws -> AlertHeader {
        try AlertHeader(
            kind: .intelligenceReport,
            to: Array(recipients.prefix(1)),
            tlp: .amber,
            message: message,
            references: references
        )
    }

    private func reference(_ number: UInt64, _ role: AlertReference.Role?) -> AlertReference {
        AlertReference(alert: UUID(high: 0x7000, low: number), role: role)
    }

    @Test func whatIsPassedOnCitesTheConsentToIt() throws {
        for message in [MessageType.alert, .update, .request, .answer] {
            try LabelPolicy.standard.check(
                citing(message, [reference(1, .source), reference(2, .consent)])
            )
            // What it is merely about needs nobody's consent.
            try LabelPolicy.standard.check(citing(message, [reference(1, nil)]))
        }
        let cases: [(MessageType, [AlertReference], String)] = [
            (
                .alert, [reference(1, .source)],
                "it is passed on, so that the statement by which its author consents is cited"
            ),
            (.alert, [reference(2, .consent)], "a consent is cited together with its source"),
            (
                .update, [reference(1, .source), reference(1, .consent)],
                "it cannot be the consent to itself"
            ),
            (
                .acknowledgement, [reference(1, .source), reference(2, .consent)],
                "a statement of type acknowledgement passes nothing on"
            ),
            (
                .consentGrant, [reference(2, .consent)],
                "a statement of type consent-grant passes nothing on"
            ),
        ]
        for (message, references, words) in cases {
            let header = try citing(message, references)
            let error = #expect(throws: AlertHeaderError.self) {
                try LabelPolicy.standard.check(header)
            }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains(" references urn:uuid:") == true)
        }
    }

    @Test func statementsOfConsentCiteWhatTheyAreAbout() throws {
        for message in [MessageType.consentRequest, .consentGrant, .consentRefusal] {
            #expect(throws: AlertHeaderError.self) { try citing(message, []) }
            try LabelPolicy.standard.check(citing(message, [reference(1, nil)]))
        }
    }

    @Test(arguments: Status.allCases)
    func whatCitesAnExerciseIsPartOfIt(cited: Status) throws {
        for status in Status.allCases {
            let header = try AlertHeader(
                kind: .newSubstance,
                to: Array(recipients.prefix(1)),
                tlp: .amber,
                status: status
            )
            if status == cited {
                try header.checkStatus(ofCited: cited, alert: "urn:uuid:x")
            } else {
                #expect(throws: AlertHeaderError.self) {
                    try header.checkStatus(ofCited: cited, alert: "urn:uuid:x")
                }
            }
        }
    }
}
