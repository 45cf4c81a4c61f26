import EventLoop
import Foundation
import Testing

@Suite struct ReadinessNotifierTests {
    /// Receives one notice at a Unix socket of that name.
    private func receive(
        at path: String,
        isAbstract: Bool,
        _ states: [ReadinessNotifier.State]
    ) throws -> [String] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = (isAbstract ? [0] : []) + Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let code = unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, length)
            }
        }
        try #require(code == 0)
        let notifier = ReadinessNotifier(path: (isAbstract ? "@" : "") + path)
        return try states.map { state in
            try notifier.notify(state)
            var buffer = [UInt8](repeating: 0, count: 1000)
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test(arguments: [true, false]) func notices(isAbstract: Bool) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-\(UUID().uuidString)").path
        defer { unsafe unlink(path) }
        let lines = try receive(
            at: path,
            isAbstract: isAbstract,
            [.ready, .stopping, .status("42 connections\nand more")]
        )
        #expect(lines == ["READY=1", "STOPPING=1", "STATUS=42 connections and more"])
    }

    @Test func withoutAServiceManager() throws {
        try ReadinessNotifier(path: nil).notify(.ready)
    }

    @Test func unreachable() {
        #expect(throws: SystemError(call: "sendto", number: ENOENT)) {
            try ReadinessNotifier(path: "/nowhere/notify").notify(.ready)
        }
        #expect(throws: SystemError(call: "sendto", number: ENAMETOOLONG)) {
            try ReadinessNotifier(path: String(repeating: "x", count: 200)).notify(.ready)
        }
    }
}
