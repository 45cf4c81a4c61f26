import Alerts
import Base
import BrokerCore
import CBOR
import COSE
import Crypto
import EventLoop
import HTTPEngine
import LogStore
import MQTTCodec
import MerkleLog
import Synchronization

/// The registration of statements over HTTPS (draft-ietf-scitt-scrapi-11): the second way to
/// publish, with the same admission, the same sequencer and the same log.
extension HTTPPlane {
    /// An alert with its content, as the payload of a PUBLISH has them: an array of two.
    static let alertType = "application/aviso-alert+cbor"
    /// A receipt (RFC 9943).
    static let receiptType = "application/scitt-receipt+cose"
    /// What SCRAPI calls both statements and receipts.
    static let coseType = "application/cose"
    static let entriesPath = "/entries"

    /// Publishes an alert; the answer follows when it is on stable storage.
    func register(
        _ request: HTTPRequest,
        _ station: StationIdentity,
        _ reply: HTTPReply
    ) throws(HTTPProblem) {
        try checkType(request)
        let accept = MediaTypes(request.fields["Accept"])
        guard !shared.submissions.isFull,
            let token = shared.waiting.begin({ result in
                reply.send(Self.answer(to: result, accept))
            })
        else { throw .busy }
        let body: Submission.Body
        do throws(Refusal) {
            body = .alert(try admit(request, station))
        } catch {
            body = .refusal(error, station: station, address: request.address)
        }
        let source = Submission.Source(
            shard: Submission.Source.httpsShard,
            connection: 0,
            token: token
        )
        shared.submissions.put([Submission(source: source, body: body)])
    }

    private func checkType(_ request: HTTPRequest) throws(HTTPProblem) {
        let type = MediaTypes(request.fields["Content-Type"])
        guard !type.name(Self.alertType) else { return }
        guard !type.name(Self.coseType) else {
            throw HTTPProblem(
                status: 400,
                title: "Payload Missing",
                detail: "The broker delivers the content that the statement is about: post "
                    + "[statement, content] as \(Self.alertType)."
            )
        }
        throw HTTPProblem(
            status: 415,
            title: "Unsupported Media Type",
            detail: "An alert is posted as \(Self.alertType).",
            fields: [HTTPField("Accept", Self.alertType)]
        )
    }

    private func admit(
        _ request: HTTPRequest,
        _ station: StationIdentity
    ) throws(Refusal) -> VerifiedAlert {
        let meter = shared.meters.meter(of: station.agency)
        let byteCount = request.body.count
        if let refusal = meter.publish(byteCount: byteCount, now: SystemClock.monotonic()) {
            throw refusal
        }
        return try shared.checker.check(
            topicName: nil,
            payload: request.body,
            station: station,
            directory: shared.published.withLock { $0.directory },
            now: SystemClock.wall()
        )
    }

    private static func answer(to result: PublishResult, _ accept: MediaTypes) -> HTTPResponse {
        if case .refused(let refusal) = result { return HTTPProblem(refusal).concise }
        guard case .accepted(let index, let text?) = result, let receipt = Base64.decodeURL(text)
        else { preconditionFailure("an alert is accepted with its receipt") }
        return Self.receipt(receipt, index: index, status: 201, accept)
    }

    private static func receipt(
        _ bytes: [UInt8],
        index: UInt64,
        status: Int,
        _ accept: MediaTypes
    ) -> HTTPResponse {
        let isGeneric = accept.name(coseType) && !accept.name(receiptType)
        return HTTPResponse(
            status: status,
            type: isGeneric ? coseType : receiptType,
            .never,
            more: [HTTPField("Location", "\(entriesPath)/\(index)")],
            .bytes(bytes)
        )
    }

    // MARK: - Receipts

    /// The receipt of an entry, or its transparent statement where that is asked for.
    func entry(
        _ identifier: Substring,
        _ request: HTTPRequest,
        _ station: StationIdentity
    ) throws(HTTPProblem) -> HTTPResponse {
        let unknown = HTTPProblem.notFound(
            "The log has no alert \(identifier.prefix(utf8: 20)) that this station may ask for."
        )
        guard let index = UInt64(identifier), String(index) == identifier,
            index < shared.reader.treeSize
        else { throw unknown }
        let item: ReceiptArchive.Item?
        do {
            // Nobody else learns that there is such an alert.
            let latest = shared.published.withLock { $0.note }
            item = try archive.item(at: index, latest: latest) { Self.concerns($0, station) }
        } catch {
            shared.log.log(.error, "receipt-failed", "\(error)", ["index": LogValue(index)])
            throw .unreadable
        }
        guard let item else { throw unknown }
        let accept = MediaTypes(request.fields["Accept"])
        guard accept.name(TransparentStatement.mediaType) else {
            return Self.receipt(item.receipt, index: index, status: 200, accept)
        }
        guard let statement = try? AlertStatement(decoding: item.body.statement, using: LibCBOR())
        else { throw .unreadable }
        return HTTPResponse(
            status: 200,
            type: TransparentStatement.mediaType,
            .never,
            more: [HTTPField("Location", "\(Self.entriesPath)/\(index)")],
            .bytes(
                TransparentStatement.join(
                    statement: statement.sign1,
                    receipt: item.receipt,
                    using: LibCBOR()
                )
            )
        )
    }

    private static func concerns(_ body: AlertEntryBody, _ station: StationIdentity) -> Bool {
        guard station.role == .agency else { return true }
        let agency = station.agency.description
        if body.counts.contains(where: { $0.agency == agency }) { return true }
        let statement = try? AlertStatement(decoding: body.statement, using: LibCBOR())
        return statement?.issuer == station.agency
    }

    // MARK: - Keys

    /// The keys that verify receipts, or the one of a kid in base64url: also those that signed the
    /// log before, as long as there may be receipts of then.
    func keys(_ identifier: Substring?) throws(HTTPProblem) -> HTTPResponse {
        let keys = ([signer.key.publicKey] + formerKeys).map { key in
            let keyID = COSEKeyThumbprint.of(key, coding: LibCBOR(), hasher: SHA256())
            return (keyID: keyID, value: COSEKey.verifying(key, keyID: keyID))
        }
        let value: CBORValue
        if let identifier {
            let keyID = Base64.decodeURL(identifier)
            guard let key = keys.first(where: { $0.keyID == keyID }) else {
                throw HTTPProblem(
                    status: 404,
                    title: "No such key",
                    detail: "The log has no key of this kid; a kid is written in base64url."
                )
            }
            value = key.value
        } else {
            value = .array(keys.map(\.value))
        }
        return HTTPResponse(
            status: 200,
            type: "application/cbor",
            .hours,
            .bytes(LibCBOR().encode(value))
        )
    }
}
