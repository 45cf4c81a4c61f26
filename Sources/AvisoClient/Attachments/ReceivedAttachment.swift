import Alerts
import Base

/// A file that came with an alert: what it is, and how to get it.
public struct ReceivedAttachment: Hashable, Sendable {
    /// Its place among the attachments of its alert, from 1.
    public let number: Int
    /// What its author called it: text for people, never to be used as a path.
    public let name: String
    /// What its author says that it is.
    public let mediaType: String
    /// Its bytes.
    public let byteCount: UInt64
    /// The SHA-256 of the encrypted file, in hexadecimal, as the signed header has it.
    public let digest: String
    /// A name for a file that leads nowhere else: made of ``name``, and of ``number`` where that
    /// leaves nothing, or another attachment of the alert has the same.
    public let fileName: String

    // The alert by which the broker knows that this agency may have it.
    let alertIndex: UInt64
    let sealed: SealedAttachment

    static func list(_ sealed: [SealedAttachment], index: UInt64) -> [ReceivedAttachment] {
        var names: Set<String> = []
        return sealed.enumerated().map { place, attachment in
            var name = SafeFileName.of(attachment.name, orElse: "attachment-\(place + 1)")
            if !names.insert(name).inserted {
                name = "\(place + 1)-\(name)"
                names.insert(name)
            }
            return ReceivedAttachment(
                number: place + 1,
                name: attachment.name,
                mediaType: attachment.reference.mediaType,
                byteCount: attachment.byteCount,
                digest: "\(attachment.reference.digest)",
                fileName: name,
                alertIndex: index,
                sealed: attachment
            )
        }
    }
}

/// Names of files that somebody else has chosen.
enum SafeFileName {
    private static let byteCountMax = 180

    /// A name that stays in its folder, is not hidden, and shows as what it is.
    ///
    /// - Parameters:
    ///   - name: any text.
    ///   - fallback: the name where nothing is left of it.
    /// - Returns: the name.
    static func of(_ name: String, orElse fallback: String) -> String {
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last.map(Array.init) ?? []
        let forbidden = "<>:\"|?*".unicodeScalars
        var scalars = last.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
                .unassigned:
                "_"
            default: forbidden.contains(scalar) ? "_" : scalar
            }
        }
        // A dot in front hides a file, a hyphen makes it an option; spaces around it deceive.
        let isLoose = { (scalar: Unicode.Scalar) in
            scalar == "." || scalar == "-" || scalar.properties.isWhitespace
        }
        scalars = Array(scalars.drop(while: isLoose))
        while let end = scalars.last, isLoose(end) { scalars.removeLast() }
        guard !scalars.isEmpty else { return fallback }
        return shortened(String(String.UnicodeScalarView(scalars)))
    }

    // The extension stays, since it says what a file is.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > byteCountMax else { return name }
        let parts = name.split(separator: ".")
        let end = parts.count > 1 ? "." + (parts.last ?? "") : ""
        let kept = end.utf8.count <= 16 ? end : ""
        var stem = String(name.dropLast(kept.count))
        while stem.utf8.count + kept.utf8.count > byteCountMax { stem.removeLast() }
        return stem + kept
    }
}
