import Alerts
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
