/// The versions of MQTT that can be told apart by the protocol level of CONNECT.
package enum ProtocolVersion: UInt8, Hashable, Sendable {
    /// MQTT 3.1.1 (OASIS, 29 October 2014).
    case v311 = 4
    /// MQTT 5.0 (OASIS, 7 March 2019).
    case v5 = 5

    /// Whether packets carry properties and acknowledgements reason codes.
    var hasProperties: Bool { self == .v5 }
}
