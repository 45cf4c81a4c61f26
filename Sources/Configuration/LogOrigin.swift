/// The name of a log, the first line of its checkpoints (C2SP tlog-checkpoint).
package enum LogOrigin {
    /// The most bytes that a name may have.
    package static let byteCountMax = 128

    /// What ``isValid(_:)`` asks, as a clause.
    package static let rule =
        "1 to \(byteCountMax) visible ASCII characters without \"+\", such as example.org/log"

    /// Whether the text can name a log: a note's key name has no space and no plus sign.
    package static func isValid(_ text: String) -> Bool {
        (1...byteCountMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "+") }
    }
}
