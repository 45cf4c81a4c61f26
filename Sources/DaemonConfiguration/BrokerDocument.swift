import BrokerCore
import Configuration

/// The configuration file as it is written, with the defaults of the keys that it leaves out.
struct BrokerDocument: Decodable {
    let listen: Listen
    let tls: TLSFiles
    let log: Log
    let directory: String
    let threads: Int
    let limits: LimitsDocument
    let drainSeconds: Int

    enum CodingKeys: String, CodingKey, CaseIterable {
        case listen, tls, log, directory, threads, limits, drainSeconds
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        listen = try container.decode(Listen.self, forKey: .listen)
        tls = try container.decode(TLSFiles.self, forKey: .tls)
        log = try container.decode(Log.self, forKey: .log)
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

    struct Log: Decodable {
        let directory: String
        let origin: String
        let key: String
        let segmentByteCountMax: Int

        enum CodingKeys: String, CodingKey, CaseIterable {
            case directory, origin, key, segmentByteCountMax
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
        case issuedAgeMaxSeconds, refusalsPerSecond
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
        try read(.refusalsPerSecond, &limits.refusalsPerSecond)
    }
}
