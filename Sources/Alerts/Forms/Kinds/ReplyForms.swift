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
            .optional("info", FormParts.info),
        ],
        rules: [
            FormRule.needs("reason", when: "decision", in: ["objection"]),
            FormRule.needs("until", when: "decision", in: ["more-time"]),
        ]
    )

    /// The answer to any other request.
    static let answer = FormSchema(
        [
            .required("decision", .choice(["answer", "interim-answer", "refusal"])),
            .optional("content", .paragraphs),
            .optional("ground", .paragraphs),
            .optional("until", .identifier(.time)),
            .optional("subjects", FormParts.subjects),
            .optional("info", FormParts.info),
        ],
        rules: [
            FormRule.needs("content", when: "decision", in: ["answer", "interim-answer"]),
            FormRule.needs("ground", when: "decision", in: ["refusal"]),
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
