package import Alerts
package import Base
package import COSE
import MQTTCodec

/// Decides whether a redaction statement may be logged, as far as that can be told without the
/// log: form, issuer, key, signature and time.
package struct RedactionChecker: Sendable {
    private let coding: any CBORCoding
    private let hasher: any Hashing
    private let verifier: any SignatureVerifying
    private let limits: BrokerLimits

    /// Makes a checker.
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

    /// Checks one statement.
    ///
    /// - Parameters:
    ///   - payload: the statement.
    ///   - station: the station of the connection's certificate.
    ///   - directory: the members at this moment.
    ///   - now: the wall clock.
    /// - Returns: the statement, ready to be looked up in the log.
    /// - Throws: ``Refusal`` with the reason code and the sentence for the sender.
    package func check(
        _ payload: [UInt8],
        station: StationIdentity,
        directory: Directory,
        now: WallTime
    ) throws(Refusal) -> VerifiedRedaction {
        do throws(Refusal) {
            return try verify(payload, station, directory, now)
        } catch {
            var error = error
            error.payloadDigest = hasher.digest(payload[...])
            throw error
        }
    }

    private func verify(
        _ payload: [UInt8],
        _ station: StationIdentity,
        _ directory: Directory,
        _ now: WallTime
    ) throws(Refusal) -> VerifiedRedaction {
        let statement: RedactionStatement
        do throws(AlertError) {
            statement = try RedactionStatement(decoding: payload[...], using: coding)
        } catch {
            let code: ReasonCode = error.isQuota ? .quotaExceeded : .payloadFormatInvalid
            throw Refusal(.publish, code, error.message)
        }
        let issuer = statement.draft.issuer
        guard station.role == statement.role, station.agency == issuer else {
            throw Refusal(.publish, .notAuthorized, Sentence.redactionByAnother(statement, station))
        }
        guard let member = directory[issuer]?.member, member.role == statement.role,
            let key = member.signingKey
        else { throw Refusal(.publish, .notAuthorized, Sentence.unknownAgency(issuer)) }
        guard
            statement.isSigned(by: key, coding: coding, hasher: hasher, verifier: verifier)
        else { throw Refusal(.publish, .notAuthorized, Sentence.signatureInvalid(issuer)) }
        try checkTime(statement.draft.issuedAt, now)
        return VerifiedRedaction(statement: statement, station: station, acceptedAt: now)
    }

    private func checkTime(_ issuedAt: WallTime, _ now: WallTime) throws(Refusal) {
        let tolerance = UInt64(limits.clockToleranceSeconds) * 1000
        guard issuedAt <= now.adding(milliseconds: tolerance) else {
            let text = Sentence.issuedInFuture(issuedAt, now: now)
            throw Refusal(.publish, .implementationSpecificError, text)
        }
        let ageMax = UInt64(limits.issuedAgeMaxSeconds) * 1000
        guard issuedAt >= now.subtracting(milliseconds: ageMax) else {
            let text = Sentence.issuedTooLongAgo(issuedAt, limits.issuedAgeMaxSeconds)
            throw Refusal(.publish, .implementationSpecificError, text)
        }
    }

    // MARK: - In the light of the log

    /// What the log knows of the entry that a statement names.
    package struct Subject: Sendable {
        /// The alert, nil for an entry that is none.
        package let alert: UUID?
        /// Its channel.
        package let channel: Channel?
        /// Its recipients with their counts.
        package let counts: [RecipientCount]
        /// Whether its content has been erased.
        package let isErased: Bool

        /// Makes a subject.
        package init(
            alert: UUID?,
            channel: Channel?,
            counts: [RecipientCount],
            isErased: Bool
        ) {
            self.alert = alert
            self.channel = channel
            self.counts = counts
            self.isErased = isErased
        }
    }

    /// Completes a statement with what the log knows of its alert.
    ///
    /// - Parameters:
    ///   - redaction: the statement.
    ///   - subject: the entry that it names; nil if the log has none such.
    ///   - directory: the members at this moment.
    /// - Returns: the statement, ready to be sequenced.
    /// - Throws: ``Refusal`` if it does not fit the log.
    package static func complete(
        _ redaction: VerifiedRedaction,
        _ subject: Subject?,
        directory: Directory
    ) throws(Refusal) -> VerifiedRedaction {
        let draft = redaction.statement.draft
        guard let subject, subject.alert == draft.alert else {
            throw Refusal(.publish, .payloadFormatInvalid, Sentence.redactionOfNothing(draft))
        }
        var complete = redaction
        complete.channel = subject.channel
        guard redaction.isOrder else {
            guard subject.isErased else {
                throw Refusal(.publish, .payloadFormatInvalid, Sentence.notRedacted(draft))
            }
            guard let count = subject.counts.first(where: { $0.agency == draft.issuer }) else {
                throw Refusal(.publish, .notAuthorized, Sentence.confirmationByAnother(draft))
            }
            complete.counts = [count]
            return complete
        }
        guard !subject.isErased else {
            throw Refusal(.publish, .packetIdentifierInUse, Sentence.redactedAlready(draft))
        }
        complete.counts = subject.counts
        for count in subject.counts { complete.recipientMask |= directory[count.agency]?.mask ?? 0 }
        return complete
    }
}
