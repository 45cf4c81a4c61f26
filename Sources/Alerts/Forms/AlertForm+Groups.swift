import Base

/// The rules between the form of a joint operation and whom it goes to.
extension AlertForm {
    /// What is said of an operation stays among those who take part in it.
    static func operationProblems(_ form: JSONValue, _ header: AlertHeader) -> [FormProblem] {
        guard isOfOperation(header), let members = form.objectValue?["members"]?.arrayValue else {
            return []
        }
        let names = Set(members.compactMap(\.stringValue))
        guard let outsider = header.to.first(where: { !names.contains($0.description) }) else {
            return []
        }
        return [
            FormProblem(
                field: "members",
                value: "[…] (\(members.count))",
                rule: Phrase("rule.operation-recipient", [outsider.description])
            )
        ]
    }

    /// Checks that the form of a joint operation says of its group what the group's owner has
    /// signed: owner, members, and an end that comes no later.
    ///
    /// - Parameters:
    ///   - bytes: the form as JSON.
    ///   - header: the header that the form goes with.
    ///   - group: the statement in force about a group that the header names.
    /// - Returns: what is wrong; nothing for other kinds, and for a form that is no JSON, which
    ///   other rules find.
    package static func groupProblems(
        in bytes: ArraySlice<UInt8>,
        header: AlertHeader,
        group: GroupStatement.Draft
    ) -> [FormProblem] {
        guard isOfOperation(header), let definition = group.definition,
            let form = (try? JSONValue(parsing: bytes))?.objectValue
        else { return [] }
        var problems: [FormProblem] = []
        func add(_ field: String, _ key: String, _ arguments: [String]) {
            let value = form[field]?.arrayValue.map { "[…] (\($0.count))" } ?? form[field]?.text
            problems.append(FormProblem(field: field, value: value, rule: Phrase(key, arguments)))
        }
        if form["owner"]?.stringValue != group.issuer.description {
            add("owner", "rule.group-owner", [group.issuer.description, group.group])
        }
        let members = definition.members.map(\.description)
        if Set(form["members"]?.arrayValue?.compactMap(\.stringValue) ?? []) != Set(members) {
            add("members", "rule.group-members", [group.group, members.joined(separator: ", ")])
        }
        guard let until = definition.until else {
            add("ends", "rule.group-endless", [group.group])
            return problems
        }
        // The group may end in the course of the operation's last day.
        if let ends = form["ends"]?.stringValue, let day = RFC3339.parse(ends + "T00:00:00Z"),
            day > until
        {
            add("ends", "rule.group-end", [RFC3339.format(until), group.group])
        }
        return problems
    }

    // Replies have forms of their own.
    private static func isOfOperation(_ header: AlertHeader) -> Bool {
        header.kind == .jointOperation && [.alert, .update, .request].contains(header.message)
    }
}
