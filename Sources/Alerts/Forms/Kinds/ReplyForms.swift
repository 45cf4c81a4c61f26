/// The forms of statements that answer or withdraw earlier ones, whatever their kind.
enum ReplyForms {
    /// The answer of an importing state to a pre-export notification.
    static let preExportAnswer = FormSchema(
        [
            .required(
                "decision",
                .choice(["acknowledged", "no-objection", "objection", "more-time"])
            ),
            .optional("reason", .paragraphs),
            .optional("until", .identifier(.time)),
            .optional("conditions", .paragraphs),
            .optional("permit", .line),
            .optional("officer", .line),
            .optional("info", FormParts.info),
        ],
        rules: [
            FormRule.needs("reason", when: "decision", in: ["objection"]),
            FormRule.needs("until", when: "decision", in: ["more-time"]),
            FormRule.only("until", when: "decision", in: ["more-time"]),
            FormRule.only("conditions", when: "decision", in: ["no-objection"]),
        ]
    )

    // What every answer has: interim until the final one, or a refusal with its ground.
    private static let answerFields: [FormField] = [
        .required("decision", .choice(["answer", "interim-answer", "refusal"])),
        .optional("content", .paragraphs),
        .optional("ground", .paragraphs),
        .optional(
            "groundClass",
            .choice([
                "not-held", "legal-bar", "ongoing-investigation", "safety", "disproportionate",
                "third-party", "other",
            ])
        ),
        .optional("until", .identifier(.time)),
    ]

    private static let answerRules = [
        FormRule.needs("content", when: "decision", in: ["answer", "interim-answer"]),
        FormRule.needs("ground", when: "decision", in: ["refusal"]),
        FormRule.only("ground", when: "decision", in: ["refusal"]),
        FormRule.only("groundClass", when: "decision", in: ["refusal"]),
        FormRule.only("until", when: "decision", in: ["interim-answer"]),
    ]

    /// The answer to any other request.
    static let answer = FormSchema(
        answerFields + [
            .optional(
                "answers",
                .list(
                    .object(
                        FormSchema([
                            .required("question", .integer(1...32)),
                            .required("answer", .paragraphs),
                        ])
                    ),
                    countMax: 32
                )
            ),
            .optional("subjects", FormParts.subjects),
            .optional("info", FormParts.info),
        ],
        rules: answerRules
    )

    /// The answer to a request to trace a firearm.
    static let traceAnswer = FormSchema(
        answerFields + [
            .optional("trace", .choice(["to-retail-buyer", "to-first-buyer", "none"])),
            .optional("manufactured", .identifier(.date)),
            .optional("exportedTo", .identifier(.country)),
            .optional("dealer", FormParts.party),
            .optional("buyer", FormParts.party),
            .optional("sold", .identifier(.date)),
            .optional("subjects", FormParts.subjects),
            .optional("info", FormParts.info),
        ],
        rules: answerRules + [
            FormRule.needs("trace", when: "decision", in: ["answer"]),
            FormRule.needs("buyer", when: "trace", in: ["to-retail-buyer", "to-first-buyer"]),
            FormRule.order("manufactured", "sold"),
        ]
    )

    /// The question to an author whether what it wrote may be passed on, to whom and for what.
    static let consentRequest = FormSchema([
        .required("purpose", .paragraphs),
        .required("agencies", .list(.identifier(.agency), countMax: 128)),
        .optional("until", .identifier(.time)),
    ])

    /// The consent of an author.
    static let consentGrant = FormSchema([
        .required("agencies", .list(.identifier(.agency), countMax: 128)),
        .optional("conditions", .paragraphs),
        .optional("until", .identifier(.time)),
    ])

    /// The refusal of that consent.
    static let consentRefusal = FormSchema([
        .required("ground", .paragraphs)
    ])

    /// The withdrawal of an earlier statement.
    static let cancel = FormSchema([
        .required("reason", .paragraphs),
        .optional("info", FormParts.info),
    ])

    /// The acknowledgement that an agency has taken note.
    static let acknowledgement = FormSchema([
        .optional("note", .paragraphs),
        .optional("officer", .line),
    ])
}
