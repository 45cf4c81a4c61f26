import Foundation
import Testing

/// What `README.md` tells to write works as it stands there.
@Suite struct ReadmeTests {
    private let text: String

    init() throws {
        text = try String(
            contentsOf: Checkout.root.appendingPathComponent("README.md"),
            encoding: .utf8
        )
    }

    @Test func theExampleInSwiftIsTheOneThatIsTested() throws {
        let example = try #require(
            text.firstMatch(of: #/```swift\nimport AvisoClient\n\n((?s).*?)```/#)
        )
        let tested = try String(
            contentsOf: Checkout.root.appendingPathComponent(
                "Tests/EndToEndTests/SDK/ReadmeExample.swift"
            ),
            encoding: .utf8
        )
        #expect(example.1.count > 500)
        #expect(tested.hasSuffix("\n\n" + example.1))
    }

    @Test func everyFileThatAReaderIsToHaveIsThere() {
        // What the commands write, or what is somebody's own.
        let made: Set = ["form.json5", "ack.json"]
        let names = text.matches(of: #/[A-Za-z0-9\/.-]+\.(?:json5|json|csv)\b/#)
            .map { String($0.0) }
        let read = names.filter { !$0.hasPrefix("/tmp/") && !made.contains($0) }
        #expect(read.count > 10)
        for name in read {
            let places = [name, "Config/\(name)"]
            let isThere = places.contains { place in
                let url = Checkout.root.appendingPathComponent(place)
                return FileManager.default.fileExists(atPath: url.path)
            }
            #expect(isThere, "\(name)")
        }
    }

    @Test func everySessionBelongsToOneCommand() {
        // Two commands of one session take it from each other, and each leaves it its filters.
        let names = text.matches(of: #/aviso .*--session ([a-z-]+)/#).map { String($0.1) }
        #expect(names.count > 1)
        #expect(Set(names).count == names.count, "\(names)")
    }
}
