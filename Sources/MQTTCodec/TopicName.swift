/// Rules of topic names (MQTT 5.0 4.7).
package enum TopicName {
    /// The most separators that a topic name or filter may have.
    ///
    /// The standard sets no bound, and what each level costs is paid for every subscription that is
    /// compared.
    package static let separatorCountMax = 200

    /// Whether `text` has more levels than a topic may have.
    package static func isTooDeep(_ text: String) -> Bool {
        text.utf8.count > separatorCountMax
            && text.utf8.count { $0 == UInt8(ascii: "/") } > separatorCountMax
    }

    /// Whether `text` may be the topic of a PUBLISH: not empty, no wildcard, no U+0000, not deep.
    package static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 0xFFFF && !isTooDeep(text)
            && !text.utf8.contains { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "+") || $0 == 0 }
    }
}
