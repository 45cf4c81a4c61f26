/// The forms of the channel `chemical-diversion`.
enum ChemicalForms {
    /// What article 12(10)(a) of the 1988 Convention asks of an exporting state.
    static let preExportNotification = FormSchema(
        [
            .required("info", FormParts.info),
            .required("stage", .choice(["original", "amended", "withdrawn"])),
            .required("exporter", FormParts.party),
            .required("importer", FormParts.party),
            .required("consignee", FormParts.party),
            .required("goods", FormParts.goods),
            .required("entryPoint", FormParts.place),
            .optional("exitPoint", FormParts.place),
            .required("dispatch", .identifier(.date)),
            .optional("coverage", .choice(["single", "6-months", "12-months"])),
            .required("permit", .line),
            .required("carrier", .line),
            .optional("conveyance", FormParts.conveyance),
            .optional("purpose", .line),
        ],
        rules: [
            FormRule("entryPoint", "rule.entry-point") { form in
                let entry = form["entryPoint"]?.objectValue?["country"]
                let importer = form["importer"]?.objectValue?["country"]
                return entry == nil || importer == nil || entry == importer
            },
            FormRule("importer", "rule.export") { form in
                let exporter = form["exporter"]?.objectValue?["country"]
                return exporter == nil || exporter != form["importer"]?.objectValue?["country"]
            },
        ]
    )

    /// What became of a notified export.
    static let preExportOutcome = FormSchema(
        [
            .required("info", FormParts.info),
            .required("outcome", .choice(["exported", "not-exported", "refused-at-port"])),
            .required("date", .identifier(.date)),
            .optional("goods", FormParts.goods),
            .optional("place", FormParts.place),
            .optional("reason", .paragraphs),
        ],
        rules: [
            FormRule.needs("goods", when: "outcome", in: ["exported"]),
            FormRule.needs("reason", when: "outcome", in: ["not-exported", "refused-at-port"]),
            FormRule.needs("place", when: "outcome", in: ["refused-at-port"]),
        ]
    )

    /// An incident in trade, storage or transport of chemicals.
    static let diversionIncident = FormSchema(
        [
            .required("info", FormParts.info),
            .required(
                "type",
                .choice([
                    "seizure", "suspicious-shipment", "stopped-shipment", "diversion",
                    "attempted-diversion", "theft", "clandestine-laboratory",
                ])
            ),
            .required("date", .identifier(.date)),
            .required("place", FormParts.place),
            .required("goods", FormParts.goods),
            .optional("parties", FormParts.parties),
            .optional("conveyance", FormParts.conveyance),
            .optional("route", FormParts.places),
            .optional("concealment", .paragraphs),
            .optional("grounds", FormParts.lines),
            .optional("documents", FormParts.lines),
            .optional("caseNumber", .line),
            .optional("requestedAction", .paragraphs),
        ],
        rules: [
            FormRule.needs(
                "grounds",
                when: "type",
                in: ["suspicious-shipment", "stopped-shipment"]
            ),
            FormRule.needs(
                "conveyance",
                when: "type",
                in: ["suspicious-shipment", "stopped-shipment"]
            ),
        ]
    )

    /// A medicine that left licit trade.
    static let pharmaceuticalDiversion = FormSchema([
        .required("info", FormParts.info),
        .required(
            "type",
            .choice([
                "theft", "forged-prescription", "unlicensed-sale", "cross-border", "falsified",
                "other",
            ])
        ),
        .required("date", .identifier(.date)),
        .required("place", FormParts.place),
        .required(
            "product",
            .object(
                FormSchema([
                    .required("name", .line),
                    .required("activeSubstance", FormParts.substance),
                    .required("form", .line),
                    .required("strength", .line),
                    .optional("batch", .line),
                    .optional("manufacturer", .line),
                    .optional("expires", .identifier(.date)),
                ])
            )
        ),
        .required("quantity", FormParts.quantity),
        .optional("route", FormParts.places),
        .optional("conveyance", FormParts.conveyance),
        .optional("parties", FormParts.parties),
        .optional("caseNumber", .line),
    ])
}
