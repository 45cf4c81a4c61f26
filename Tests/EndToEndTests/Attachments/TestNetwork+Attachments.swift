import AvisoClient
import Base
import Crypto
import Foundation
import Testing

/// Files that go with alerts, and where the broker keeps them.
extension TestNetwork {
    /// Makes a file with bytes that occur nowhere else.
    func makeFile(_ name: String, byteCount: Int) throws -> String {
        let path = path(name)
        var bytes = Data(capacity: byteCount)
        let block = Randomness.bytes(min(byteCount, 1 << 16))
        while bytes.count < byteCount { bytes.append(contentsOf: block) }
        // Each block begins with its place, so that none stands for another.
        for start in stride(from: 0, to: byteCount - 8, by: 1 << 16) {
            var place: [UInt8] = []
            place.append(bigEndian: UInt64(start))
            bytes.replaceSubrange(start..<start + 8, with: place)
        }
        try bytes.prefix(byteCount).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Publishes an incident with files, and returns what the author got.
    @discardableResult
    func publish(
        attaching files: [String],
        to recipients: String = "MX:FGR,US:DEA",
        _ more: String...
    ) throws -> [String: Any] {
        let outcome = try Self.run(
            Self.program("aviso").path,
            [
                "--profile", path("agencies/CO-PONAL"), "publish", "--channel",
                "chemical-diversion", "--kind", "diversion-incident", "--to", recipients,
                "--attach", files.joined(separator: ","), "--json",
            ] + more + [Self.sample("diversion-incident")]
        )
        try #require(outcome.status == 0, "\(outcome.error)")
        return try #require(outcome.objects.first)
    }

    /// The names of the files beside the log.
    var attachmentNames: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path("broker/log/attachments"))
                .sorted()
        }
    }

    /// The bytes of a stored attachment.
    func stored(_ digest: String) throws -> Data {
        try #require(
            FileManager.default.contents(atPath: path("broker/log/attachments/\(digest)"))
        )
    }

    /// Whether any file of the broker holds these bytes.
    func brokerHolds(_ bytes: Data) throws -> Bool {
        let folder = path("broker")
        let names = try #require(FileManager.default.enumerator(atPath: folder))
        for case let name as String in names {
            guard let content = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                continue
            }
            if content.range(of: bytes) != nil { return true }
        }
        return false
    }

    /// Sends a piece of an upload.
    func patch(
        _ digest: String,
        _ bytes: Data,
        at offset: Int,
        total: Int?,
        as member: String = "agencies/CO-PONAL",
        _ more: String...
    ) throws -> Answer {
        let file = path("piece-\(UUID().uuidString)")
        try bytes.write(to: URL(fileURLWithPath: file))
        var fields = ["-H", "Upload-Offset: \(offset)", "-H", "Expect:"]
        if let total { fields += ["-H", "Upload-Length: \(total)"] }
        return try request(
            "/attachments/\(digest)",
            as: member,
            with: fields
                + (more.isEmpty ? ["-H", "Content-Type: application/partial-upload"] : more)
                + ["-X", "PATCH", "--data-binary", "@\(file)"]
        )
    }
}
