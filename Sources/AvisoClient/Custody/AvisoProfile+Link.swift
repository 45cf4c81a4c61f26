import Alerts
import Base
import CBOR
import COSE
import CaseCore
import Crypto

extension AvisoProfile {
    /// Makes a draft the next link of a chain of custody: it cites the link before it by the
    /// digest of its statement, in the signed header and in the form.
    ///
    /// The link before it is a statement whose receipt the profile keeps, or one that the broker
    /// has for this member; its author's signature is verified.
    ///
    /// - Parameters:
    ///   - draft: the draft of a custody transfer.
    ///   - previous: the link before it, by its index or its identifier.
    /// - Returns: the draft with reference and digest.
    /// - Throws: ``AvisoError``: no such transfer, or a form that names another digest.
    public func linking(
        _ draft: AlertDraft,
        behind previous: LogEntryName
    ) throws(AvisoError) -> AlertDraft {
        guard draft.kind == AlertKind.custodyTransfer.rawValue else {
            throw AvisoError(.invalidInput, "only a custody-transfer goes on from a previous one")
        }
        let (alert, header, digest) = try statement(previous)
        guard header.kind == .custodyTransfer else {
            throw AvisoError(
                .invalidInput,
                "\(alert.urn) is of kind \(header.kind), not a custody-transfer"
            )
        }
        var linked = draft
        if !linked.references.contains(alert.urn) { linked.references.insert(alert.urn, at: 0) }
        linked.digests[alert.urn] = digest.description
        linked.form = try form(draft.form, previous: digest)
        return linked
    }

    private func form(
        _ bytes: [UInt8],
        previous digest: Digest
    ) throws(AvisoError) -> [UInt8] {
        guard let value = try? JSONValue(parsing: bytes[...]), var form = value.objectValue else {
            // Sealing says what is wrong with it.
            return bytes
        }
        if let named = form["previous"] {
            guard named.stringValue == digest.description else {
                throw AvisoError(
                    .invalidInput,
                    "the form's previous is \(named.text), and the statement's digest is \(digest)"
                )
            }
            return bytes
        }
        form.append("previous", .string(digest.description))
        return Array(JSONValue.object(form).text.utf8)
    }

    private func statement(
        _ name: LogEntryName
    ) throws(AvisoError) -> (Base.UUID, AlertHeader, Digest) {
        if case .alert(let text) = name,
            let bytes = try? SmallFile.read(receiptFile(alert: text)),
            let proof = try? verifyReceipt(nil, statement: bytes), proof.alert == text,
            let own = try? AlertStatement(decoding: bytes[...], using: LibCBOR())
        {
            return (own.alert, own.header, SHA256().digest(own.canonicalBytes[...]))
        }
        let server = try LogServer(profile: self)
        guard let found = try StatementCollection(server, self)[name], found.isVerified else {
            throw AvisoError(.refused, "the log has no alert \(name) that concerns \(member)")
        }
        return (found.alert, found.header, found.digest)
    }
}
