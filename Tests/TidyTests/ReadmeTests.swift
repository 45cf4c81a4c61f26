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

    @Test func everySessionBelongsToOneCommand() {
        // Two commands of one session take it from each other, and each leaves it its filters.
        let names = text.matches(of: #/aviso .*--session ([a-z-]+)/#).map { String($0.1) }
        #expect(names.count > 1)
        #expect(Set(names).count == names.count, "\(names)")
    }
}
