extension AlertForm {
    /// What the lists of reference say about a form that keeps every rule: for a pre-export
    /// notification, where the duty to notify comes from.
    ///
    /// - Parameters:
    ///   - form: the form.
    ///   - kind: its kind.
    ///   - reference: the lists.
    /// - Returns: sentences for people; none of them makes the form wrong.
    package static func notes(
        on form: JSONValue,
        kind: AlertKind,
        reference: ReferenceData = .embedded
    ) -> [Phrase] {
        guard kind == .preExportNotification, let form = form.objectValue,
            let country = form["importer"]?.objectValue?["country"]?.stringValue,
            let day = form["dispatch"]?.stringValue
        else { return [] }
        return (form["goods"]?.arrayValue ?? []).compactMap { goods in
            guard let substance = goods.objectValue?["substance"]?.objectValue,
                let cas = substance["cas"]?.stringValue,
                let name = substance["name"]?.stringValue
            else { return nil }
            let duty = reference.preExportDuty(for: cas, into: country, on: day)
            guard let duty else {
                return Phrase("note.no-duty", [name, country, reference.dutiesVersion])
            }
            return Phrase("note.duty", [name, country, duty.since, reference.dutiesVersion])
        }
    }
}
