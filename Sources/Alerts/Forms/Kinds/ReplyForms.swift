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
