/// What a member of the network is there for.
package enum Role: String, CaseIterable, Hashable, Sendable {
    /// Authors and receives alerts.
    case agency
    /// Reads the log and checks it, for the member states.
    case auditor
    /// Runs the broker.
    case operatorStation = "operator"
}

/// Who a connection is, by the URI in its certificate, such as
/// `urn:aviso:agency:CO:PONAL:station-1`.
package struct StationIdentity: Hashable, Sendable {
    /// The most characters that a station's name may have.
    package static let stationCharacterCountMax = 32

    private static let urnPrefix = "urn:aviso:"

    /// What the member is there for.
    package let role: Role
    /// The member that the station belongs to.
    package let agency: AgencyID
    /// The name of the station within its agency: letters, digits and hyphens.
    package let station: String

    /// Makes an identity of its parts.
    ///
    /// The result is nil if the station's name is none.
    ///
    /// - Parameters:
    ///   - role: what the member is there for.
    ///   - agency: the member.
    ///   - station: the name of the station.
    package init?(role: Role, agency: AgencyID, station: some StringProtocol) {
        guard StationIdentity.isStationName(station) else { return nil }
        self.role = role
        self.agency = agency
        self.station = String(station)
    }

    /// Reads the URI of a certificate's subject alternative name.
    ///
    /// - Returns: nil if the URI names no station of this network.
    package init?(urn: some StringProtocol) {
        guard urn.utf8.starts(with: StationIdentity.urnPrefix.utf8) else { return nil }
        let parts = urn.dropFirst(StationIdentity.urnPrefix.utf8.count)
            .split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4, let role = Role(rawValue: String(parts[0])),
            let agency = AgencyID("\(parts[1]):\(parts[2])")
        else { return nil }
        self.init(role: role, agency: agency, station: parts[3])
    }

    /// The identity as a URN, as certificates and the log carry it.
    package var urn: String {
        "\(StationIdentity.urnPrefix)\(role.rawValue):\(agency):\(station)"
    }

    private static func isStationName(_ text: some StringProtocol) -> Bool {
        guard (1...stationCharacterCountMax).contains(text.utf8.count) else { return false }
        var isFirst = true
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
            case UInt8(ascii: "-") where !isFirst: break
            default: return false
            }
            isFirst = false
        }
        return true
    }
}

extension StationIdentity {
    /// Who comes over a listener without TLS, which only test suites have: nobody in particular.
    package static let loopback = StationIdentity(
        role: .operatorStation,
        agency: "OAS:LOOPBACK",
        station: "anonymous"
    )

    private init?(role: Role, agency: String, station: String) {
        guard let agency = AgencyID(agency) else { return nil }
        self.init(role: role, agency: agency, station: station)
    }
}

extension StationIdentity: CustomStringConvertible {
    /// The URN.
    package var description: String { urn }
}
