/// The forms of the channel `trafficking-trends`.
enum TrendForms {
    private static let drug = FormField.required("drug", .line)

    /// A new way of operating or concealing, or a new route.
    static let newBehaviour = FormSchema(
        [
            .required("info", FormParts.info),
            .required(
                "type",
                .choice(["modus-operandi", "concealment", "route", "transport", "financing"])
            ),
            .required("firstSeen", .identifier(.date)),
            .optional("lastSeen", .identifier(.date)),
            .required("places", FormParts.places),
            .optional("caseCount", .integer(1...100_000)),
            .optional("commodities", FormParts.lines),
            .optional("concealment", .paragraphs),
            .optional("route", FormParts.places),
            .optional("conveyance", FormParts.conveyance),
            .optional("indicators", FormParts.lines),
            .optional("detection", .paragraphs),
        ],
        rules: [
            FormRule.order("firstSeen", "lastSeen"),
            FormRule.needs("concealment", when: "type", in: ["concealment"]),
            FormRule.needs("route", when: "type", in: ["route"]),
        ]
    )

    /// Early warning of a new psychoactive substance.
    static let newSubstance = FormSchema([
        .required("info", FormParts.info),
        .required("names", FormParts.lines),
        .required("chemicalName", .text(characterCountMax: 500)),
        .optional("cas", .identifier(.cas)),
        .optional("formula", .line),
        .required(
            "class",
            .choice([
                "opioid", "fentanyl-analogue", "nitazene", "benzodiazepine", "cannabinoid",
                "cathinone", "phenethylamine", "tryptamine", "other",
            ])
        ),
        .required("firstDetected", .identifier(.date)),
        .required("place", FormParts.place),
        .required("form", .line),
        .required("confirmed", .boolean),
        .optional("methods", FormParts.lines),
        .optional("laboratory", .line),
        .optional("effects", .paragraphs),
        .optional("deathCount", .integer(0...1_000_000)),
        .optional("seizureCount", .integer(0...1_000_000)),
    ])

    /// Report of a clandestine laboratory taken down.
    static let laboratoryDismantled = FormSchema([
        .required("info", FormParts.info),
        .required("date", .identifier(.date)),
        .required("place", FormParts.place),
        drug,
        .required(
            "process",
            .choice(["extraction", "conversion", "synthesis", "cutting", "tableting", "other"])
        ),
        .optional("precursors", FormParts.goods),
        .optional(
            "output",
            .object(
                FormSchema([
                    .required("product", .line),
                    .required("quantity", FormParts.quantity),
                    .optional("purityPercent", FormType.percentage),
                ])
            )
        ),
        .optional("weeklyCapacity", FormParts.quantity),
        .optional("equipment", FormParts.lines),
        .optional("arrestCount", .integer(0...10_000)),
        .optional("hazards", FormParts.lines),
        .optional("caseNumber", .line),
    ])

    /// Prices, purities and chemical profiles.
    static let pricePurityProfile = FormSchema(
        [
            .required("info", FormParts.info),
            drug,
            .required("period", FormParts.period),
            .required("place", FormParts.place),
            .optional("prices", .list(price, countMax: 64)),
            .optional("purity", purity),
            .optional("impurities", .list(impurity, countMax: 64)),
            .optional("profileMethod", .line),
            .optional("origin", .line),
        ],
        rules: [
            FormRule("prices", "rule.profile") { form in
                ["prices", "purity", "impurities"].contains { form[$0] != nil }
            }
        ]
    )

    private static let price = FormType.object(
        FormSchema([
            .required("level", .choice(["raw-material", "farm-gate", "wholesale", "retail"])),
            .required("amount", .amount),
            .required("currency", .identifier(.currency)),
            .required("unit", .choice(["kg", "g", "L", "mL", "units"])),
            .optional("item", .line),
        ])
    )

    private static let purity = FormType.object(
        FormSchema(
            [
                .required("meanPercent", .percentage),
                .optional("minPercent", .percentage),
                .optional("maxPercent", .percentage),
                .required("sampleCount", .integer(1...1_000_000)),
            ],
            rules: [
                FormRule("meanPercent", "rule.mean") { purity in
                    guard let mean = purity["meanPercent"]?.numberValue else { return true }
                    return (purity["minPercent"]?.numberValue ?? 0) <= mean
                        && mean <= (purity["maxPercent"]?.numberValue ?? 100)
                }
            ]
        )
    )

    private static let impurity = FormType.object(
        FormSchema([
            .required("name", .line),
            .optional("cas", .identifier(.cas)),
            .optional("percentage", .percentage),
        ])
    )

    /// An analysis of trends.
    static let trendAnalysis = FormSchema([
        .required("info", FormParts.info),
        .required("title", .line),
        .required("period", FormParts.period),
        .required("countries", FormParts.countries),
        .required("findings", .list(.text(characterCountMax: 2000), countMax: 64)),
        .required("confidence", .choice(["low", "moderate", "high"])),
        .optional("methods", .paragraphs),
        .optional("outlook", .paragraphs),
    ])

    /// A practice that others can adopt.
    static let bestPractice = FormSchema([
        .required("info", FormParts.info),
        .required("title", .line),
        .required(
            "area",
            .choice([
                "control-measures", "supply-reduction", "interdiction", "investigation",
                "laboratory", "cooperation", "training", "other",
            ])
        ),
        .required("countries", FormParts.countries),
        .required("practice", .paragraphs),
        .optional("results", .paragraphs),
        .optional("requirements", FormParts.lines),
        .optional("contact", .line),
    ])
}
