import Base
import MerkleLog

/// The retained messages of the opaque channels, as the log's entries tell them.
package struct RetainedProjection: Sendable {
    /// Where the retained message of a topic stands.
    struct Place: Hashable, Sendable {
        let index: UInt64
        let byteCount: UInt64
    }

    private(set) var places: [ExactText: Place] = [:]
    private var byteCount: UInt64 = 0

    /// Makes an empty projection.
    package init() {}

    /// The indexes of the retained messages, in order.
    package var indexes: [UInt64] { places.values.map(\.index).sorted() }

    /// Whether one more message of this size can be kept.
    func hasRoom(for body: OpaqueBody, limits: BrokerLimits) -> Bool {
        guard body.isRetained, body.payloadByteCount > 0 else { return true }
        guard let topic = body.topic.map({ ExactText($0) }) else { return false }
        let replaced = places[topic]
        return (replaced != nil || places.count < limits.retainedCountMax)
            && byteCount - (replaced?.byteCount ?? 0) + body.payloadByteCount
                <= UInt64(limits.retainedByteCountMax)
    }

    mutating func apply(_ body: OpaqueBody, index: UInt64) {
        guard body.isRetained, let topic = body.topic else { return }
        set(ExactText(topic), Place(index: index, byteCount: body.payloadByteCount))
    }

    /// Keeps a message in place of the topic's last one; one of no bytes only removes that.
    mutating func set(_ topic: ExactText, _ place: Place) {
        if let replaced = places.removeValue(forKey: topic) { byteCount -= replaced.byteCount }
        guard place.byteCount > 0 else { return }
        places[topic] = place
        byteCount += place.byteCount
    }
}
