import AvisoClient
import Foundation
import Testing

extension TestNetwork {
    /// The sample of a diversion incident, to be published by the library.
    static func draft(to recipients: [String] = ["MX:FGR"]) throws -> AlertDraft {
        let form = try #require(FileManager.default.contents(atPath: sample("diversion-incident")))
        return AlertDraft(
            channel: "chemical-diversion",
            kind: "diversion-incident",
            recipients: recipients,
            tlp: "AMBER",
            form: Array(form)
        )
    }
}
