import Alerts
import Foundation
import Testing

/// One form that there is, with the sample that the repository has of it.
struct Specimen: Sendable, CustomTestStringConvertible {
    let name: String
    let kind: AlertKind
    let message: MessageType
    private let path: String

    /// The forms of all kinds, and those of all statements about earlier ones.
    static let all: [Specimen] =
        AlertKind.allCases.map {
            Specimen(name: $0.rawValue, kind: $0, message: .alert, path: "\($0).json")
        }
        + AlertForm.replies.map {
            Specimen(
                name: $0.name,
                kind: $0.kind,
                message: $0.message,
                path: "replies/\($0.name).json"
            )
        }

    var testDescription: String { name }

    var schema: FormSchema { AlertForm.schema(kind: kind, message: message) }

    func form() throws -> JSONValue {
        let file = Checkout.folder("Config/samples").appendingPathComponent(path)
        return try JSONValue(parsing: [UInt8](Data(contentsOf: file))[...])
    }
}
