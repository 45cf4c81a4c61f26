import BrokerCore
import Configuration
import HTTPEngine

/// What the key `https` must hold.
extension BrokerConfiguration {
    func checkHTTPS(_ https: Listen, file: String) throws(ConfigurationError) {
        func fail(_ key: String, _ problem: String) -> ConfigurationError {
            ConfigurationError(file: file, key: "https.\(key)", problem: problem)
        }
        guard !https.host.isEmpty else { throw fail("host", "must not be empty") }
        for other in [listen, plainListen].compactMap({ $0 }) {
            guard https.port == 0 || https.port != other.port else {
                throw fail("port", "must not be the port of another listener (\(other.port))")
            }
            guard https.portFile == nil || https.portFile != other.portFile else {
                throw fail("portFile", "must not be the port file of another listener")
            }
        }
        for (key, value, range) in httpsRanges where !range.contains(value) {
            throw fail("limits.\(key)", "must be \(range.lowerBound) to \(range.upperBound)")
        }
        let alertByteCountMax =
            limits.statementByteCountMax + limits.contentByteCountMax
            + BrokerLimits.packetOverheadByteCount
        guard httpsLimits.bodyByteCountMax >= alertByteCountMax else {
            throw fail(
                "limits.bodyByteCountMax",
                "must be at least statementByteCountMax + contentByteCountMax + "
                    + "\(BrokerLimits.packetOverheadByteCount) (\(alertByteCountMax))"
            )
        }
        guard httpsLimits.connectionsPerClientMax <= httpsLimits.connectionsMax else {
            throw fail(
                "limits.connectionsPerClientMax",
                "must be at most connectionsMax (\(httpsLimits.connectionsMax))"
            )
        }
    }

    private var httpsRanges: [(key: String, value: Int, range: ClosedRange<Int>)] {
        [
            ("headerByteCountMax", httpsLimits.headerByteCountMax, 1024...65_536),
            ("bodyByteCountMax", httpsLimits.bodyByteCountMax, 1024...268_435_460),
            ("connectionsMax", httpsLimits.connectionsMax, 1...4096),
            ("connectionsPerClientMax", httpsLimits.connectionsPerClientMax, 1...4096),
            ("idleSeconds", httpsLimits.idleSeconds, 1...3600),
            ("requestSeconds", httpsLimits.requestSeconds, 1...3600),
            ("outboundByteCountMax", httpsLimits.outboundByteCountMax, 65_536...(1 << 30)),
            ("submissionsMax", httpsSubmissionsMax, 1...4096),
        ]
    }
}

/// The limits of HTTPS as the configuration file writes them: each that is there replaces its
/// default.
struct HTTPSLimitsDocument: Decodable {
    private var written = HTTPLimits()
    private var bodyByteCountMax: Int?
    private(set) var submissionsMax = 32

    enum CodingKeys: String, CodingKey, CaseIterable {
        case headerByteCountMax, bodyByteCountMax, connectionsMax, connectionsPerClientMax
        case idleSeconds, requestSeconds, outboundByteCountMax, submissionsMax
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func read(_ key: CodingKeys, _ limit: inout Int) throws {
            if let value = try container.decodeIntegerIfPresent(key, as: Int.self) { limit = value }
        }
        bodyByteCountMax = try container.decodeIntegerIfPresent(.bodyByteCountMax, as: Int.self)
        try read(.headerByteCountMax, &written.headerByteCountMax)
        try read(.connectionsMax, &written.connectionsMax)
        try read(.connectionsPerClientMax, &written.connectionsPerClientMax)
        try read(.idleSeconds, &written.idleSeconds)
        try read(.requestSeconds, &written.requestSeconds)
        try read(.outboundByteCountMax, &written.outboundByteCountMax)
        try read(.submissionsMax, &submissionsMax)
    }

    /// The limits; a body may be what a packet may be, unless the file says otherwise.
    func limits(for broker: BrokerLimits) -> HTTPLimits {
        var limits = written
        limits.bodyByteCountMax = bodyByteCountMax ?? broker.packetByteCountMax
        return limits
    }
}
