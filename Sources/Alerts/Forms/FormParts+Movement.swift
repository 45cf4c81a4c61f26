extension FormParts {
    /// The means of transport, with the identifiers of its mode.
    static let conveyance = FormType.object(
        FormSchema(
            [
                .required("mode", .choice(["air", "maritime", "land", "post"])),
                .optional("name", .line),
                .optional("flag", .identifier(.country)),
                .optional("carrier", .line),
                .optional("registration", .text(characterCountMax: 16)),
                .optional("flight", .identifier(.flight)),
                .optional("imo", .identifier(.imo)),
                .optional("mmsi", .identifier(.mmsi)),
                .optional("plate", .text(characterCountMax: 16)),
                .optional("containers", .list(.identifier(.container), countMax: 64)),
                .optional("waybill", .line),
            ],
            rules: [
                FormRule.identified("air", by: ["registration", "flight"]),
                FormRule.identified("maritime", by: ["imo", "mmsi", "name"]),
                FormRule.identified("land", by: ["plate", "containers"]),
                FormRule.identified("post", by: ["waybill", "carrier"]),
                FormRule.only("maritime", has: "imo"),
                FormRule.only("maritime", has: "mmsi"),
                FormRule.only("air", has: "flight"),
            ]
        )
    )

    /// Where a conveyance was at a moment.
    static let position = FormType.object(
        FormSchema([
            .required("latitude", .number(-90...90)),
            .required("longitude", .number(-180...180)),
            .required("at", .identifier(.time)),
            .optional("courseDegrees", .number(0...360)),
            .optional("speedKnots", .number(0...2000)),
            .optional("altitudeFeet", .number(-1500...60_000)),
        ])
    )

    /// A person, organisation or thing that intelligence is about.
    static let subjects = FormType.list(
        .object(
            FormSchema([
                .required(
                    "type",
                    .choice([
                        "person", "organisation", "conveyance", "location", "account", "device",
                        "other",
                    ])
                ),
                .required("name", .line),
                .optional("aliases", lines),
                .optional("country", .identifier(.country)),
                .optional("birthDate", .identifier(.date)),
                .optional(
                    "identifiers",
                    .list(
                        .object(
                            FormSchema([.required("type", .line), .required("value", .line)])
                        ),
                        countMax: 16
                    )
                ),
                .optional("role", .line),
            ])
        ),
        countMax: 64
    )
}

extension FormRule {
    fileprivate static func identified(_ mode: String, by fields: [String]) -> FormRule {
        FormRule(
            "mode",
            Phrase("rule.one-of", [fields.joined(separator: ", ")]),
            jsonSchema: [
                "if": ["properties": ["mode": ["const": .string(mode)]], "required": ["mode"]],
                "then": ["anyOf": .array(fields.map { ["required": [.string($0)]] })],
            ]
        ) { conveyance in
            conveyance["mode"]?.stringValue != mode || fields.contains { conveyance[$0] != nil }
        }
    }

    fileprivate static func only(_ mode: String, has field: String) -> FormRule {
        FormRule(
            field,
            Phrase("rule.only-mode", [mode]),
            jsonSchema: [
                "if": ["required": [.string(field), "mode"]],
                "then": ["properties": ["mode": ["const": .string(mode)]]],
            ]
        ) { conveyance in
            guard let actual = conveyance["mode"]?.stringValue else { return true }
            return actual == mode || conveyance[field] == nil
        }
    }
}
