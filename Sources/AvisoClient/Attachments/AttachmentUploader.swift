import Alerts
import Base
import HTTPFetch

/// Uploads encrypted files, each from where the broker has it (Docs/PROTOCOL.md, 10.6).
///
/// It blocks the calling thread. When the connection breaks, or the broker starts anew, it asks how
/// much is there and goes on.
struct AttachmentUploader {
    private static let pieceByteCountMax = 1 << 20
    private static let partType = "application/partial-upload"

    let profile: AvisoProfile
    let progress: AttachmentProgress.Handler?

    /// Uploads all of them, one after the other.
    ///
    /// - Throws: ``AvisoError``: refused with the broker's reason, or no answer for about 40 s.
    func upload(_ attachments: [OutgoingAttachment]) throws(AvisoError) {
        var patience = TransferPatience()
        for attachment in attachments {
            var transfer = Transfer(attachment: attachment, progress: progress)
            var isDone = false
            while !isDone {
                let before = transfer.offset
                do throws(AvisoError) {
                    // The broker may have another port when it has started anew.
                    try transfer.run(LogServer(profile: profile))
                    isDone = true
                    patience.gotOn()
                } catch {
                    if transfer.hasAnswer { patience.answered() }
                    if transfer.offset > before { patience.gotOn() }
                    try patience.wait(after: error)
                }
            }
        }
    }

    /// One file on its way.
    private struct Transfer {
        private static let conflictCountMax = 16

        let attachment: OutgoingAttachment
        let progress: AttachmentProgress.Handler?
        private(set) var offset: UInt64 = 0
        private(set) var hasAnswer = false
        private var start: UInt64?
        private var conflictCount = 0

        private var path: String { "/attachments/\(attachment.sealed.reference.digest)" }
        private var total: UInt64 { attachment.sealed.reference.byteCount }

        init(attachment: OutgoingAttachment, progress: AttachmentProgress.Handler?) {
            self.attachment = attachment
            self.progress = progress
        }

        /// Goes on from where the broker is, to the end.
        mutating func run(_ server: LogServer) throws(AvisoError) {
            let status = try server.send("HEAD", path)
            switch status.status {
            case 204:
                try take(status)
                if status.fields["upload-complete"] == "?1" { return }
            case 404:
                offset = 0
            default:
                throw Self.error(status)
            }
            hasAnswer = true
            if start == nil { start = offset }
            let pieceMax = Self.pieceByteCountMax(status)
            let file = try PrivateFile(reading: attachment.file)
            while true {
                let bytes = try file.read(pieceMax, at: OutgoingAttachment.offset + offset)
                let fields = fields(bytes.count)
                let answer = try server.send("PATCH", path, fields: fields, body: bytes)
                switch answer.status {
                case 201, 204:
                    try take(answer)
                    if answer.status == 201 { return }
                case 409:
                    // Another attempt of this station has got further, or the broker lost some.
                    conflictCount += 1
                    guard let there = answer.fields["upload-offset"], there != "\(offset)",
                        conflictCount < Self.conflictCountMax
                    else { throw Self.error(answer) }
                    try take(answer)
                    if answer.fields["upload-complete"] == "?1" { return }
                default:
                    throw Self.error(answer)
                }
            }
        }

        private func fields(_ count: Int) -> [(name: String, value: String)] {
            let isLast = offset + UInt64(count) == total
            return [
                ("Content-Type", AttachmentUploader.partType), ("Upload-Offset", "\(offset)"),
                ("Upload-Length", "\(total)"), ("Upload-Complete", isLast ? "?1" : "?0"),
            ]
        }

        private mutating func take(_ answer: HTTPAnswer) throws(AvisoError) {
            guard let offset = answer.fields["upload-offset"].flatMap({ UInt64($0) }),
                offset <= total
            else {
                throw AvisoError(.notVerified, "\(path): the answer says no offset of the upload")
            }
            self.offset = offset
            progress?(
                AttachmentProgress(
                    name: attachment.sealed.name,
                    done: offset,
                    total: total,
                    start: start ?? offset
                )
            )
        }

        // What the broker takes at once, if it says so.
        private static func pieceByteCountMax(_ answer: HTTPAnswer) -> Int {
            let limits = (answer.fields["upload-limit"] ?? "").split(separator: ",").map { item in
                item.drop { $0 == " " }.split(separator: "=")
            }
            let limit = limits.first { $0.count == 2 && $0[0] == "max-append-size" }
            let byteCount = limit.flatMap { Int($0[1]) } ?? .max
            return max(1, min(AttachmentUploader.pieceByteCountMax, byteCount))
        }

        private static func error(_ answer: HTTPAnswer) -> AvisoError {
            // 429 without a time is for somebody to mend.
            let seconds = answer.fields["retry-after"].flatMap { UInt64($0) }
            return AvisoError(
                answer.status == 503 || seconds != nil ? .tryLater : .refused,
                "attachment: \(answer.reason)",
                retryMilliseconds: seconds.map { $0.multipliedReportingOverflow(by: 1000).0 }
            )
        }
    }
}
