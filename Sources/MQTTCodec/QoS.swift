/// Quality of service (MQTT 5.0 4.3).
package enum QoS: UInt8, Hashable, Sendable {
    /// QoS 0.
    case atMostOnce = 0
    /// QoS 1.
    case atLeastOnce = 1
    /// QoS 2.
    case exactlyOnce = 2
}
