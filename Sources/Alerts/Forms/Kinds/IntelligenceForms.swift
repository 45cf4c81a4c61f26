import Base

/// The forms of the channel `intelligence`.
enum IntelligenceForms {
    private static let evaluation = FormType.object(
        FormSchema([
            .required("source", .choice(Evaluation.Source.allCases.map(\.rawValue))),
            .required("information", .integer(1...4)),
        ])
    )

    /// Intelligence with its source and content evaluated.
    static let intelligenceReport = FormSchema([
        .required("info", FormParts.info),
        .required("date", .identifier(.date)),
        .required("evaluation", evaluation),
        .required("subjects", FormParts.subjects),
        .optional("reportNumber", .line),
        .optional("places", FormParts.places),
        .optional("conveyance", FormParts.conveyance),
        .optional("goods", FormParts.goods),
        .optional("commodities", FormParts.lines),
        .optional("gaps", FormParts.lines),
        .optional("requestedAction", .paragraphs),
    ])

    /// A question to other agencies.
    static let informationRequest = FormSchema([
        .required("info", FormParts.info),
        .required("purpose", .line),
        .required("legalBasis", .line),
        .required("questions", .list(.text(characterCountMax: 2000), countMax: 32)),
        .required("deadlineClass", .choice(["8-hours", "12-hours", "3-days", "7-days"])),
        .optional("subjects", FormParts.subjects),
        .optional("caseNumber", .line),
    ])

    /// A conveyance to be stopped, for minutes.
    static let interdiction = FormSchema(
        [
            .required("info", FormParts.info),
            .required("conveyance", FormParts.conveyance),
            .required("position", FormParts.position),
            .required("expires", .identifier(.time)),
            .required(
                "requestedAction",
                .choice(["monitor", "intercept", "board", "inspect", "divert", "land"])
            ),
            .optional("track", .list(FormParts.position, countMax: 500)),
            .optional("destination", FormParts.place),
            .optional("aboardCount", .integer(0...10_000)),
            .optional(
                "handOver",
                .object(
                    FormSchema([
                        .required("to", .identifier(.agency)),
                        .required("at", .identifier(.time)),
                        .optional("contact", .line),
                    ])
                )
            ),
        ],
        rules: [
            FormRule("expires", "rule.interdiction-expires") { form in
                guard let at = form["position"]?.objectValue?["at"]?.stringValue,
                    let from = RFC3339.parse(at),
                    let until = form["expires"]?.stringValue.flatMap({ RFC3339.parse($0) })
                else { return true }
                return from < until && until <= from.adding(milliseconds: 86_400_000)
            }
        ]
    )

    private static let holder = FormType.object(
        FormSchema([
            .required("agency", .identifier(.agency)),
            .required("person", .line),
        ])
    )

    /// Evidence that changes hands.
    static let custodyTransfer = FormSchema(
        [
            .required("info", FormParts.info),
            .required("item", .line),
            .required("description", .paragraphs),
            .required("from", holder),
            .required("to", holder),
            .required("at", .identifier(.time)),
            .required("place", FormParts.place),
            .required(
                "seals",
                .list(
                    .object(
                        FormSchema([
                            .required("number", .line),
                            .required("state", .choice(["intact", "broken", "replaced"])),
                        ])
                    ),
                    countMax: 64
                )
            ),
            .required("condition", .choice(["unchanged", "changed", "damaged"])),
            .optional("remarks", .paragraphs),
            .optional("quantity", FormParts.quantity),
            .optional("previous", .identifier(.digest)),
            .optional("purpose", .line),
        ],
        rules: [
            FormRule.needs("remarks", when: "condition", in: ["changed", "damaged"]),
            FormRule("to", "rule.hand-over") { form in
                form["to"] == nil || form["to"] != form["from"]
            },
        ]
    )

    /// A request to trace a firearm.
    static let firearmTrace = FormSchema(
        [
            .required("info", FormParts.info),
            .required(
                "type",
                .choice([
                    "pistol", "revolver", "rifle", "shotgun", "submachine-gun", "machine-gun",
                    "other",
                ])
            ),
            .required("make", .line),
            .required("model", .line),
            .required("calibre", .line),
            .optional("serialNumber", .line),
            .optional("serialObliterated", .boolean),
            .optional("countryOfManufacture", .identifier(.country)),
            .optional("importMarks", .line),
            .optional("ballistics", .line),
            .required("recovered", .identifier(.date)),
            .required("place", FormParts.place),
            .optional("circumstances", .paragraphs),
            .optional("caseNumber", .line),
        ],
        rules: [
            FormRule("serialNumber", "rule.serial-number") { form in
                form["serialNumber"] != nil || form["serialObliterated"]?.booleanValue == true
            }
        ]
    )

    private static let transaction = FormType.object(
        FormSchema([
            .required("date", .identifier(.date)),
            .required("amount", .amount),
            .required("currency", .identifier(.currency)),
            .required("from", .line),
            .required("to", .line),
            .optional("method", .line),
        ])
    )

    private static let account = FormType.object(
        FormSchema([
            .required("institution", .line),
            .required("country", .identifier(.country)),
            .required("number", .line),
            .optional("holder", .line),
        ])
    )

    /// Financial intelligence, spontaneous or on request; no onward use without consent.
    static let financialIntelligence = FormSchema([
        .required("info", FormParts.info),
        .required("basis", .choice(["spontaneous", "on-request"])),
        .required("subjects", FormParts.subjects),
        .required("suspicion", .paragraphs),
        .required("onwardUse", .choice(["consent-needed"])),
        .optional("accounts", .list(account, countMax: 64)),
        .optional("transactions", .list(transaction, countMax: 500)),
        .optional("caseNumber", .line),
    ])

    /// A joint operation within a closed group.
    static let jointOperation = FormSchema(
        [
            .required("info", FormParts.info),
            .required("name", .line),
            .required("owner", .identifier(.agency)),
            .required("stage", .choice(["planned", "active", "ended"])),
            .required("starts", .identifier(.date)),
            .required("ends", .identifier(.date)),
            .required("members", .list(.identifier(.agency), countMax: 128)),
            .required("objectives", FormParts.lines),
            .optional("actions", FormParts.lines),
            .optional("contact", .line),
            .optional("results", .paragraphs),
        ],
        rules: [
            FormRule.order("starts", "ends"),
            FormRule("members", "rule.owner") { form in
                guard let owner = form["owner"], let members = form["members"]?.arrayValue else {
                    return true
                }
                return members.contains(owner)
            },
        ]
    )
}
