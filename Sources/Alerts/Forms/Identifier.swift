/// A code that a form takes from a published scheme, with the check that the scheme allows.
package enum Identifier: String, CaseIterable, Hashable, Sendable {
    /// An agency of the network.
    case agency
    /// The URN of an alert.
    case alert
    /// A CAS registry number, with its check digit.
    case cas
    /// The number of a freight container (ISO 6346), with its check digit.
    case container
    /// A country (ISO 3166-1 alpha-2).
    case country
    /// A currency by its three letters (ISO 4217).
    case currency
    /// A day of the calendar (RFC 3339 full-date).
    case date
    /// A SHA-256 in hexadecimal.
    case digest
    /// A flight by the three letters of its operator (ICAO) and its number.
    case flight
    /// A code of the Harmonized System: four, six or eight to ten digits.
    case hsCode
    /// A ship's IMO number, with its check digit.
    case imo
    /// A language that forms are written in.
    case language
    /// A port or place by its UN/LOCODE.
    case locode
    /// A station of the maritime mobile service.
    case mmsi
    /// A moment (RFC 3339 date-time).
    case time

    /// What is expected, as a clause for messages.
    package var expectation: String {
        switch self {
        case .agency: "an agency such as CO:PONAL"
        case .alert: "the URN of an alert such as urn:uuid:0190c42f-…"
        case .cas: "a CAS number with its check digit, such as 108-24-7"
        case .container: "a container number with its check digit (ISO 6346), such as CSQU3054383"
        case .country: "a country by its two letters (ISO 3166-1), such as CO"
        case .currency: "a currency by its three letters (ISO 4217), such as USD"
        case .date: "a date such as 2026-11-23"
        case .digest: "a SHA-256 as 64 hexadecimal digits in lower case"
        case .flight: "a flight by its operator's ICAO letters and number, such as AVA8521"
        case .hsCode: "a code of the Harmonized System, such as 2915.24"
        case .imo: "an IMO number with its check digit, such as 9074729"
        case .language: "a language: es, en, pt or fr"
        case .locode: "a UN/LOCODE such as COBUN"
        case .mmsi: "an MMSI of nine digits"
        case .time: "a time such as 2026-11-23T18:38:00Z"
        }
    }
}
