import BrokerCore
import Configuration

/// The configuration file as it is written, with the defaults of the keys that it leaves out.
struct BrokerDocument: Decodable {
    let listen: Listen
    let plainListen: PlainListen?
    let https: HTTPS?
    let channels: [Channel]
    let tls: TLSFiles
    let log: Log
    let witnesses: WitnessesDocument?
    let directory: String
    let threads: Int
    let limits: LimitsDocument
    let drainSeconds: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
        case listen, plainListen, https, channels, tls, log, directory, threads, limits
        case drainSeconds, witnesses
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        listen = try container.decode(Listen.self, forKey: .listen)
        plainListen = try container.decodeIfPresent(PlainListen.self, forKey: .plainListen)
        https = try container.decodeIfPresent(HTTPS.self, forKey: .https)
        channels = try container.decodeIfPresent([Channel].self, forKey: .channels) ?? []
        tls = try container.decode(TLSFiles.self, forKey: .tls)
        log = try container.decode(Log.self, forKey: .log)
        witnesses = try container.decodeIfPresent(WitnessesDocument.self, forKey: .witnesses)
        directory = try container.decode(String.self, forKey: .directory)
        threads = try container.decodeIntegerIfPresent(.threads) ?? 0
        limits =
            try container.decodeIfPresent(LimitsDocument.self, forKey: .limits) ?? LimitsDocument()
        drainSeconds = try container.decodeIntegerIfPresent(.drainSeconds) ?? 20
    }

    struct Listen: Decodable {
        let host: String
        let port: UInt16
        let portFile: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case host, port, portFile
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            host = try container.decode(String.self, forKey: .host)
            port = try container.decodeIntegerIfPresent(.port) ?? 8883
            portFile = try container.decodeIfPresent(String.self, forKey: .portFile)
        }
    }

    /// Where test suites connect without TLS, and what they want to be told.
    struct PlainListen: Decodable {
        let host: String
        let port: UInt16
        let portFile: String?
        let diagnostics: Bool

        enum CodingKeys: String, CodingKey, CaseIterable {
            case host, port, portFile, diagnostics
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            host = try container.decode(String.self, forKey: .host)
            port = try container.decodeIntegerIfPresent(.port) ?? 1883
            portFile = try container.decodeIfPresent(String.self, forKey: .portFile)
            diagnostics = try container.decodeIfPresent(Bool.self, forKey: .diagnostics) ?? true
        }
    }

    /// Where the HTTPS server listens.
    struct HTTPS: Decodable {
        let host: String
        let port: UInt16
        let portFile: String?
        let limits: HTTPSLimitsDocument

        enum CodingKeys: String, CodingKey, CaseIterable {
            case host, port, portFile, limits
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            host = try container.decode(String.self, forKey: .host)
            port = try container.decodeIntegerIfPresent(.port) ?? 8443
            portFile = try container.decodeIfPresent(String.self, forKey: .portFile)
            limits =
                try container.decodeIfPresent(HTTPSLimitsDocument.self, forKey: .limits)
                ?? HTTPSLimitsDocument()
        }
    }

    /// A channel beside those of alerts.
    struct Channel: Decodable {
        let prefix: String
        let refusedFilters: [String]

        enum CodingKeys: String, CodingKey, CaseIterable {
            case envelope, prefix, refusedFilters
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            _ = try container.decode(.envelope, rule: "must be \"opaque\"") {
                $0 == "opaque" ? $0 : nil
            }
            prefix = try container.decode(
                .prefix,
                rule: "must be empty or end in /, without wildcard, and not be alerts/ or $..."
            ) { Self.isPrefix($0) ? $0 : nil }
            refusedFilters =
                try container.decodeIfPresent([String].self, forKey: .refusedFilters) ?? []
        }

        private static func isPrefix(_ text: String) -> Bool {
            guard !text.isEmpty else { return true }
            return text.hasSuffix("/") && !text.hasPrefix("alerts/") && !text.hasPrefix("$")
                && !text.contains { $0 == "#" || $0 == "+" || $0 == "\0" }
        }
    }

    struct Log: Decodable {
        let directory: String
        let origin: String
        let key: String
        let segmentByteCountMax: Int
        let snapshotEntryCount: Int

        enum CodingKeys: String, CodingKey, CaseIterable {
            case directory, origin, key, segmentByteCountMax, snapshotEntryCount
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            directory = try container.decode(String.self, forKey: .directory)
            origin = try container.decode(.origin, rule: LogOrigin.rule) {
                LogOrigin.isValid($0) ? $0 : nil
            }
            key = try container.decode(String.self, forKey: .key)
            segmentByteCountMax =
                try container.decodeIntegerIfPresent(.segmentByteCountMax) ?? 64 << 20
            snapshotEntryCount =
                try container.decodeIntegerIfPresent(.snapshotEntryCount) ?? 1 << 16
        }
    }
}

/// The limits as the configuration file writes them: each one that is there replaces its default.
struct LimitsDocument: Decodable {
    private(set) var limits = BrokerLimits()

    enum CodingKeys: String, CodingKey, CaseIterable {
        case statementByteCountMax, contentByteCountMax, packetByteCountMax, receiveMaximum
        case topicAliasMaximum, sessionExpirySecondsMax, subscriptionsPerSessionMax
        case sessionsPerStationMax, connectionsMax, handshakeSeconds, connectSeconds
        case keepAliveSecondsMax, outboundByteCountMax, clockToleranceSeconds
        case issuedAgeMaxSeconds, refusalsPerSecond, retainedCountMax, retainedByteCountMax
        case heldCountMax, groupsMax, groupsPerAgencyMax
        case clientIdentifierByteCountMax, filterByteCountMax
        case connectionsPerAgencyMax, connectsPerSecond, publishesPerSecond
        case publishedBytesPerSecond, burstSeconds
        case openDeadlinesPerAgencyMax, reminderPercent, reminderSecondsMax
        case attachmentByteCountMax, uploadsPerAgencyMax, uploadedBytesPerAgencyMax
        case uploadSecondsMax, uploadFreeByteCountMin
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func read<T: FixedWidthInteger>(_ key: CodingKeys, _ limit: inout T) throws {
            if let value = try container.decodeIntegerIfPresent(key, as: T.self) { limit = value }
        }
        try read(.statementByteCountMax, &limits.statementByteCountMax)
        try read(.contentByteCountMax, &limits.contentByteCountMax)
        try read(.packetByteCountMax, &limits.packetByteCountMax)
        try read(.receiveMaximum, &limits.receiveMaximum)
        try read(.topicAliasMaximum, &limits.topicAliasMaximum)
        try read(.sessionExpirySecondsMax, &limits.sessionExpirySecondsMax)
        try read(.subscriptionsPerSessionMax, &limits.subscriptionsPerSessionMax)
        try read(.sessionsPerStationMax, &limits.sessionsPerStationMax)
        try read(.connectionsMax, &limits.connectionsMax)
        try read(.handshakeSeconds, &limits.handshakeSeconds)
        try read(.connectSeconds, &limits.connectSeconds)
        try read(.keepAliveSecondsMax, &limits.keepAliveSecondsMax)
        try read(.outboundByteCountMax, &limits.outboundByteCountMax)
        try read(.clockToleranceSeconds, &limits.clockToleranceSeconds)
        try read(.issuedAgeMaxSeconds, &limits.issuedAgeMaxSeconds)
        try read(.retainedCountMax, &limits.retainedCountMax)
        try read(.retainedByteCountMax, &limits.retainedByteCountMax)
        try read(.heldCountMax, &limits.heldCountMax)
        try read(.groupsMax, &limits.groupsMax)
        try read(.groupsPerAgencyMax, &limits.groupsPerAgencyMax)
        try read(.clientIdentifierByteCountMax, &limits.clientIdentifierByteCountMax)
        try read(.filterByteCountMax, &limits.filterByteCountMax)
        try read(.openDeadlinesPerAgencyMax, &limits.openDeadlinesPerAgencyMax)
        try read(.reminderPercent, &limits.reminderPercent)
        try read(.reminderSecondsMax, &limits.reminderSecondsMax)
        try read(.refusalsPerSecond, &limits.refusalsPerSecond)
        try read(.connectionsPerAgencyMax, &limits.connectionsPerAgencyMax)
        try read(.connectsPerSecond, &limits.connectsPerSecond)
        try read(.publishesPerSecond, &limits.publishesPerSecond)
        try read(.publishedBytesPerSecond, &limits.publishedBytesPerSecond)
        try read(.burstSeconds, &limits.burstSeconds)
        try read(.attachmentByteCountMax, &limits.attachmentByteCountMax)
        try read(.uploadsPerAgencyMax, &limits.uploadsPerAgencyMax)
        try read(.uploadedBytesPerAgencyMax, &limits.uploadedBytesPerAgencyMax)
        try read(.uploadSecondsMax, &limits.uploadSecondsMax)
        try read(.uploadFreeByteCountMin, &limits.uploadFreeByteCountMin)
    }
}
