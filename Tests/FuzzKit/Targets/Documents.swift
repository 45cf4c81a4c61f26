import Alerts

extension FuzzTarget {
    /// Documents of the Common Alerting Protocol, which come from other systems.
    static let cap = FuzzTarget(
        "cap",
        seeds: [Array(capAlertSeed.utf8), Array(capCancelSeed.utf8)]
    ) { bytes throws(BrokenPromise) in
        guard let alert = try? CAPAlert(xml: bytes, kind: nil) else { return }
        guard let again = try? CAPAlert(xml: Array(alert.xml.utf8), kind: nil) else {
            throw BrokenPromise("what was read cannot be written and read again: \(alert.xml)")
        }
        // An exercise stays one, and what is withdrawn stays what was.
        try expect(
            again.status == alert.status && again.message == alert.message
                && again.kind == alert.kind && again.references == alert.references
                && again.identifier == alert.identifier,
            "\(alert) comes back as \(again)"
        )
    }

    /// Tables of forms, as people export them from spreadsheets.
    static let tables = FuzzTarget(
        "tables",
        seeds: [
            "info[0].language,type,firstSeen,places[0].country,places[1].country\n"
                + "en,\"a, \"\"b\"\"\",2026-07-03,EC,\nes,route,2026-07-04,EC,PE\n",
            "# version: 1\ntable,substance,cas,hs2022,note\nI,x,64-19-7,2915.21,\n",
        ].map { Array($0.utf8) }
    ) { bytes throws(BrokenPromise) in
        for kind in [AlertKind.newBehaviour, .diversionIncident] {
            guard let table = try? FormTable(csv: bytes, kind: kind) else { continue }
            for row in table.rows {
                try expect(row.form.objectValue != nil, "a row is no form: \(row.form)")
            }
        }
    }

    /// Forms that were opened, against the rules of every kind.
    static let forms = FuzzTarget("forms", seeds: formSeeds.map { Array($0.utf8) }) {
        bytes throws(BrokenPromise) in
        guard let form = try? JSONValue(parsing: bytes[...]) else { return }
        for kind in AlertKind.allCases {
            for message in [MessageType.alert, .answer, .cancel] {
                let problems = AlertForm.schema(kind: kind, message: message).problems(in: form)
                try expect(
                    problems.count <= FormSchema.problemCountMax
                        && problems.allSatisfy { !$0.message(in: .french).isEmpty },
                    "\(problems.count) problems of \(kind)"
                )
            }
            _ = AlertForm.notes(on: form, kind: kind)
        }
    }

    private static let formSeeds = [
        #"{"info":[{"language":"en","headline":"x","description":"y"}],"type":"seizure","#
            + #""date":"2026-11-21","place":{"country":"CO","locode":"COBUN"},"goods":[{"#
            + #""substance":{"cas":"108-24-7","name":"Acetone","hsCode":"2915.24"},"#
            + #""net":{"value":2.5,"unit":"units"},"gross":{"value":1,"unit":"units"}}]}"#,
        #"{"decision":"more-time","until":"2026-11-21T00:00:00Z","conditions":"z"}"#,
        #"{"importer":{"country":"PE"},"dispatch":"2026-12-14","goods":[{"substance":"#
            + #"{"cas":"7722-64-7","name":"Potassium permanganate"}}]}"#,
    ]

    private static let capAlertSeed = """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a</identifier>
        <sender>CO:PONAL</sender><sent>2026-11-23T18:38:00-05:00</sent><status>Exercise</status>
        <msgType>Alert</msgType><scope>Private</scope><addresses>MX:FGR US:DEA</addresses>
        <code>TLP:GREEN</code><info><language>en</language><category>Security</category>
        <event>new-behaviour</event><urgency>Unknown</urgency><severity>Severe</severity>
        <certainty>Likely</certainty><expires>2026-11-24T18:38:00-05:00</expires>
        <headline>&lt;x&gt; &#65;</headline><description><![CDATA[y]]></description>
        <parameter><valueName>aviso:caseCount</valueName><value>5</value></parameter></info></alert>
        """

    private static let capCancelSeed = """
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>b</identifier>
        <sender>CO:PONAL</sender><sent>2026-11-23T18:38:00-05:00</sent><status>Test</status>
        <msgType>Cancel</msgType><scope>Public</scope><note>z</note>
        <references>CO:PONAL,a,2026-11-23T18:38:00-05:00</references><info>
        <category>Met</category><event>interdiction</event><urgency>Past</urgency>
        <severity>Minor</severity><certainty>Unknown</certainty></info></alert>
        """
}
