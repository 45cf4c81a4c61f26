import Foundation
import Glibc

/// A running avisod of the same build, on a development network.
final class BrokerProcess {
    /// Its port for MQTT.
    let port: UInt16
    private let process = Process()

    /// Starts avisod and waits until it is ready.
    init(_ network: borrowing BenchNetwork) throws {
        let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = programs.appendingPathComponent("avisod")
        process.arguments = [
            "--config", network.folder.appendingPathComponent("broker/avisod.json5").path,
        ]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        var text = ""
        while !text.contains("\"ready\"") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw BenchNetwork.Failure(description: "avisod ended: \(text)")
            }
            text += String(decoding: data, as: UTF8.self)
        }
        let rest = Rest(handle: pipe.fileHandleForReading)
        Thread.detachNewThread {
            while !rest.handle.availableData.isEmpty {}
        }
        let file = network.folder.appendingPathComponent("broker/port")
        let port = try String(contentsOf: file, encoding: .utf8)
        guard let port = UInt16(port.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw BenchNetwork.Failure(description: "\(file.path) holds no port")
        }
        self.port = port
    }

    // What it says later, read by one thread alone so that its pipe never fills.
    private struct Rest: @unchecked Sendable {
        let handle: FileHandle
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// The memory that it holds, in KiB (proc(5), `VmRSS`).
    var residentKilobytes: Int {
        get throws {
            let path = "/proc/\(process.processIdentifier)/status"
            let status = try String(contentsOfFile: path, encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            guard let value = line?.split(whereSeparator: \.isWhitespace).dropFirst().first,
                let kilobytes = Int(value)
            else { throw BenchNetwork.Failure(description: "\(path) tells no VmRSS") }
            return kilobytes
        }
    }

    /// The processor time that all its threads have used, in nanoseconds.
    var processorNanoseconds: UInt64 { process.processorNanoseconds }
}

extension Process {
    /// The processor time that all threads of the running process have used, in nanoseconds.
    var processorNanoseconds: UInt64 {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(processIdentifier, &clock) == 0,
            unsafe clock_gettime(clock, &time) == 0
        else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
