package import Alerts
package import Base
package import COSE
package import MQTTCodec

/// Decides whether a published payload is an alert that the broker may accept.
///
/// Pure: the directory, the clock reading and the cryptography are handed in. The checks stand in
/// the order of what they cost and of what they give away.
package struct AdmissionChecker: Sendable {
    private let coding: any CBORCoding
    private let hasher: any Hashing
    private let verifier: any SignatureVerifying
    private let limits: BrokerLimits
    private let labels = LabelPolicy.standard

    /// Makes a checker.
    ///
    /// - Parameters:
    ///   - coding: the CBOR engine.
    ///   - hasher: SHA-256.
    ///   - verifier: Ed25519.
    ///   - limits: sizes and tolerances.
    package init(
        coding: any CBORCoding,
        hasher: any Hashing,
        verifier: any SignatureVerifying,
        limits: BrokerLimits
    ) {
        self.coding = coding
        self.hasher = hasher
        self.verifier = verifier
        self.limits = limits
    }

    /// Checks what was published.
    ///
    /// - Parameters:
    ///   - topicName: the topic of the PUBLISH; nil where it came another way, which has none: then
    ///     the signed header alone says where it goes.
    ///   - payload: the payload.
    ///   - qos: the quality of service of the PUBLISH.
    ///   - station: the station of the connection's certificate.
    ///   - directory: the members at this moment.
    ///   - now: the wall clock.
    /// - Returns: the alert, ready to be sequenced.
    /// - Throws: ``Refusal`` with the reason code and the sentence for the author.
    package func check(
        topicName: String?,
        payload: [UInt8],
        qos: QoS = .atLeastOnce,
        station: StationIdentity,
        directory: Directory,
        now: WallTime
    ) throws(Refusal) -> VerifiedAlert {
        let publisher = station.agency
        guard station.role == .agency else {
            let text = Sentence.onlyAgencies("an \(station.role.rawValue)")
            throw refusal(.notAuthorized, payload, text)
        }
        let named = topicName.flatMap { AlertTopic(topicName: $0) }
        if let topicName, named == nil {
            throw refusal(.topicNameInvalid, payload, Sentence.topicUnknown(topicName))
        }
        let (outer, statement) = try decode(payload)
        let topic = named ?? AlertTopic(kind: statement.header.kind)
        do throws(Refusal) {
            try checkRouting(of: statement, topic: topic)
            try checkAuthor(of: statement, publisher: publisher, directory: directory)
            try checkContentDigest(of: statement, content: outer.contentBytes)
            let named = try checkRecipients(of: statement, outer: outer, directory: directory)
            try checkPermission(of: publisher, channel: topic.kind.channel, directory: directory)
            try checkLabels(of: statement)
            try checkTimes(of: statement, now: now)
            return makeAlert(
                station: station,
                topicName: topic.name,
                payload: payload,
                qos: qos,
                outer: outer,
                statement: statement,
                recipients: named.recipients,
                mask: named.mask,
                now: now
            )
        } catch {
            var error = error
            error.alert = statement.alert
            error.payloadDigest = hasher.digest(payload[...])
            throw error
        }
    }

    private func decode(
        _ payload: [UInt8]
    ) throws(Refusal) -> (outer: AlertPayload, statement: AlertStatement) {
        do throws(AlertError) {
            let outer = try AlertPayload(
                decoding: payload[...],
                using: coding,
                limits: AlertLimits(
                    statementByteCountMax: limits.statementByteCountMax,
                    contentByteCountMax: limits.contentByteCountMax
                )
            )
            return (outer, try AlertStatement(outer.statementItem, using: coding))
        } catch {
            throw refusal(
                error.isQuota ? .quotaExceeded : .payloadFormatInvalid,
                payload,
                error.message
            )
        }
    }

    private func checkRouting(
        of statement: AlertStatement,
        topic: AlertTopic
    ) throws(Refusal) {
        guard statement.header.kind == topic.kind else {
            throw Refusal(
                .publish,
                .topicNameInvalid,
                Sentence.topicDisagrees(topic, statement.header)
            )
        }
    }

    private func checkAuthor(
        of statement: AlertStatement,
        publisher: AgencyID,
        directory: Directory
    ) throws(Refusal) {
        guard statement.issuer == publisher else {
            throw Refusal(
                .publish,
                .notAuthorized,
                Sentence.foreignIssuer(statement.issuer, certificate: publisher)
            )
        }
        guard let record = directory[publisher], let key = record.member.signingKey else {
            throw Refusal(.publish, .notAuthorized, Sentence.unknownAgency(publisher))
        }
        guard statement.keyID.hasSameBytes(as: record.signingKeyID[...]) else {
            throw Refusal(.publish, .notAuthorized, Sentence.foreignKey(publisher))
        }
        let signature = statement.sign1.signature
        let message = statement.sign1.signatureStructure(using: coding)
        guard verifier.verify(signature: signature, message: message[...], key: key) else {
            throw Refusal(.publish, .notAuthorized, Sentence.signatureInvalid(publisher))
        }
    }

    private func checkContentDigest(
        of statement: AlertStatement,
        content: ArraySlice<UInt8>
    ) throws(Refusal) {
        guard hasher.digest(content) == statement.contentDigest else {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.contentAltered)
        }
    }

    private func checkRecipients(
        of statement: AlertStatement,
        outer: AlertPayload,
        directory: Directory
    ) throws(Refusal) -> (recipients: [AgencyID], mask: UInt64) {
        let content: COSEEncrypt
        do throws(COSEError) {
            content = try COSEEncrypt(decoding: outer.contentBytes, using: coding)
        } catch {
            throw Refusal(.publish, .payloadFormatInvalid, AlertError.content(error).message)
        }
        // Sorted, since for the few that an alert names a set costs more.
        let named = statement.header.to.sorted()
        guard !named.isEmpty, zip(named, named.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.recipientsNotDistinct)
        }
        var mask: UInt64 = 0
        for agency in named {
            guard let record = directory[agency], !record.encryptionKeyID.isEmpty else {
                throw Refusal(.publish, .payloadFormatInvalid, Sentence.unknownRecipient(agency))
            }
            mask |= record.mask
        }
        try checkSealed(content, for: named, directory: directory)
        return (named, mask)
    }

    // The content has one recipient for each agency that is named, and no other.
    private func checkSealed(
        _ content: COSEEncrypt,
        for named: [AgencyID],
        directory: Directory
    ) throws(Refusal) {
        var sealed: [AgencyID] = []
        sealed.reserveCapacity(content.recipients.count)
        for recipient in content.recipients {
            guard let agency = directory.agency(encryptionKeyID: recipient.keyID) else {
                let text = Sentence.unknownRecipientKey(recipient.keyID)
                throw Refusal(.publish, .payloadFormatInvalid, text)
            }
            sealed.append(agency)
        }
        sealed.sort()
        guard sealed != named else { return }
        let expected = Set(named)
        if let agency = sealed.first(where: { !expected.contains($0) }) {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.recipientOutside(agency))
        }
        if let (agency, _) = zip(sealed, sealed.dropFirst()).first(where: { $0 == $1 }) {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.recipientTwice(agency))
        }
        if let missing = expected.subtracting(sealed).min() {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.recipientMissing(missing))
        }
    }

    private func checkPermission(
        of publisher: AgencyID,
        channel: Channel,
        directory: Directory
    ) throws(Refusal) {
        guard directory[publisher]?.member.publish.contains(channel) == true else {
            throw Refusal(
                .publish,
                .notAuthorized,
                Sentence.mayNotPublish(publisher, channel: channel)
            )
        }
    }

    // Authors check the same before they seal; the broker does not rely on that.
    private func checkLabels(of statement: AlertStatement) throws(Refusal) {
        do throws(AlertHeaderError) {
            try labels.check(statement.header)
            try labels.checkKind(of: statement.header)
        } catch {
            throw Refusal(.publish, .payloadFormatInvalid, error.message)
        }
    }

    private func checkTimes(of statement: AlertStatement, now: WallTime) throws(Refusal) {
        let tolerance = UInt64(limits.clockToleranceSeconds) * 1000
        let ageMax = UInt64(limits.issuedAgeMaxSeconds) * 1000
        guard statement.issuedAt <= now.adding(milliseconds: tolerance) else {
            throw Refusal(
                .publish,
                .implementationSpecificError,
                Sentence.issuedInFuture(statement.issuedAt, now: now)
            )
        }
        guard statement.issuedAt >= now.subtracting(milliseconds: ageMax) else {
            throw Refusal(
                .publish,
                .implementationSpecificError,
                Sentence.issuedTooLongAgo(statement.issuedAt, limits.issuedAgeMaxSeconds)
            )
        }
        if let expires = statement.expires, expires <= now {
            throw Refusal(.publish, .implementationSpecificError, Sentence.expired(expires))
        }
        for (name, due) in statement.header.deadlines where due <= statement.issuedAt {
            let text = Sentence.dueBeforeIssue(name, due, statement.issuedAt)
            throw Refusal(.publish, .implementationSpecificError, text)
        }
    }

    private func makeAlert(
        station: StationIdentity,
        topicName: String,
        payload: [UInt8],
        qos: QoS,
        outer: AlertPayload,
        statement: AlertStatement,
        recipients: [AgencyID],
        mask: UInt64,
        now: WallTime
    ) -> VerifiedAlert {
        let canonical = statement.canonicalBytes
        return VerifiedAlert(
            payload: payload,
            statement: canonical,
            content: outer.contentBytes,
            isCanonical: payload.count == 1 + canonical.count + outer.contentBytes.count
                && outer.statementBytes.hasSameBytes(as: canonical[...]),
            station: station,
            issuer: statement.issuer,
            keyID: statement.keyID,
            alert: statement.alert,
            statementDigest: hasher.digest(canonical[...]),
            issuedAt: statement.issuedAt,
            expires: statement.expires,
            header: statement.header,
            channel: statement.header.channel,
            topicName: topicName,
            recipients: recipients,
            recipientMask: mask,
            acceptedAt: now,
            qos: qos
        )
    }

    private func refusal(_ code: ReasonCode, _ payload: [UInt8], _ text: String) -> Refusal {
        Refusal(.publish, code, text, payloadDigest: hasher.digest(payload[...]))
    }
}
