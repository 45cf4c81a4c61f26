import Alerts

/// What `aviso --version` tells.
enum Version {
    /// The version of the program.
    static let number = "0.1"

    /// The program, and the lists of reference that are part of it.
    static var lines: [String] {
        let reference = ReferenceData.embedded
        return [
            "aviso \(number)", reference.precursorsVersion, reference.membersVersion,
            reference.dutiesVersion,
        ]
    }
}
