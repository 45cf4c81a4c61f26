import Base

/// Parts that the forms of several kinds share.
enum FormParts {
    /// The text for people, once in each language, as the info blocks of CAP 1.2.
    static let info = FormType.list(
        .object(
            FormSchema([
                .required("language", .identifier(.language)),
                .required("headline", .text(characterCountMax: 160)),
                .required("description", .paragraphs),
                .optional("instruction", .paragraphs),
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
            ])
        ),
        countMax: 4
    )

    /// A chemical, in or outside the tables of the 1988 Convention.
    static let substance = FormType.object(
        FormSchema([
            .required("cas", .identifier(.cas)),
            .required("name", .line),
            .optional("hsCode", .identifier(.hsCode)),
        ])
    )

    /// An amount of something, with its unit.
    static let quantity = FormType.object(
        FormSchema([
            .required("value", .amount),
            .required("unit", .choice(["kg", "g", "L", "mL", "units"])),
        ])
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
                    FormRule("gross", "it must not be less than net") { goods in
                        guard let net = goods["net"]?.objectValue,
                            let gross = goods["gross"]?.objectValue, net["unit"] == gross["unit"],
                            let netValue = net["value"]?.numberValue,
                            let grossValue = gross["value"]?.numberValue
                        else { return true }
                        return grossValue >= netValue
                    },
                    FormRule("containerSize", "it needs containerCount") { goods in
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
                FormRule("locode", "it must be in the country of the place") { place in
                    guard let country = place["country"]?.stringValue,
                        let locode = place["locode"]?.stringValue
                    else { return true }
                    return locode.hasPrefix(country)
                },
                FormRule("longitude", "latitude and longitude come together") { place in
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

extension FormRule {
    /// Two dates or two times of the same object in their order.
    static func order(_ earlier: String, _ later: String) -> FormRule {
        FormRule(later, "it must not be before \(earlier)") { object in
            guard let first = object[earlier]?.stringValue.flatMap(FormRule.moment),
                let second = object[later]?.stringValue.flatMap(FormRule.moment)
            else { return true }
            return first <= second
        }
    }

    private static func moment(_ text: String) -> WallTime? {
        RFC3339.parse(text) ?? RFC3339.parse(text + "T00:00:00Z")
    }

    /// A field that must be there when another has one of some values.
    static func needs(_ field: String, when other: String, in values: [String]) -> FormRule {
        FormRule(field, "it is needed when \(other) is \(values.joined(separator: " or "))") {
            object in
            guard let value = object[other]?.stringValue, values.contains(value) else {
                return true
            }
            return object[field] != nil
        }
    }
}
