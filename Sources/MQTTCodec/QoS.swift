/// Quality of service (MQTT 5.0 4.3).
package enum QoS: UInt8, Comparable, Hashable, Sendable {
    /// QoS 0.
    case atMostOnce = 0
    /// QoS 1.
    case atLeastOnce = 1
    /// QoS 2.
    case exactlyOnce = 2

    package static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}
