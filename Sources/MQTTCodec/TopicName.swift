/// Rules of topic names (MQTT 5.0 4.7).
package enum TopicName {
    /// Whether `text` may be the topic of a PUBLISH: not empty, no wildcard, no U+0000.
    package static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 0xFFFF
            && !text.utf8.contains { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "+") || $0 == 0 }
    }
}
