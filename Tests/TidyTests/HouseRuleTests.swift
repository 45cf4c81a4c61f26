import Foundation
import Testing

/// What no file of the checkout may hold.
@Suite struct HouseRuleTests {
    /// Programs talk on their standard output; nothing else does.
    private static let programs: Set<Substring> = ["AvisoTool", "AvisoDaemon", "Bench"]

    /// The proofs by hand that the compiler is asked to believe.
    private static let uncheckedSendableCountMax = 3

    @Test func sourcesHoldNoBannedWord() {
        for file in Checkout.sources {
            for (number, line) in file.code {
                if line.contains("try" + "!") {
                    Issue.record("\(file.path):\(number): an error is handled, not asserted away")
                }
                if line.contains(#/(^|[^A-Za-z_])print\(/#), !Self.programs.contains(file.target) {
                    Issue.record("\(file.path):\(number): only programs print")
                }
            }
        }
    }

    @Test func nothingIsLeftForLater() {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        for file in Checkout.sources + Checkout.tests {
            for (index, line) in file.lines.enumerated() {
                for word in words where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word) belongs on the issue tracker")
                }
            }
        }
    }

    @Test func uncheckedSendableIsRareAndProved() {
        var count = 0
        for file in Checkout.sources {
            let lines = file.lines
            for (number, line) in file.code where line.contains("@unchecked Sendable") {
                count += 1
                let above = lines[..<(number - 1)].suffix(3)
                if !above.contains(where: { $0.contains("//") }) {
                    Issue.record("\(file.path):\(number): the proof is missing in the lines above")
                }
            }
        }
        #expect(count <= Self.uncheckedSendableCountMax)
    }

    @Test func noFileIsAPlaceholder() {
        for file in Checkout.sources + Checkout.tests {
            let code = file.code.filter { !$0.line.allSatisfy(\.isWhitespace) }
            if code.isEmpty || file.path.hasSuffix("/placeholder.swift") {
                Issue.record("\(file.path): holds no code")
            }
        }
    }

    @Test func noPrivateKeyIsInTheCheckout() {
        for file in Checkout.all where file.text.contains("PRIVATE" + " KEY-----") {
            Issue.record("\(file.path): holds a private key")
        }
    }

    @Test func nothingNamesAMachine() {
        let folders = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
        for file in Checkout.all {
            for folder in folders where file.text.contains(folder) {
                Issue.record("\(file.path): names the folder \(folder) of somebody's machine")
            }
        }
    }

    @Test func linksBetweenDocumentsLead() throws {
        let link = try Regex(
            #"\]\(([^)#:\s]+)(#[^)]*)?\)"#,
            as: (Substring, Substring, Substring?).self
        )
        for file in Checkout.all where file.path.hasSuffix(".md") {
            let folder = Checkout.root.appendingPathComponent(file.path).deletingLastPathComponent()
            for match in file.text.matches(of: link) {
                let target = folder.appendingPathComponent(String(match.output.1))
                if !FileManager.default.fileExists(atPath: target.path) {
                    Issue.record("\(file.path): the link to \(match.output.1) leads nowhere")
                }
            }
        }
    }

    @Test func scriptsCanBeRun() {
        for file in Checkout.all where file.text.hasPrefix("#!") {
            let path = Checkout.root.appendingPathComponent(file.path).path
            if !FileManager.default.isExecutableFile(atPath: path) {
                Issue.record("\(file.path): is a script without permission to run")
            }
        }
    }
}
