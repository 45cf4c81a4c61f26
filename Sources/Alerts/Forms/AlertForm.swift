/// The form that an alert carries, checked by its author before sealing and by each reader after
/// opening; the broker never sees it.
package enum AlertForm {
    /// The most bytes that a form may have as JSON.
    package static let byteCountMax = 512 << 10

    /// Why a form cannot be used.
    package enum Failure: Error, Hashable, Sendable {
        /// The form is too long.
        case tooLong(byteCount: Int)
        /// The form is no JSON.
        case notJSON(JSONError)
        /// The form breaks rules.
        case invalid([FormProblem])

        /// Each thing that is wrong, as a sentence.
        package var messages: [String] {
            messages(in: .english)
        }

        /// Each thing that is wrong, as a sentence.
        ///
        /// - Parameter language: the reader's language.
        /// - Returns: the sentences.
        package func messages(in language: Language) -> [String] {
            switch self {
            case .tooLong(let byteCount):
                [
                    Phrase("form.too-long", ["\(byteCount)", "\(AlertForm.byteCountMax)"])
                        .text(in: language)
                ]
            case .notJSON(let error):
                [error.wording.text(in: language)]
            case .invalid(let problems):
                problems.map { $0.message(in: language) }
            }
        }
    }

    /// Reads a form and checks it against the rules of its kind and the alert's header.
    ///
    /// - Parameters:
    ///   - bytes: the form as JSON.
    ///   - header: the header that the form goes with.
    ///   - reference: the lists that substances are held against.
    /// - Returns: the form.
    /// - Throws: ``Failure`` with everything that is wrong.
    package static func read(
        _ bytes: ArraySlice<UInt8>,
        header: AlertHeader,
        reference: ReferenceData = .embedded
    ) throws(Failure) -> JSONValue {
        guard bytes.count <= byteCountMax else { throw .tooLong(byteCount: bytes.count) }
        let form: JSONValue
        do throws(JSONError) {
            form = try JSONValue(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        let problems = problems(in: form, header: header, reference: reference)
        guard problems.isEmpty else { throw .invalid(problems) }
        return form
    }

    /// Checks a form against the rules of its kind and the alert's header.
    ///
    /// - Parameters:
    ///   - form: the form.
    ///   - header: the header that the form goes with.
    ///   - reference: the lists that substances are held against.
    /// - Returns: what is wrong; nothing if the form is right.
    package static func problems(
        in form: JSONValue,
        header: AlertHeader,
        reference: ReferenceData = .embedded
    ) -> [FormProblem] {
        schema(kind: header.kind, message: header.message)
            .problems(in: form, reference: reference)
            + headerProblems(form, header)
    }

    /// The schema of a form.
    ///
    /// - Parameters:
    ///   - kind: the kind of the alert.
    ///   - message: what the statement does.
    /// - Returns: the schema.
    package static func schema(kind: AlertKind, message: MessageType) -> FormSchema {
        switch message {
        case .alert, .update, .request: schema(of: kind)
        case .cancel: ReplyForms.cancel
        case .acknowledgement: ReplyForms.acknowledgement
        case .consentRequest: ReplyForms.consentRequest
        case .consentGrant: ReplyForms.consentGrant
        case .consentRefusal: ReplyForms.consentRefusal
        case .answer:
            switch kind {
            case .preExportNotification: ReplyForms.preExportAnswer
            case .firearmTrace: ReplyForms.traceAnswer
            default: ReplyForms.answer
            }
        }
    }

    /// The schema of what an author of a kind writes first.
    ///
    /// - Parameter kind: the kind.
    /// - Returns: the schema.
    package static func schema(of kind: AlertKind) -> FormSchema {
        let schema = table(kind)
        return FormSchema(schema.fields, rules: schema.rules + [FormRule.oneLanguageEach])
    }

    private static func table(_ kind: AlertKind) -> FormSchema {
        switch kind {
        case .preExportNotification: ChemicalForms.preExportNotification
        case .preExportOutcome: ChemicalForms.preExportOutcome
        case .diversionIncident: ChemicalForms.diversionIncident
        case .pharmaceuticalDiversion: ChemicalForms.pharmaceuticalDiversion
        case .newBehaviour: TrendForms.newBehaviour
        case .newSubstance: TrendForms.newSubstance
        case .laboratoryDismantled: TrendForms.laboratoryDismantled
        case .pricePurityProfile: TrendForms.pricePurityProfile
        case .trendAnalysis: TrendForms.trendAnalysis
        case .bestPractice: TrendForms.bestPractice
        case .intelligenceReport: IntelligenceForms.intelligenceReport
        case .informationRequest: IntelligenceForms.informationRequest
        case .interdiction: IntelligenceForms.interdiction
        case .custodyTransfer: IntelligenceForms.custodyTransfer
        case .firearmTrace: IntelligenceForms.firearmTrace
        case .financialIntelligence: IntelligenceForms.financialIntelligence
        case .jointOperation: IntelligenceForms.jointOperation
        }
    }
}
