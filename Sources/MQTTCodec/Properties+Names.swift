/// The properties by their names, as MQTT 5.0 table 2-4 lists them.
extension Properties {
    /// Payload format indicator (0x01).
    package var payloadFormatIndicator: UInt8? {
        get { byte(.payloadFormatIndicator) }
        set { setByte(.payloadFormatIndicator, newValue) }
    }

    /// Message expiry interval (0x02).
    package var messageExpiryInterval: UInt32? {
        get { four(.messageExpiryInterval) }
        set { setFour(.messageExpiryInterval, newValue) }
    }

    /// Content type (0x03).
    package var contentType: String? {
        get { text(.contentType) }
        set { setText(.contentType, newValue) }
    }

    /// Response topic (0x08).
    package var responseTopic: String? {
        get { text(.responseTopic) }
        set { setText(.responseTopic, newValue) }
    }

    /// Correlation data (0x09).
    package var correlationData: [UInt8]? {
        get { binary(.correlationData) }
        set { setBinary(.correlationData, newValue) }
    }

    /// Session expiry interval (0x11).
    package var sessionExpiryInterval: UInt32? {
        get { four(.sessionExpiryInterval) }
        set { setFour(.sessionExpiryInterval, newValue) }
    }

    /// Assigned client identifier (0x12).
    package var assignedClientIdentifier: String? {
        get { text(.assignedClientIdentifier) }
        set { setText(.assignedClientIdentifier, newValue) }
    }

    /// Server keep alive (0x13).
    package var serverKeepAlive: UInt16? {
        get { two(.serverKeepAlive) }
        set { setTwo(.serverKeepAlive, newValue) }
    }

    /// Authentication method (0x15).
    package var authenticationMethod: String? {
        get { text(.authenticationMethod) }
        set { setText(.authenticationMethod, newValue) }
    }

    /// Authentication data (0x16).
    package var authenticationData: [UInt8]? {
        get { binary(.authenticationData) }
        set { setBinary(.authenticationData, newValue) }
    }

    /// Request problem information (0x17).
    package var requestProblemInformation: Bool? {
        get { boolean(.requestProblemInformation) }
        set { setBoolean(.requestProblemInformation, newValue) }
    }

    /// Will delay interval (0x18).
    package var willDelayInterval: UInt32? {
        get { four(.willDelayInterval) }
        set { setFour(.willDelayInterval, newValue) }
    }

    /// Request response information (0x19).
    package var requestResponseInformation: Bool? {
        get { boolean(.requestResponseInformation) }
        set { setBoolean(.requestResponseInformation, newValue) }
    }

    /// Response information (0x1A).
    package var responseInformation: String? {
        get { text(.responseInformation) }
        set { setText(.responseInformation, newValue) }
    }

    /// Server reference (0x1C).
    package var serverReference: String? {
        get { text(.serverReference) }
        set { setText(.serverReference, newValue) }
    }

    /// Reason string (0x1F).
    package var reasonString: String? {
        get { text(.reasonString) }
        set { setText(.reasonString, newValue) }
    }

    /// Receive maximum (0x21).
    package var receiveMaximum: UInt16? {
        get { two(.receiveMaximum) }
        set { setTwo(.receiveMaximum, newValue) }
    }

    /// Topic alias maximum (0x22).
    package var topicAliasMaximum: UInt16? {
        get { two(.topicAliasMaximum) }
        set { setTwo(.topicAliasMaximum, newValue) }
    }

    /// Topic alias (0x23).
    package var topicAlias: UInt16? {
        get { two(.topicAlias) }
        set { setTwo(.topicAlias, newValue) }
    }

    /// Maximum qo s (0x24).
    package var maximumQoS: QoS? {
        get { qos(.maximumQoS) }
        set { setQos(.maximumQoS, newValue) }
    }

    /// Retain available (0x25).
    package var retainAvailable: Bool? {
        get { boolean(.retainAvailable) }
        set { setBoolean(.retainAvailable, newValue) }
    }

    /// Maximum packet size (0x27).
    package var maximumPacketSize: UInt32? {
        get { four(.maximumPacketSize) }
        set { setFour(.maximumPacketSize, newValue) }
    }

    /// Wildcard subscription available (0x28).
    package var wildcardSubscriptionAvailable: Bool? {
        get { boolean(.wildcardSubscriptionAvailable) }
        set { setBoolean(.wildcardSubscriptionAvailable, newValue) }
    }

    /// Subscription identifier available (0x29).
    package var subscriptionIdentifierAvailable: Bool? {
        get { boolean(.subscriptionIdentifierAvailable) }
        set { setBoolean(.subscriptionIdentifierAvailable, newValue) }
    }

    /// Shared subscription available (0x2A).
    package var sharedSubscriptionAvailable: Bool? {
        get { boolean(.sharedSubscriptionAvailable) }
        set { setBoolean(.sharedSubscriptionAvailable, newValue) }
    }
}
