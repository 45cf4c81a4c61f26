package import Alerts
package import Base
package import MQTTCodec

/// An alert that passed every check that needs no order among alerts.
///
/// What depends on order (identifier seen before, running counts) is the sequencer's. Immutable and
/// shared, since it passes from a loop to the sequencer and back to all loops.
package final class VerifiedAlert: Sendable {
    /// The PUBLISH payload exactly as it came, which is what subscribers get.
    package let payload: [UInt8]
    /// The statement with an empty unprotected header: what the log's leaf is made of.
    package let statement: [UInt8]
    /// The content's encoded bytes, a slice of ``payload``.
    package let content: ArraySlice<UInt8>
    /// Whether `statement` and `content` joined give back ``payload``.
    package let isCanonical: Bool
    /// The station that published it.
    package let station: StationIdentity
    /// The author.
    package let issuer: AgencyID
    /// The identifier of the key that its signature verifies under, a slice of ``payload``.
    package let keyID: ArraySlice<UInt8>
    /// The alert's identifier.
    package let alert: UUID
    /// SHA-256 of ``statement``: same identifier and same digest is the same alert.
    package let statementDigest: Digest
    /// When the author says it was issued.
    package let issuedAt: WallTime
    /// When it loses its meaning, if ever.
    package let expires: WallTime?
    /// What it says about itself in the clear.
    package let header: AlertHeader
    /// The channel of its topic and of its signed header.
    package let channel: Channel
    /// The topic, as published.
    package let topicName: String
    /// The agencies that it names, sorted, each once.
    package let recipients: [AgencyID]
    /// The recipients' bits in the record's mask.
    package let recipientMask: UInt64
    /// When the broker took it.
    package let acceptedAt: WallTime
    /// The quality of service with which it was published, 1 or 2.
    package let qos: QoS

    /// Makes an alert of what admission has found.
    package init(
        payload: [UInt8],
        statement: [UInt8],
        content: ArraySlice<UInt8>,
        isCanonical: Bool,
        station: StationIdentity,
        issuer: AgencyID,
        keyID: ArraySlice<UInt8>,
        alert: UUID,
        statementDigest: Digest,
        issuedAt: WallTime,
        expires: WallTime?,
        header: AlertHeader,
        channel: Channel,
        topicName: String,
        recipients: [AgencyID],
        recipientMask: UInt64,
        acceptedAt: WallTime,
        qos: QoS = .atLeastOnce
    ) {
        self.payload = payload
        self.statement = statement
        self.content = content
        self.isCanonical = isCanonical
        self.station = station
        self.issuer = issuer
        self.keyID = keyID
        self.alert = alert
        self.statementDigest = statementDigest
        self.issuedAt = issuedAt
        self.expires = expires
        self.header = header
        self.channel = channel
        self.topicName = topicName
        self.recipients = recipients
        self.recipientMask = recipientMask
        self.acceptedAt = acceptedAt
        self.qos = qos
    }
}
