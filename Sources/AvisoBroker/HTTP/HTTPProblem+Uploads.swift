import BrokerCore
import HTTPEngine
import LogStore

/// What uploads that do not go on are in HTTP.
extension HTTPProblem {
    /// An upload is not told as it must be.
    static func malformedUpload(_ detail: String) -> HTTPProblem {
        HTTPProblem(status: 400, title: "Malformed Upload", detail: detail)
    }

    /// What an upload that does not go on is in HTTP.
    init(_ error: AttachmentError) {
        switch error {
        case .wrongOffset, .isStored, .otherTotal: self = .conflict(error)
        case .tooLarge, .tooManyUploads, .tooManyBytes, .diskFull: self = .noRoom(error)
        case .totalMissing:
            self = .malformedUpload("An upload begins with Upload-Length, the bytes of all pieces.")
        case .beyondTotal(let total):
            self = .malformedUpload("The piece leads beyond the \(total) bytes of the upload.")
        case .notFound:
            self = .notFound("There is no such upload.")
        case .isBusy:
            self.init(
                status: 503,
                title: "Busy",
                detail: "An earlier request for this upload is being carried out; ask again.",
                fields: [HTTPField("Retry-After", "1")]
            )
        case .otherDigest:
            self.init(
                status: 422,
                title: "Digest Mismatch",
                detail: "The bytes have another SHA-256 than the one in the path; upload them anew."
            )
        case .failed:
            self.init(
                status: 500,
                title: "Failed",
                detail: "The broker could not store it; the operator has been told. Ask with HEAD "
                    + "how much is there, and go on from there."
            )
        }
    }

    // The client knows another upload than the one that is there.
    private static func conflict(_ error: AttachmentError) -> HTTPProblem {
        switch error {
        case .wrongOffset(let offset):
            HTTPProblem(
                status: 409,
                title: "Mismatching Upload Offset",
                detail: "The upload has \(offset) bytes: go on from there.",
                fields: [HTTPField("Upload-Offset", "\(offset)")]
            )
        case .isStored(let byteCount):
            HTTPProblem(
                status: 409,
                title: "Completed Upload",
                detail: "All \(byteCount) bytes are stored already: publish the alert.",
                fields: [
                    HTTPField("Upload-Offset", "\(byteCount)"),
                    HTTPField("Upload-Complete", "?1"),
                ]
            )
        case .otherTotal(let total):
            HTTPProblem(
                status: 409,
                title: "Mismatching Upload Length",
                detail: "The upload began with a length of \(total) bytes."
            )
        default: preconditionFailure("not a conflict")
        }
    }

    // A limit is reached.
    private static func noRoom(_ error: AttachmentError) -> HTTPProblem {
        switch error {
        case .tooLarge(let byteCountMax):
            HTTPProblem(
                status: 413,
                title: "Too Large",
                detail: "An attachment may have \(byteCountMax) bytes when it is encrypted."
            )
        case .tooManyUploads(let countMax):
            HTTPProblem(
                status: 429,
                title: "Too Many Uploads",
                detail: "The agency has \(countMax) uploads that no alert cites, which is all that "
                    + "it may have: publish their alerts, or give one up with DELETE."
            )
        case .tooManyBytes(let byteCountMax):
            HTTPProblem(
                status: 429,
                title: "Too Many Uploads",
                detail: "The uploads of the agency that no alert cites may have \(byteCountMax) "
                    + "bytes together: publish their alerts, or give one up with DELETE."
            )
        case .diskFull:
            HTTPProblem(
                status: 507,
                title: "Insufficient Storage",
                detail: "The broker's disk has no room for it now; the operator can make some."
            )
        default: preconditionFailure("not a limit")
        }
    }
}

extension AttachmentError {
    /// The limit that was reached, where it is one.
    var limit: PeerLimit? {
        switch self {
        case .tooLarge: .attachmentByteCountMax
        case .tooManyUploads: .uploadsPerAgencyMax
        case .tooManyBytes: .uploadedBytesPerAgencyMax
        default: nil
        }
    }
}
