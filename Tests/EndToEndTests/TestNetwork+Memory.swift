import Foundation
import Testing

extension TestNetwork {
    /// The processor time that avisod has used, in ticks of 10 ms (proc(5), `utime` and `stime`).
    func processorTicks() throws -> Int {
        let process = try #require(broker).processIdentifier
        let status = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        // Behind the name, which may hold anything, the third field comes first.
        let fields = try #require(status.split(separator: ")").last).split(separator: " ")
        let times = try #require(fields.count > 12 ? fields[11...12] : nil)
        return times.reduce(0) { $0 + (Int($1) ?? 0) }
    }

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
