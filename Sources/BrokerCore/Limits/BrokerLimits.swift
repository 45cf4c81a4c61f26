import Alerts

/// What the broker allows at most, for each queue, message and span of time that a peer drives.
///
/// Every limit has a default here and a key of the same name in the configuration.
package struct BrokerLimits: Hashable, Sendable {
    /// Bytes of a signed statement.
    package var statementByteCountMax = 16 << 10
    /// Bytes of an alert's encrypted content.
    package var contentByteCountMax = 1 << 20
    /// Bytes of an MQTT packet, both ways.
    package var packetByteCountMax = 1 << 20 | 64 << 10
    /// Publishes that a client may have unanswered (MQTT 5.0 3.2.2.3.3), and deliveries to it.
    package var receiveMaximum: UInt16 = 256
    /// Topic aliases that a client may set (MQTT 5.0 3.2.2.3.8).
    package var topicAliasMaximum: UInt16 = 32
    /// Seconds that a session outlives its connection.
    package var sessionExpirySecondsMax: UInt32 = 30 * 86_400
    /// Subscriptions of one session.
    package var subscriptionsPerSessionMax = 64
    /// Sessions that the clients of one station may keep.
    package var sessionsPerStationMax = 16
    /// Connections at one time.
    package var connectionsMax = 4096
    /// Connections of one agency at one time, over all its stations.
    package var connectionsPerAgencyMax = 1024
    /// Connections that one agency begins each second, over all its stations.
    package var connectsPerSecond = 200
    /// Messages that one agency publishes each second, over all its connections, and filters that
    /// it subscribes to.
    package var publishesPerSecond = 20_000
    /// Bytes of their payloads.
    package var publishedBytesPerSecond = 128 << 20
    /// How many seconds' worth of these rates may come at once after a quiet time.
    package var burstSeconds = 10
    /// Seconds for the TLS handshake.
    package var handshakeSeconds = 10
    /// Seconds from the handshake to CONNECT.
    package var connectSeconds = 10
    /// Seconds of silence that a client may ask for as its keep alive.
    package var keepAliveSecondsMax: UInt16 = 600
    /// Bytes that wait for one connection before its deliveries pause; at twice as many, which only
    /// answers make, it is not read from.
    package var outboundByteCountMax = 4 << 20
    /// Retained messages on all opaque channels together, and the bytes of their payloads.
    package var retainedCountMax = 10_000
    package var retainedByteCountMax = 64 << 20
    /// Messages that wait for one session beside the log: retained ones for a new subscription,
    /// and its turns of shared subscriptions.
    package var heldCountMax = 10_000
    /// Names of groups, those that were dissolved included: in all, and of one owner.
    package var groupsMax = 4096
    package var groupsPerAgencyMax = 256
    /// Bytes of a client identifier, and of a topic filter.
    package var clientIdentifierByteCountMax = 256
    package var filterByteCountMax = 4096
    /// Bytes of an encrypted attachment.
    package var attachmentByteCountMax = Int(AttachmentReference.byteCountMax)
    /// Uploads of one agency that no alert cites yet, and the bytes that they were declared with.
    package var uploadsPerAgencyMax = 64
    package var uploadedBytesPerAgencyMax = 1 << 30
    /// Seconds after which an upload that no alert cites is removed.
    package var uploadSecondsMax = 86_400
    /// Bytes of the log's disk that uploads leave free.
    package var uploadFreeByteCountMin = 256 << 20
    /// Seconds that an author's clock may run ahead.
    package var clockToleranceSeconds = 300
    /// Seconds after its issue until an alert is too old to be published.
    package var issuedAgeMaxSeconds = 86_400
    /// Answers and acknowledgements that one agency may wait for at one time, before they are due.
    package var openDeadlinesPerAgencyMax = 10_000
    /// How long before a deadline its recipients are reminded: the part of the time from acceptance
    /// on, in percent, and the most seconds; 0 percent for no reminder.
    package var reminderPercent = 25
    package var reminderSecondsMax = 86_400
    /// Refusals that the log records for one peer each second; more are only counted.
    package var refusalsPerSecond = 10

    /// Makes the default limits.
    package init() {}
}

extension BrokerLimits {
    /// A limit out of its range, or at odds with another.
    package struct Violation: Hashable, Sendable {
        /// The name of the limit.
        package let key: String
        /// What the rule asks.
        package let rule: String
    }

    /// The most publishes or deliveries under way: each costs memory, and a look at each new one.
    package static let receiveMaximumMax = 2048

    /// Bytes of a packet beside its statement and content: topic, properties and framing.
    package static let packetOverheadByteCount = 1024

    /// The rules that the limits break; none for the defaults.
    ///
    /// A log entry has at most 65,535 bytes, so that a statement must leave room for the counts.
    package var violations: [Violation] {
        var violations: [Violation] = []
        func range(_ key: String, _ value: some BinaryInteger, _ allowed: ClosedRange<Int>) {
            if !allowed.contains(Int(clamping: value)) {
                violations.append(
                    Violation(
                        key: key,
                        rule: "must be \(allowed.lowerBound) to \(allowed.upperBound)"
                    )
                )
            }
        }
        range("statementByteCountMax", statementByteCountMax, 1024...49_152)
        range("contentByteCountMax", contentByteCountMax, 1024...(64 << 20))
        range("packetByteCountMax", packetByteCountMax, 4096...268_435_460)
        range("receiveMaximum", receiveMaximum, 1...Self.receiveMaximumMax)
        range("subscriptionsPerSessionMax", subscriptionsPerSessionMax, 1...4096)
        range("sessionsPerStationMax", sessionsPerStationMax, 1...4096)
        range("retainedCountMax", retainedCountMax, 0...1_000_000)
        range("retainedByteCountMax", retainedByteCountMax, 0...(1 << 30))
        range("heldCountMax", heldCountMax, 1...1_000_000)
        range("groupsMax", groupsMax, 0...65_536)
        range("groupsPerAgencyMax", groupsPerAgencyMax, 0...65_536)
        range("clientIdentifierByteCountMax", clientIdentifierByteCountMax, 23...65_535)
        range("filterByteCountMax", filterByteCountMax, 64...16_384)
        let attachmentMax = Int(AttachmentReference.byteCountMax)
        range("attachmentByteCountMax", attachmentByteCountMax, 1024...attachmentMax)
        range("uploadsPerAgencyMax", uploadsPerAgencyMax, 1...100_000)
        range("uploadedBytesPerAgencyMax", uploadedBytesPerAgencyMax, 1024...(1 << 50))
        range("uploadSecondsMax", uploadSecondsMax, 1...(366 * 86_400))
        range("uploadFreeByteCountMin", uploadFreeByteCountMin, 0...(1 << 50))
        range("connectionsMax", connectionsMax, 1...1_000_000)
        range("connectionsPerAgencyMax", connectionsPerAgencyMax, 1...1_000_000)
        range("connectsPerSecond", connectsPerSecond, 1...1_000_000)
        range("publishesPerSecond", publishesPerSecond, 1...100_000_000)
        range("publishedBytesPerSecond", publishedBytesPerSecond, 1...(1 << 40))
        range("burstSeconds", burstSeconds, 1...3600)
        range("handshakeSeconds", handshakeSeconds, 1...300)
        range("connectSeconds", connectSeconds, 1...300)
        range("keepAliveSecondsMax", keepAliveSecondsMax, 5...65_535)
        range("outboundByteCountMax", outboundByteCountMax, 4096...(1 << 30))
        range("clockToleranceSeconds", clockToleranceSeconds, 0...3600)
        range("issuedAgeMaxSeconds", issuedAgeMaxSeconds, 1...(366 * 86_400))
        range("openDeadlinesPerAgencyMax", openDeadlinesPerAgencyMax, 0...1_000_000)
        range("reminderPercent", reminderPercent, 0...100)
        range("reminderSecondsMax", reminderSecondsMax, 1...(366 * 86_400))
        range("refusalsPerSecond", refusalsPerSecond, 1...10_000)
        // The relations make sense only between values that are themselves in range.
        return violations.isEmpty ? relationViolations : violations
    }

    private var relationViolations: [Violation] {
        var violations: [Violation] = []
        let alertByteCountMax =
            statementByteCountMax + contentByteCountMax + BrokerLimits.packetOverheadByteCount
        if packetByteCountMax < alertByteCountMax {
            violations.append(
                Violation(
                    key: "packetByteCountMax",
                    rule: "must be at least statementByteCountMax + contentByteCountMax + "
                        + "\(BrokerLimits.packetOverheadByteCount) (\(alertByteCountMax))"
                )
            )
        }
        if outboundByteCountMax < packetByteCountMax {
            violations.append(
                Violation(
                    key: "outboundByteCountMax",
                    rule: "must be at least packetByteCountMax (\(packetByteCountMax))"
                )
            )
        }
        if uploadedBytesPerAgencyMax < attachmentByteCountMax {
            violations.append(
                Violation(
                    key: "uploadedBytesPerAgencyMax",
                    rule: "must be at least attachmentByteCountMax (\(attachmentByteCountMax))"
                )
            )
        }
        if issuedAgeMaxSeconds < clockToleranceSeconds {
            violations.append(
                Violation(
                    key: "issuedAgeMaxSeconds",
                    rule: "must be at least clockToleranceSeconds (\(clockToleranceSeconds))"
                )
            )
        }
        return violations
    }
}
