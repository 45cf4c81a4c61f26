import Base

/// The name of a file in the folder of attachments.
///
/// | name | what |
/// |---|---|
/// | `<digest>` | an encrypted file, complete and on stable storage |
/// | `<digest>.<size>.<owner>.part` | an owner's upload of a file that will have this size |
/// | `<digest>.<n>.erasing` | a file that is being overwritten by order |
enum AttachmentName: Hashable {
    case stored(Digest)
    case upload(UploadKey, total: UInt64)
    case erasing(Digest, UInt64)

    /// Who uploads what: two owners can upload the same file and do not meet.
    struct UploadKey: Hashable {
        let digest: Digest
        let owner: String
    }

    /// Reads a name; nil for any other.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let digest = AttachmentName.digest(parts[0]) else { return nil }
        switch parts.count {
        case 1:
            self = .stored(digest)
        case 3 where parts[2] == "erasing":
            guard let number = UInt64(parts[1]) else { return nil }
            self = .erasing(digest, number)
        case 4 where parts[3] == "part":
            let owner = String(parts[2])
            guard let total = UInt64(parts[1]), AttachmentName.isOwner(owner) else { return nil }
            self = .upload(UploadKey(digest: digest, owner: owner), total: total)
        default:
            return nil
        }
    }

    var text: String {
        switch self {
        case .stored(let digest): "\(digest)"
        case .upload(let key, let total): "\(key.digest).\(total).\(key.owner).part"
        case .erasing(let digest, let number): "\(digest).\(number).erasing"
        }
    }

    /// Whether a text may stand in a file's name as the owner of an upload.
    static func isOwner(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x3A, 0x41...0x5A, UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    private static func digest(_ text: Substring) -> Digest? {
        guard text.utf8.count == 2 * Digest.byteCount, text == text.lowercased() else { return nil }
        return Hex.decode(text).flatMap { Digest($0) }
    }
}
