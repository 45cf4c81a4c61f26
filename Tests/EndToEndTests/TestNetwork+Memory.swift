import Foundation
import Testing

extension TestNetwork {
    /// The memory that avisod holds (proc(5), `VmRSS`).
    func residentKilobytes() throws -> Int {
        let process = try #require(broker).processIdentifier
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(
            line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        )
    }
}
