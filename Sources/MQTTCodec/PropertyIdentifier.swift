/// The identifiers of properties (MQTT 5.0 2.2.2.2, table 2-4).
package enum PropertyIdentifier: UInt8, CaseIterable, Hashable, Sendable {
    /// The property "payload format indicator".
    case payloadFormatIndicator = 0x01
    /// The property "message expiry interval".
    case messageExpiryInterval = 0x02
    /// The property "content type".
    case contentType = 0x03
    /// The property "response topic".
    case responseTopic = 0x08
    /// The property "correlation data".
    case correlationData = 0x09
    /// The property "subscription identifier".
    case subscriptionIdentifier = 0x0B
    /// The property "session expiry interval".
    case sessionExpiryInterval = 0x11
    /// The property "assigned client identifier".
    case assignedClientIdentifier = 0x12
    /// The property "server keep alive".
    case serverKeepAlive = 0x13
    /// The property "authentication method".
    case authenticationMethod = 0x15
    /// The property "authentication data".
    case authenticationData = 0x16
    /// The property "request problem information".
    case requestProblemInformation = 0x17
    /// The property "will delay interval".
    case willDelayInterval = 0x18
    /// The property "request response information".
    case requestResponseInformation = 0x19
    /// The property "response information".
    case responseInformation = 0x1A
    /// The property "server reference".
    case serverReference = 0x1C
    /// The property "reason string".
    case reasonString = 0x1F
    /// The property "receive maximum".
    case receiveMaximum = 0x21
    /// The property "topic alias maximum".
    case topicAliasMaximum = 0x22
    /// The property "topic alias".
    case topicAlias = 0x23
    /// The property "maximum qo s".
    case maximumQoS = 0x24
    /// The property "retain available".
    case retainAvailable = 0x25
    /// The property "user property".
    case userProperty = 0x26
    /// The property "maximum packet size".
    case maximumPacketSize = 0x27
    /// The property "wildcard subscription available".
    case wildcardSubscriptionAvailable = 0x28
    /// The property "subscription identifier available".
    case subscriptionIdentifierAvailable = 0x29
    /// The property "shared subscription available".
    case sharedSubscriptionAvailable = 0x2A

    /// How a property's value is encoded.
    enum Form {
        case byte, two, four, variable, text, binary, pair
    }

    var form: Form {
        switch self {
        case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation,
            .maximumQoS, .retainAvailable, .wildcardSubscriptionAvailable,
            .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
            .byte
        case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval,
            .maximumPacketSize:
            .four
        case .contentType, .responseTopic, .assignedClientIdentifier, .authenticationMethod,
            .responseInformation, .serverReference, .reasonString:
            .text
        case .correlationData, .authenticationData: .binary
        case .subscriptionIdentifier: .variable
        case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: .two
        case .userProperty: .pair
        }
    }
}

/// Where properties stand, which decides which of them may stand there.
package enum PropertyPlace: Hashable, Sendable {
    /// In CONNECT.
    case connect
    /// In the will of CONNECT.
    case will
    /// In CONNACK.
    case connAck
    /// In PUBLISH.
    case publish
    /// In PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.
    case acknowledgement
    /// In SUBSCRIBE.
    case subscribe
    /// In UNSUBSCRIBE.
    case unsubscribe
    /// In DISCONNECT.
    case disconnect
    /// In AUTH.
    case auth

    /// What a property that may not stand here is called.
    ///
    /// 2.2.2.2 calls it malformed, and the texts of single properties a protocol error: other
    /// brokers, and the suites made with them, make this difference.
    var codeOfDisallowed: ReasonCode {
        switch self {
        case .subscribe, .unsubscribe: .malformedPacket
        default: .protocolError
        }
    }

    func allows(_ identifier: PropertyIdentifier) -> Bool {
        switch self {
        case .connect: Self.connectSet.contains(identifier)
        case .will: Self.willSet.contains(identifier)
        case .connAck: Self.connAckSet.contains(identifier)
        case .publish: Self.publishSet.contains(identifier)
        case .acknowledgement: Self.acknowledgementSet.contains(identifier)
        case .subscribe: Self.subscribeSet.contains(identifier)
        case .unsubscribe: Self.unsubscribeSet.contains(identifier)
        case .disconnect: Self.disconnectSet.contains(identifier)
        case .auth: Self.authSet.contains(identifier)
        }
    }

    private static let connectSet: Set<PropertyIdentifier> = [
        .sessionExpiryInterval, .receiveMaximum, .maximumPacketSize, .topicAliasMaximum,
        .requestResponseInformation, .requestProblemInformation, .userProperty,
        .authenticationMethod, .authenticationData,
    ]
    private static let willSet: Set<PropertyIdentifier> = [
        .willDelayInterval, .payloadFormatIndicator, .messageExpiryInterval, .contentType,
        .responseTopic, .correlationData, .userProperty,
    ]
    private static let connAckSet: Set<PropertyIdentifier> = [
        .sessionExpiryInterval, .receiveMaximum, .maximumQoS, .retainAvailable,
        .maximumPacketSize, .assignedClientIdentifier, .topicAliasMaximum, .reasonString,
        .userProperty, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
        .sharedSubscriptionAvailable, .serverKeepAlive, .responseInformation, .serverReference,
        .authenticationMethod, .authenticationData,
    ]
    private static let publishSet: Set<PropertyIdentifier> = [
        .payloadFormatIndicator, .messageExpiryInterval, .topicAlias, .responseTopic,
        .correlationData, .userProperty, .subscriptionIdentifier, .contentType,
    ]
    private static let acknowledgementSet: Set<PropertyIdentifier> = [
        .reasonString, .userProperty,
    ]
    private static let subscribeSet: Set<PropertyIdentifier> = [
        .subscriptionIdentifier, .userProperty,
    ]
    private static let unsubscribeSet: Set<PropertyIdentifier> = [
        .userProperty
    ]
    private static let disconnectSet: Set<PropertyIdentifier> = [
        .sessionExpiryInterval, .reasonString, .userProperty, .serverReference,
    ]
    private static let authSet: Set<PropertyIdentifier> = [
        .authenticationMethod, .authenticationData, .reasonString, .userProperty,
    ]
}
