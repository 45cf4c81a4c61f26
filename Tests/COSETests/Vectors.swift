import Foundation

/// Test vectors of others, as `Tests/Vectors` holds them.
enum Vectors {
    /// Reads one file of vectors.
    static func load<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors/cose")
        return try JSONDecoder().decode(
            type,
            from: Data(contentsOf: folder.appendingPathComponent(name))
        )
    }
}
