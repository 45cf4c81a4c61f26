import EventLoop
import Foundation
import Glibc

/// A running mosquitto with the same certificates as avisod: the reference for deliveries.
///
/// It keeps messages in memory only, so that it does less for each of them than avisod does.
final class MosquittoProcess {
    private static let path = "/usr/sbin/mosquitto"

    /// Its port for MQTT over TLS 1.3.
    let port: UInt16
    private let process = Process()

    /// Starts mosquitto and waits until it accepts connections.
    init(_ network: borrowing BenchNetwork) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.path) else {
            throw BenchNetwork.Failure(description: "mosquitto is missing: apt install mosquitto")
        }
        // The port is free once the socket is closed, and nobody else is told of it.
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        port = socket.address.port
        _ = consume socket
        let folder = network.folder
        let file = folder.appendingPathComponent("mosquitto.conf")
        let configuration = """
            user root
            log_dest none
            persistence false
            max_inflight_messages 1024
            max_queued_messages 0
            listener \(port) 127.0.0.1
            allow_anonymous true
            require_certificate true
            tls_version tlsv1.3
            cafile \(folder.appendingPathComponent("ca.pem").path)
            certfile \(folder.appendingPathComponent("broker/tls.pem").path)
            keyfile \(folder.appendingPathComponent("broker/tls.key").path)

            """
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = ["-c", file.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try waitUntilReady()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// The processor time that all its threads have used, in nanoseconds.
    var processorNanoseconds: UInt64 { process.processorNanoseconds }

    private func waitUntilReady() throws {
        // It tells nobody when it listens.
        for _ in 0..<500 where process.isRunning {
            if accepts() { return }
            usleep(10_000)
        }
        throw BenchNetwork.Failure(description: "mosquitto did not start on port \(port)")
    }

    private func accepts() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
