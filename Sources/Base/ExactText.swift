/// A string that equals another only byte for byte.
///
/// `String` holds two spellings of the same character for equal, which MQTT forbids
/// [MQTT-4.7.3-4].
package struct ExactText: Hashable, Sendable {
    /// The string.
    package let text: String

    /// Wraps a string.
    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        // Equal bytes are equal strings, so that the string's own hash will do.
        hasher.combine(text)
    }
}
