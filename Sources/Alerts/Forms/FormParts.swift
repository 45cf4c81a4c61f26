/// Parts that the forms of several kinds share.
enum FormParts {
    /// The text for people, once in each language, as the info blocks of CAP 1.2.
    static let info = FormType.list(
        .object(
            FormSchema(
                [
                    .required("language", .identifier(.language)),
                    .required("headline", .text(characterCountMax: 160)),
                    .required("description", .paragraphs),
                    .optional("instruction", .paragraphs),
                    .optional("urgency", .choice(Urgency.allCases.map(\.rawValue))),
                    .optional(
                        "severity",
                        .choice(["extreme", "severe", "moderate", "minor", "unknown"])
                    ),
                    .optional(
                        "certainty",
                        .choice(["observed", "likely", "possible", "unlikely", "unknown"])
                    ),
                    .optional("effective", .identifier(.time)),
                    .optional("onset", .identifier(.time)),
                    .optional("expires", .identifier(.time)),
                    .optional("contact", .line),
                ],
                rules: [.order("effective", "expires"), .order("onset", "expires")]
            )
        ),
        countMax: 4
    )

    /// A chemical, in or outside the tables of the 1988 Convention.
    static let substance = FormType.object(
        FormSchema(
            [
                .required("cas", .identifier(.cas)),
                .required("name", .line),
                .optional("hsCode", .identifier(.hsCode)),
            ],
            rules: [
                FormRule("name", "rule.substance-name") { substance, reference in
                    guard let name = substance["name"]?.stringValue,
                        let listed = substance["cas"]?.stringValue.flatMap({
                            reference.precursor($0)
                        })
                    else { return true }
                    return listed.isCalled(name)
                },
                FormRule("hsCode", "rule.hs-code") { substance, reference in
                    guard let code = substance["hsCode"]?.stringValue,
                        let listed = substance["cas"]?.stringValue.flatMap({
                            reference.precursor($0)
                        })
                    else { return true }
                    return listed.isClassified(under: code)
                },
            ]
        )
    )

    /// An amount of something, with its unit.
    static let quantity = FormType.object(
        FormSchema(
            [
                .required("value", .amount),
                .required("unit", .choice(["kg", "g", "L", "mL", "units"])),
            ],
            rules: [
                FormRule("value", "rule.whole-units") { quantity in
                    guard quantity["unit"]?.stringValue == "units",
                        let value = quantity["value"]?.numberValue
                    else { return true }
                    return value.rounded() == value
                }
            ]
        )
    )

    /// Goods of one substance.
    static let goods = FormType.list(
        .object(
            FormSchema(
                [
                    .required("substance", substance),
                    .required("net", quantity),
                    .optional("gross", quantity),
                    .optional("percentage", .number(Double.leastNonzeroMagnitude...100)),
                    .optional("containerCount", .integer(1...1_000_000)),
                    .optional("containerSize", quantity),
                    .optional("packaging", .line),
                    .optional("batch", .line),
                ],
                rules: [
                    FormRule("gross", "rule.gross") { goods in
                        guard let net = goods["net"]?.objectValue,
                            let gross = goods["gross"]?.objectValue, net["unit"] == gross["unit"],
                            let netValue = net["value"]?.numberValue,
                            let grossValue = gross["value"]?.numberValue
                        else { return true }
                        return grossValue >= netValue
                    },
                    FormRule("containerSize", "rule.container-size") { goods in
                        goods["containerSize"] == nil || goods["containerCount"] != nil
                    },
                ]
            )
        ),
        countMax: 64
    )

    /// A place, as exactly as it is known.
    static let place = FormType.object(
        FormSchema(
            [
                .required("country", .identifier(.country)),
                .optional("locode", .identifier(.locode)),
                .optional("name", .line),
                .optional("address", .text(characterCountMax: 500)),
                .optional("latitude", .number(-90...90)),
                .optional("longitude", .number(-180...180)),
            ],
            rules: [
                FormRule("locode", "rule.locode") { place in
                    guard let country = place["country"]?.stringValue,
                        let locode = place["locode"]?.stringValue
                    else { return true }
                    return locode.hasPrefix(country)
                },
                FormRule("longitude", "rule.coordinates") { place in
                    (place["latitude"] == nil) == (place["longitude"] == nil)
                },
            ]
        )
    )

    /// A list of places in the order of travel.
    static let places = FormType.list(place, countMax: 32)

    /// A person or company that takes part in trade.
    static let party = FormType.object(
        FormSchema([
            .required("name", .line),
            .required("address", .text(characterCountMax: 500)),
            .required("country", .identifier(.country)),
            .optional("registration", .line),
            .optional("contact", .line),
        ])
    )

    /// Parties with what each of them does.
    static let parties = FormType.list(
        .object(
            FormSchema([
                .required(
                    "role",
                    .choice([
                        "exporter", "importer", "consignee", "broker", "carrier", "owner", "seller",
                        "suspect", "other",
                    ])
                ),
                .required("party", party),
            ])
        ),
        countMax: 32
    )

    /// A span of days.
    static let period = FormType.object(
        FormSchema(
            [
                .required("from", .identifier(.date)), .required("until", .identifier(.date)),
            ],
            rules: [FormRule.order("from", "until")]
        )
    )

    /// A list of phrases.
    static let lines = FormType.list(.line, countMax: 64)

    /// A list of countries.
    static let countries = FormType.list(.identifier(.country), countMax: 64)
}
