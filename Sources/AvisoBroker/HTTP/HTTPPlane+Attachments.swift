import Alerts
import Base
import BrokerCore
import CBOR
import EventLoop
import HTTPEngine
import LogStore
import MerkleLog
import Synchronization

/// Encrypted files of alerts: uploaded in pieces before their alert is published
/// (draft-ietf-httpbis-resumable-upload), downloaded in ranges by those whom it names.
extension HTTPPlane {
    static let attachmentsPrefix = "/attachments/"
    // What a piece of an upload is (draft-ietf-httpbis-resumable-upload).
    private static let partType = "application/partial-upload"
    private static let methods = "GET, HEAD, PATCH, DELETE"

    /// Answers a request on an attachment, or returns nil and answers later.
    func attachment(
        _ request: HTTPRequest,
        _ station: StationIdentity,
        _ reply: HTTPReply
    ) throws(HTTPProblem) -> HTTPResponse? {
        let name = request.path.dropFirst(Self.attachmentsPrefix.count)
        guard let bytes = Hex.decode(name), let digest = Digest(bytes), "\(digest)" == name else {
            throw .notFound("An attachment is named by its SHA-256, 64 digits in lower case.")
        }
        switch request.method {
        case "GET":
            return try download(digest, request, station)
        case "HEAD":
            guard request.query == nil else { return try download(digest, request, station) }
            return try uploadStatus(digest, try uploader(station))
        case "PATCH":
            return try append(digest, request, try uploader(station), reply)
        case "DELETE":
            return try cancel(digest, try uploader(station))
        default:
            throw .methodNotAllowed(Self.methods)
        }
    }

    // MARK: - Upload

    private func uploader(_ station: StationIdentity) throws(HTTPProblem) -> AgencyID {
        let member = shared.published.withLock { $0.directory[station.agency]?.member }
        guard station.role == .agency, member?.publish.isEmpty == false else {
            throw .forbidden("Attachments are uploaded by agencies that may publish.")
        }
        return station.agency
    }

    private func uploadStatus(
        _ digest: Digest,
        _ agency: AgencyID
    ) throws(HTTPProblem) -> HTTPResponse {
        guard let status = shared.attachments.status(of: digest, owner: agency.description) else {
            var problem = HTTPProblem.notFound("The upload has not begun.")
            problem.fields = [uploadLimit]
            throw problem
        }
        return progress(status, 204)
    }

    private func append(
        _ digest: Digest,
        _ request: HTTPRequest,
        _ agency: AgencyID,
        _ reply: HTTPReply
    ) throws(HTTPProblem) -> HTTPResponse? {
        guard MediaTypes(request.fields["Content-Type"]).name(Self.partType) else {
            throw HTTPProblem(
                status: 415,
                title: "Unsupported Media Type",
                detail: "A piece of an attachment is sent as \(Self.partType).",
                fields: [HTTPField("Accept-Patch", Self.partType)]
            )
        }
        guard
            let piece = UploadPiece(
                offset: request.fields["Upload-Offset"],
                complete: request.fields["Upload-Complete"],
                length: request.fields["Upload-Length"]
            )
        else {
            throw .malformedUpload(
                "A piece needs Upload-Offset, its first one Upload-Length, each a number of bytes; "
                    + "Upload-Complete is ?0 or ?1."
            )
        }
        if piece.isLast == true, let total = piece.total,
            total.subtractingReportingOverflow(piece.offset).partialValue
                != UInt64(request.body.count)
        {
            throw .malformedUpload("Upload-Complete: ?1 goes with the last byte alone.")
        }
        let meter = shared.meters.meter(of: agency)
        let byteCount = request.body.count
        if let refusal = meter.publish(byteCount: byteCount, now: SystemClock.monotonic()) {
            throw HTTPProblem(refusal)
        }
        do throws(AttachmentError) {
            let status = try shared.attachments.append(
                request.body[...],
                at: piece.offset,
                total: piece.total,
                of: digest,
                owner: agency.description,
                now: SystemClock.wall()
            )
            guard status.offset == status.total else { return progress(status, 204) }
        } catch {
            throw problem(error, digest, agency)
        }
        // The whole of it is read again and synced, which may take a while.
        let isTaken = shared.onAttachments { [self] keeper in
            keeper.finish(digest, of: agency) { outcome in
                switch outcome {
                case .success(let status): reply.send(progress(status, 201, digest))
                case .failure(let error): reply.send(problem(error, digest, agency).text)
                }
            }
        }
        guard isTaken else {
            shared.attachments.leaveUnfinished(digest, owner: agency.description)
            throw HTTPProblem(.isBusy)
        }
        return nil
    }

    private func cancel(
        _ digest: Digest,
        _ agency: AgencyID
    ) throws(HTTPProblem) -> HTTPResponse {
        do throws(AttachmentError) {
            try shared.attachments.cancel(digest, owner: agency.description)
            return HTTPResponse(status: 204, fields: [], body: .bytes([]))
        } catch {
            throw problem(error, digest, agency)
        }
    }

    private var uploadLimit: HTTPField {
        let text =
            "max-size=\(shared.limits.attachmentByteCountMax), "
            + "max-append-size=\(bodyByteCountMax), max-age=\(shared.limits.uploadSecondsMax)"
        return HTTPField("Upload-Limit", text)
    }

    private func progress(
        _ status: AttachmentFolder.UploadStatus,
        _ code: Int,
        _ digest: Digest? = nil
    ) -> HTTPResponse {
        var fields = [
            HTTPField("Upload-Offset", "\(status.offset)"),
            HTTPField("Upload-Length", "\(status.total)"),
            HTTPField("Upload-Complete", status.isStored ? "?1" : "?0"), uploadLimit,
            HTTPField("Cache-Control", "no-store"),
        ]
        if let digest {
            fields.append(HTTPField("Location", Self.attachmentsPrefix + "\(digest)"))
        }
        return HTTPResponse(status: code, fields: fields, body: .bytes([]))
    }

    private func problem(
        _ error: AttachmentError,
        _ digest: Digest,
        _ agency: AgencyID
    ) -> HTTPProblem {
        if case .failed(let reason) = error {
            let name = "\(digest)"
            shared.log.log(.error, "upload-failed", reason.message, ["digest": LogValue(name)])
        }
        if let limit = error.limit {
            shared.metrics.reached(limit)
            shared.meters.meter(of: agency).limitedCount.add(1, ordering: .relaxed)
        }
        return HTTPProblem(error)
    }

    // MARK: - Download

    private func download(
        _ digest: Digest,
        _ request: HTTPRequest,
        _ station: StationIdentity
    ) throws(HTTPProblem) -> HTTPResponse {
        try checkReader(digest, request, station)
        let found: AttachmentReader?
        do throws(LogError) {
            found = try shared.attachments.read(digest)
        } catch {
            let name = "\(digest)"
            shared.log.log(.error, "read-failed", error.message, ["digest": LogValue(name)])
            throw .unreadable
        }
        guard let reader = found else {
            let name = "\(digest)"
            let text = "An attachment that an alert cites is not there: restore it from a copy."
            shared.log.log(.error, "attachment-missing", text, ["digest": LogValue(name)])
            throw .unreadable
        }
        let entityTag = "\"\(digest)\""
        let isSame = request.fields["If-Range"].map { $0 == entityTag } ?? true
        let wanted = RequestedRange(
            isSame ? request.fields["Range"] : nil,
            byteCount: reader.byteCount
        )
        var fields = [HTTPField("ETag", entityTag), HTTPField("Accept-Ranges", "bytes")]
        let (status, range): (Int, Range<UInt64>)
        switch wanted {
        case .unsatisfiable:
            throw HTTPProblem(
                status: 416,
                title: "Range Not Satisfiable",
                detail: "The attachment has \(reader.byteCount) bytes.",
                fields: [HTTPField("Content-Range", "bytes */\(reader.byteCount)")]
            )
        case .whole:
            (status, range) = (200, 0..<reader.byteCount)
        case .part(let part):
            (status, range) = (206, part)
            let last = part.upperBound - 1
            let text = "bytes \(part.lowerBound)-\(last)/\(reader.byteCount)"
            fields.append(HTTPField("Content-Range", text))
        }
        fields.append(HTTPField("Content-Length", "\(range.count)"))
        return HTTPResponse(
            status: status,
            type: "application/octet-stream",
            .never,
            more: fields,
            .pieces(AttachmentPieces(digest, range, reader, shared))
        )
    }

    // The alert says who may read: its author, and the agencies that it names. For all others there
    // is none.
    private func checkReader(
        _ digest: Digest,
        _ request: HTTPRequest,
        _ station: StationIdentity
    ) throws(HTTPProblem) {
        let unknown = HTTPProblem.notFound(
            "There is no such attachment of an alert of this agency: ask with ?alert=INDEX for one "
                + "of an alert that it wrote or received."
        )
        guard station.role == .agency, let query = request.query, query.hasPrefix("alert="),
            let index = UInt64(query.dropFirst(6)), String(index) == query.dropFirst(6),
            index < shared.reader.treeSize
        else { throw unknown }
        let stored: StoredEntry
        do throws(LogError) {
            stored = try shared.reader.entry(at: index)
        } catch {
            shared.log.log(.error, "read-failed", error.message, ["index": LogValue(index)])
            throw .unreadable
        }
        guard let entry = try? LogEntry(decoding: stored.bytes[...], using: LibCBOR()),
            case .alert(let body) = entry.body,
            let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR()),
            statement.header.attachments.contains(where: { $0.digest == digest }),
            mayRead(statement, station.agency)
        else { throw unknown }
        guard !stored.contentFlags.contains(.erased) else {
            throw HTTPProblem(
                status: 410,
                title: "Gone",
                detail: "The content of the alert was erased by order, and its attachments with it."
            )
        }
    }

    // As for a delivery, a recipient may have lost the channel since.
    private func mayRead(_ statement: AlertStatement, _ agency: AgencyID) -> Bool {
        guard statement.issuer != agency else { return true }
        let member = shared.published.withLock { $0.directory[agency]?.member }
        return statement.header.to.contains(agency)
            && member?.subscribe.contains(statement.header.channel) == true
    }
}
