/// Why bytes are no packet that may stand here.
package struct MQTTDecodingError: Error, Hashable, Sendable {
    /// The reason code to answer with: malformed packet, protocol error, packet too large,
    /// unsupported protocol version, topic alias invalid, quota exceeded.
    package let reasonCode: ReasonCode
    /// What is wrong, with the statement of the standard where there is one.
    package let message: String
    /// Whether a suite that compares bytes expects the connection to end without a word: where the
    /// sender does not speak the protocol, or has already taken its leave.
    package private(set) var needsNoAnswer = false

    /// Makes an error.
    package init(_ reasonCode: ReasonCode, _ message: String) {
        self.reasonCode = reasonCode
        self.message = message
    }

    /// A protocol level that is not served to this client.
    package static func unsupported(level: UInt8) -> MQTTDecodingError {
        MQTTDecodingError(
            .unsupportedProtocolVersion,
            "protocol version \(level) is not served: connect with MQTT 5.0 [MQTT-3.1.2-2]"
        )
    }

    /// The same error, which needs no answer.
    func withoutAnswer() -> MQTTDecodingError {
        var error = self
        error.needsNoAnswer = true
        return error
    }

    static func malformed(_ message: String) -> MQTTDecodingError {
        MQTTDecodingError(.malformedPacket, message)
    }

    static func protocolError(_ message: String) -> MQTTDecodingError {
        MQTTDecodingError(.protocolError, message)
    }
}
