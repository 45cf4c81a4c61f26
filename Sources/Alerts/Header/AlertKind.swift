/// What an alert is about; each kind has its own form and belongs to one channel.
package enum AlertKind: String, CaseIterable, Hashable, Sendable {
    /// Notice of an export of precursors before it leaves (1988 Convention, article 12(10)(a)).
    case preExportNotification = "pre-export-notification"
    /// What became of a notified export.
    case preExportOutcome = "pre-export-outcome"
    /// A seizure, a stopped or suspicious shipment, a diversion or an attempt at one, a theft.
    case diversionIncident = "diversion-incident"
    /// A medicine that left licit trade.
    case pharmaceuticalDiversion = "pharmaceutical-diversion"

    /// A new way of operating or concealing, or a new route.
    case newBehaviour = "new-behaviour"
    /// Early warning of a new psychoactive substance.
    case newSubstance = "new-substance"
    /// Report of a clandestine laboratory taken down.
    case laboratoryDismantled = "laboratory-dismantled"
    /// Prices, purities and chemical profiles.
    case pricePurityProfile = "price-purity-profile"
    /// An analysis of trends, as a document.
    case trendAnalysis = "trend-analysis"
    /// A practice that others can adopt, as a document.
    case bestPractice = "best-practice"

    /// Intelligence with its source and content evaluated.
    case intelligenceReport = "intelligence-report"
    /// A question to other agencies.
    case informationRequest = "information-request"
    /// A conveyance to be stopped, for minutes.
    case interdiction = "interdiction"
    /// Evidence that changes hands.
    case custodyTransfer = "custody-transfer"
    /// A request to trace a firearm.
    case firearmTrace = "firearm-trace"
    /// Financial intelligence, spontaneous or on request.
    case financialIntelligence = "financial-intelligence"
    /// A joint operation within a closed group.
    case jointOperation = "joint-operation"

    /// The channel that the kind belongs to.
    package var channel: Channel {
        switch self {
        case .preExportNotification, .preExportOutcome, .diversionIncident,
            .pharmaceuticalDiversion:
            .chemicalDiversion
        case .newBehaviour, .newSubstance, .laboratoryDismantled, .pricePurityProfile,
            .trendAnalysis, .bestPractice:
            .traffickingTrends
        case .intelligenceReport, .informationRequest, .interdiction, .custodyTransfer,
            .firearmTrace, .financialIntelligence, .jointOperation:
            .intelligence
        }
    }
}

extension AlertKind: CustomStringConvertible {
    /// The name on the wire.
    package var description: String { rawValue }
}
