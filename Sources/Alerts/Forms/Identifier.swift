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
    package var expectation: Phrase { Phrase("expected.\(rawValue)") }
}
