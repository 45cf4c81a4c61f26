package import Alerts
package import Base
package import COSE
import MQTTCodec

/// Decides whether a signed statement beside alerts is one, by the member whose station publishes
/// it, and of this day: what can be told of it without the log.
package struct StatementChecker: Sendable {
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
    /// - Returns: the statement, signed by the member of the station.
    /// - Throws: ``Refusal`` with the reason code and the sentence for the sender.
    package func check<Statement: MemberStatement>(
        _ payload: [UInt8],
        station: StationIdentity,
        directory: Directory,
        now: WallTime
    ) throws(Refusal) -> Statement {
        do throws(Refusal) {
            return try verify(payload, station, directory, now)
        } catch {
            var error = error
            error.payloadDigest = hasher.digest(payload[...])
            throw error
        }
    }

    private func verify<Statement: MemberStatement>(
        _ payload: [UInt8],
        _ station: StationIdentity,
        _ directory: Directory,
        _ now: WallTime
    ) throws(Refusal) -> Statement {
        let statement: Statement
        do throws(AlertError) {
            statement = try Statement(decoding: payload[...], using: coding)
        } catch {
            let code: ReasonCode = error.isQuota ? .quotaExceeded : .payloadFormatInvalid
            throw Refusal(.publish, code, error.message)
        }
        let issuer = statement.issuer
        guard station.role == statement.role, station.agency == issuer else {
            throw Refusal(.publish, .notAuthorized, Sentence.statementByAnother(statement, station))
        }
        guard let member = directory[issuer]?.member, member.role == statement.role,
            let key = member.signingKey
        else { throw Refusal(.publish, .notAuthorized, Sentence.unknownAgency(issuer)) }
        guard
            statement.isSigned(by: key, coding: coding, hasher: hasher, verifier: verifier)
        else { throw Refusal(.publish, .notAuthorized, Sentence.signatureInvalid(issuer)) }
        try checkTime(statement.envelope.claims.issuedAt, now)
        return statement
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
}

extension Sentence {
    static func statementByAnother(
        _ statement: some MemberStatement,
        _ station: StationIdentity
    ) -> String {
        "this statement is by \(statement.role.rawValue) \(statement.issuer), and the station is "
            + "of \(station.role.rawValue) \(station.agency): publish it with a station of the "
            + "member that signs"
    }
}
