/// Rules of topic names (MQTT 5.0 4.7).
package enum TopicName {
    /// The most separators that a topic name or filter may have.
    ///
    /// The standard sets no bound, and what each level costs is paid for every subscription that is
    /// compared.
    package static let separatorCountMax = 200

    /// Whether `text` may be the topic of a PUBLISH: not empty, no wildcard, no U+0000, and not
    /// more levels than a topic may have.
    package static func isValid(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 0xFFFF else { return false }
        var separatorCount = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "#"), UInt8(ascii: "+"), 0: return false
            case UInt8(ascii: "/"): separatorCount += 1
            default: break
            }
        }
        return separatorCount <= separatorCountMax
    }
}
