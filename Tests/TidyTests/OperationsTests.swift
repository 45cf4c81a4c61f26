import Foundation
import Testing

/// `Docs/OPERATIONS.md` and `Deploy/` say what holds.
@Suite struct OperationsTests {
    @Test func everyLogLineAndFigureIsExplained() throws {
        let manual = try text("Docs/OPERATIONS.md")
        var names: Set<String> = []
        for file in Checkout.sources where ["AvisoBroker", "AvisoDaemon"].contains(file.target) {
            for match in file.text.matches(of: #/log\.log\(\s*\.\w+,\s*"([a-z-]+)"/#) {
                names.insert("`\(match.1)`")
            }
            for match in file.text.matches(of: #/page\.(gauge|counter)\(\s*"([a-z_]+)"/#) {
                names.insert("aviso_\(match.2)" + (match.1 == "counter" ? "_total" : ""))
            }
        }
        #expect(names.count > 40)
        let missing = names.filter { !manual.contains($0) }.sorted()
        #expect(missing.isEmpty, "not in Docs/OPERATIONS.md: \(missing.joined(separator: ", "))")
    }

    @Test func theTestsThatTheThreatsNameExist() throws {
        let threats = try text("Docs/THREATS.md")
        let tests = Checkout.tests.map(\.text).joined()
        let rows = threats.split(separator: "\n").filter { $0.hasPrefix("| ") }
        var names: [Substring] = []
        for row in rows {
            guard let last = row.split(separator: "|").last else { continue }
            for match in last.matches(of: #/`([A-Za-z]+)(?:\.([A-Za-z]+))?`/#) {
                names += [match.1] + (match.2.map { [$0] } ?? [])
            }
        }
        #expect(names.count > 20)
        for name in names {
            let isSuite = name.first?.isUppercase == true
            let isThere = tests.contains(isSuite ? "struct \(name)Tests" : "func \(name)(")
            #expect(isThere, "there is no test \(name)")
        }
    }

    @Test func theUnitsAreConfinedAndStopInTime() throws {
        for unit in ["avisod", "aviso-witness"] {
            let lines = try text("Deploy/systemd/\(unit).service").split(separator: "\n")
            for line in [
                "CapabilityBoundingSet=", "NoNewPrivileges=yes", "ProtectSystem=strict",
                "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes",
                "StateDirectory=\(unit == "avisod" ? "aviso" : unit)",
            ] {
                #expect(lines.contains(Substring(line)), "\(unit): \(line)")
            }
        }
        let unit = try text("Deploy/systemd/avisod.service")
        let sample = try text("Config/avisod.json5")
        let stop = unit.firstMatch(of: #/TimeoutStopSec=(\d+)/#).flatMap { Int($0.1) }
        let drain = sample.firstMatch(of: #/drainSeconds: (\d+)/#).flatMap { Int($0.1) }
        #expect(try #require(stop) > #require(drain))
        #expect(unit.contains("Type=notify"))
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Checkout.root.appendingPathComponent(path), encoding: .utf8)
    }
}
