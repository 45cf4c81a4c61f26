import Base
import Crypto

@testable import LogStore

/// A folder of attachments, and files to upload to it.
struct AttachmentScene {
    static let start = WallTime(seconds: 4_000_000_000)

    let folder: TestFolder
    let faults = Faults()

    init() throws {
        folder = try TestFolder()
        let log = LogFolder(path: folder.path, operations: .system)
        try log.makeFolders()
    }

    static let limits = AttachmentFolder.Limits(
        byteCountMax: 10_000,
        countPerOwnerMax: 3,
        byteCountPerOwnerMax: 20_000,
        freeByteCountMin: 0,
        ageMaxMilliseconds: 60_000
    )

    /// Opens the folder, as a start does.
    func open(
        _ limits: AttachmentFolder.Limits = AttachmentScene.limits
    ) throws(LogError) -> AttachmentFolder {
        try AttachmentFolder(
            directory: folder.path,
            operations: faults.operations,
            limits: limits,
            makeDigest: { SHA256Stream() }
        )
    }

    /// The bytes of a file, and their digest.
    static func file(_ number: UInt8, byteCount: Int = 5000) -> (bytes: [UInt8], digest: Digest) {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 / 7) ^ number }
        return (bytes, SHA256().digest(bytes[...]))
    }

    /// The names in the folder, sorted.
    var names: [String] {
        get throws {
            try folder.names("attachments")
        }
    }

    /// Whether the bytes stand in any file of the folder.
    func holds(_ bytes: ArraySlice<UInt8>) throws -> Bool {
        for name in try names {
            let content = try folder.read("attachments/\(name)")
            if content.indices.contains(where: { content[$0...].starts(with: bytes) }) {
                return true
            }
        }
        return false
    }
}

extension AttachmentFolder {
    /// Uploads a file in pieces, and finishes it.
    func upload(
        _ file: (bytes: [UInt8], digest: Digest),
        owner: String = "CO:PONAL",
        now: WallTime = AttachmentScene.start
    ) throws(AttachmentError) {
        for start in stride(from: 0, to: file.bytes.count, by: 2000) {
            _ = try append(
                file.bytes[start..<min(start + 2000, file.bytes.count)],
                at: UInt64(start),
                total: UInt64(file.bytes.count),
                of: file.digest,
                owner: owner,
                now: now
            )
        }
        let status = try finish(file.digest, owner: owner, now: now)
        precondition(status.isStored)
    }
}
