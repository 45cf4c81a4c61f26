import Alerts

extension Breach {
    /// What may break a rule that relates the fields of one object; nothing for a rule that is
    /// not known here, which fails the test.
    static func changes(of rule: FormRule, in schema: FormSchema) -> [(inout JSONObject) -> Void] {
        let words = rule.rule.arguments
        switch rule.rule.key {
        case "rule.order":
            let isDate = example(rule.field, schema).stringValue?.count == 10
            let suffix = isDate ? "" : "T00:00:00Z"
            return [
                { object in
                    object.set(words[0], .string("2030-01-02" + suffix))
                    object.set(rule.field, .string("2030-01-01" + suffix))
                }
            ]
        case "rule.needs":
            return words[1].split(separator: ", ").map { word in
                { object in
                    object.remove(rule.field)
                    object.set(words[0], .string(String(word)))
                }
            }
        case "rule.only-when":
            let allowed = words[1].split(separator: ", ").map(String.init)
            return choices(words[0], schema).filter { !allowed.contains($0) }.map { word in
                { object in
                    object.set(words[0], .string(word))
                    object.set(rule.field, example(rule.field, schema))
                }
            }
        case "rule.one-of":
            return choices(rule.field, schema).map { mode in
                { object in
                    for field in words[0].split(separator: ", ") { object.remove(String(field)) }
                    object.set(rule.field, .string(mode))
                }
            }
        case "rule.only-mode":
            return choices("mode", schema).filter { $0 != words[0] }.map { mode in
                { object in
                    object.set("mode", .string(mode))
                    object.set(rule.field, example(rule.field, schema))
                }
            }
        default:
            return special[rule.rule.key].map { [$0] } ?? []
        }
    }

    private static func choices(_ field: String, _ schema: FormSchema) -> [String] {
        guard case .choice(let words)? = schema.fields.first(where: { $0.name == field })?.type
        else { return [] }
        return words
    }

    private static func example(_ field: String, _ schema: FormSchema) -> JSONValue {
        schema.fields.first { $0.name == field }.map { Examples.value(of: $0.type) } ?? .null
    }

    private static let special: [String: @Sendable (inout JSONObject) -> Void] = [
        "rule.gross": { goods in
            goods.set("net", ["value": .number(2), "unit": "kg"])
            goods.set("gross", ["value": .number(1), "unit": "kg"])
        },
        "rule.container-size": { goods in
            goods.remove("containerCount")
            goods.set("containerSize", ["value": .number(2), "unit": "kg"])
        },
        "rule.locode": { place in
            place.set("country", "CO")
            place.set("locode", "PECLL")
        },
        "rule.coordinates": { place in
            place.remove("longitude")
            place.set("latitude", .number(3))
        },
        "rule.substance-name": { substance in
            substance.set("cas", "108-24-7")
            substance.set("name", "Acetone")
        },
        "rule.hs-code": { substance in
            substance.set("cas", "108-24-7")
            substance.set("hsCode", "2915.31")
        },
        "rule.whole-units": { quantity in
            quantity.set("value", .number(2.5))
            quantity.set("unit", "units")
        },
        "rule.entry-point": { form in
            form.set("entryPoint", ["country": "CL"])
        },
        "rule.export": { form in
            form.set("importer", form["exporter"] ?? .null)
        },
        "rule.profile": { form in
            form.remove("prices", "purity", "impurities")
        },
        "rule.mean": { purity in
            purity.set("meanPercent", .number(12))
            purity.set("minPercent", .number(41))
        },
        "rule.interdiction-expires": { form in
            form.set("expires", "2030-01-01T00:00:00Z")
        },
        "rule.serial-number": { form in
            form.remove("serialNumber", "serialObliterated")
        },
        "rule.owner": { form in
            form.set("owner", "CO:PONAL")
            form.set("members", ["MX:FGR"])
        },
        "rule.hand-over": { form in
            form.set("to", form["from"] ?? .null)
        },
        "rule.languages": { form in
            let text: JSONValue = ["language": "en", "headline": "x", "description": "x"]
            form.set("info", [text, text])
        },
    ]
}
