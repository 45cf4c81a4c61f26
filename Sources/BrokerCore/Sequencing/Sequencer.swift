package import Alerts
package import Base
package import COSE
package import MerkleLog
import MQTTCodec

/// Turns submissions into entries: index, time, counts, duplicates and the last policy check.
///
/// A pure function over its own state, so that whoever folds the same submissions gets the same
/// tree. It reads no clock and writes no file: its driver does that.
package struct Sequencer: Sendable {
    /// The index of the next entry, which is the size of the log.
    package private(set) var nextIndex: UInt64 = 0
    /// The time of the last entry.
    package private(set) var lastTime = WallTime(milliseconds: 0)
    /// How many alerts have been addressed to each agency.
    package private(set) var counts: [AgencyID: UInt64] = [:]
    /// The members, as the log has them.
    package private(set) var directory = Directory()
    /// The changes of the log's key so far, oldest first.
    package private(set) var keyChanges: [PolicyBody] = []
    /// The durable sessions, as the log has them.
    package private(set) var sessions = SessionProjection()
    /// The groups, as the log has them.
    package private(set) var groups = GroupDirectory()
    /// The retained messages of the opaque channels.
    package private(set) var retained = RetainedProjection()
    /// By when answers and acknowledgements are due, as the log has it.
    package internal(set) var deadlines: DeadlineBook

    /// Which alerts cite which attachments, as the log has it.
    package private(set) var attachments = AttachmentProjection()
    /// By the index of an alert, the digests of the orders to erase its content; more than one only
    /// in logs of before a second one was refused.
    package private(set) var erasures: [UInt64: [Digest]] = [:]
    /// The consents that can be cited.
    private(set) var consents = ConsentProjection()

    private(set) var recent: DuplicateWindow
    private(set) var cited = CitedAlerts()
    private var refusals: RefusalMeters
    let limits: BrokerLimits
    let coding: any CBORCoding
    let hasher: any Hashing

    /// Where earlier entries are read again, once the log is open.
    package var entries: (any EntrySource)?
    /// Where attachments are, once the log is open; without it none is.
    package var stored: (any AttachmentSource)?

    /// Makes the sequencer of an empty log.
    ///
    /// - Parameters:
    ///   - limits: what peers are allowed.
    ///   - coding: CBOR.
    ///   - hasher: SHA-256.
    ///   - seed: any number that authors of alerts do not know; it decides nothing.
    package init(
        limits: BrokerLimits,
        coding: any CBORCoding,
        hasher: any Hashing,
        seed: UInt64 = 0
    ) {
        self.limits = limits
        self.coding = coding
        self.hasher = hasher
        self.recent = DuplicateWindow(
            ageMaxMilliseconds: Self.windowMilliseconds(limits),
            seed: seed
        )
        self.refusals = RefusalMeters(perSecond: limits.refusalsPerSecond)
        self.deadlines = DeadlineBook(reminders: limits.reminders)
    }

    /// Makes the sequencer of a log that a snapshot was taken of.
    ///
    /// The result is nil if the bytes are no snapshot's.
    ///
    /// - Parameters:
    ///   - snapshot: what ``SequencerSnapshot/encode(using:)`` gave.
    ///   - limits: as for an empty log.
    ///   - coding: CBOR.
    ///   - hasher: SHA-256.
    package init?(
        restoring snapshot: ArraySlice<UInt8>,
        limits: BrokerLimits,
        coding: any CBORCoding,
        hasher: any Hashing
    ) {
        guard let state = SequencerState(decoding: snapshot, using: coding) else { return nil }
        self.init(limits: limits, coding: coding, hasher: hasher)
        for body in state.bodies { project(body) }
        for (topic, place) in state.retained { retained.set(ExactText(topic), place) }
        for (index, body) in state.groups { project(body, index: index) }
        counts = state.counts
        attachments = AttachmentProjection(citations: state.attachments)
        consents = ConsentProjection(standing: state.consents)
        erasures = state.erasures
        recent = DuplicateWindow(
            ageMaxMilliseconds: Self.windowMilliseconds(limits),
            seed: state.seed,
            pages: state.pages,
            memories: state.latest
        )
        deadlines = DeadlineBook(records: state.deadlines, reminders: limits.reminders)
        lastTime = state.lastTime
        nextIndex = state.nextIndex
    }

    private static func windowMilliseconds(_ limits: BrokerLimits) -> UInt64 {
        UInt64(limits.issuedAgeMaxSeconds + limits.clockToleranceSeconds) * 1000
    }

    /// The number of identifiers kept against replays.
    package var recentCount: Int { recent.count }

    // MARK: - Forward: a submission becomes an entry

    /// Makes entry 0.
    ///
    /// - Precondition: the log is empty.
    package mutating func sequenceGenesis(_ genesis: GenesisBody, now: WallTime) -> SequencedEntry {
        precondition(nextIndex == 0, "the genesis is entry 0")
        guard let entry = append(.genesis(genesis), now: now) else {
            preconditionFailure("the genesis is larger than an entry may be")
        }
        return entry
    }

    /// Sequences one submission.
    ///
    /// - Parameters:
    ///   - submission: what a loop handed over.
    ///   - now: the wall clock; the entry's time is never before the last one's.
    /// - Returns: the entry that it became, or why it became none.
    package mutating func sequence(_ submission: Submission, now: WallTime) -> SequencingOutcome {
        switch submission.body {
        case .alert(let alert):
            return sequence(alert, now: now)
        case .opaque(let message):
            return sequence(message, now: now)
        case .refusal(let refusal, let station, let address):
            return refuse(refusal, station: station, address: address, now: now)
        case .session(let body):
            return record(.session(body), now: now)
        case .delivery(let body):
            return record(.delivery(body), now: now)
        case .directory(let body):
            return record(.directory(body), now: now)
        case .snapshot(let body):
            return record(.snapshot(body), now: now)
        case .policy(let body):
            return record(.policy(body), now: now)
        case .redaction(let redaction):
            return sequence(redaction, now: now)
        case .group(let statement):
            return sequence(statement, now: now)
        }
    }

    private mutating func sequence(
        _ group: VerifiedGroupStatement,
        now: WallTime
    ) -> SequencingOutcome {
        do throws(Refusal) {
            try checkAuthor(of: group.statement)
            if let index = try placeInForce(of: group, now: now) { return .repeated(index: index) }
        } catch {
            return refuse(error, station: group.station, address: nil, now: now)
        }
        let body = AlertEntryBody(
            statement: group.statement.canonicalBytes[...],
            accepted: group.acceptedAt,
            counts: []
        )
        return record(.group(body), of: .group(group), from: group.station, now: now)
    }

    private mutating func sequence(
        _ redaction: VerifiedRedaction,
        now: WallTime
    ) -> SequencingOutcome {
        do throws(Refusal) {
            try checkAuthor(of: redaction.statement)
        } catch {
            return refuse(error, station: redaction.station, address: nil, now: now)
        }
        let body = AlertEntryBody(
            statement: redaction.statement.canonicalBytes[...],
            accepted: redaction.acceptedAt,
            counts: redaction.counts.map {
                AlertEntryBody.Count(agency: $0.agency.description, count: $0.count)
            }
        )
        return record(
            .redaction(body),
            of: .redaction(redaction),
            from: redaction.station,
            now: now
        )
    }

    private mutating func sequence(_ alert: VerifiedAlert, now: WallTime) -> SequencingOutcome {
        let seen: DuplicateWindow.Sighting?
        do throws(Refusal) {
            seen = try sighting(of: alert.alert)
        } catch {
            return refuse(error, station: alert.station, address: nil, now: now)
        }
        if let sighting = seen {
            if sighting.statementDigest == alert.statementDigest {
                return .repeated(index: sighting.index)
            }
            let refusal = Refusal(
                .publish,
                .packetIdentifierInUse,
                Sentence.replayed(alert.alert, index: sighting.index),
                alert: alert.alert,
                payloadDigest: hasher.digest(alert.payload[...])
            )
            return refuse(refusal, station: alert.station, address: nil, now: now)
        }
        do throws(Refusal) {
            try checkMembers(of: alert)
            try checkGroups(of: alert, now: now)
            try checkCitations(of: alert)
            try checkDeadlines(of: alert, now: now)
            try checkAttachments(of: alert)
        } catch {
            return refuse(error, station: alert.station, address: nil, now: now)
        }
        var next: [RecipientCount] = []
        next.reserveCapacity(alert.recipients.count)
        for agency in alert.recipients {
            next.append(RecipientCount(agency: agency, count: counts[agency, default: 0] + 1))
        }
        let body = AlertEntryBody(
            statement: alert.statement[...],
            accepted: alert.acceptedAt,
            counts: next.map {
                AlertEntryBody.Count(agency: $0.agency.description, count: $0.count)
            }
        )
        return record(
            .alert(body),
            of: .alert(alert, counts: next),
            from: alert.station,
            now: now
        )
    }

    // Where the alert stands already: among the latest, or further back in the log.
    private func sighting(of alert: UUID) throws(Refusal) -> DuplicateWindow.Sighting? {
        if let sighting = recent.sighting(of: alert) { return sighting }
        for index in recent.candidates(for: alert) {
            guard let bytes = entries?.entry(at: index),
                let entry = try? LogEntry(decoding: bytes[...], using: coding),
                case .alert(let body) = entry.body,
                let statement = try? AlertStatement(decoding: body.statement, using: coding)
            else {
                throw Refusal(
                    .publish,
                    .unspecifiedError,
                    Sentence.cannotCompare(index),
                    alert: alert
                )
            }
            guard statement.alert == alert else { continue }
            return DuplicateWindow.Sighting(
                index: index,
                statementDigest: hasher.digest(body.statement)
            )
        }
        return nil
    }

    private mutating func sequence(
        _ message: OpaqueMessage,
        now: WallTime
    ) -> SequencingOutcome {
        let content = message.content
        let isNamed = message.topicName.utf8.count <= OpaqueBody.topicByteCountMax
        let body = OpaqueBody(
            station: message.sender.station.urn,
            client: message.sender.recordedIdentifier,
            topic: isNamed ? message.topicName : nil,
            qos: UInt64(message.qos.rawValue),
            isRetained: message.isRetained,
            payloadByteCount: UInt64(message.payload.count),
            expires: message.expires,
            digest: hasher.digest(content[...])
        )
        guard retained.hasRoom(for: body, limits: limits) else {
            let refusal = Refusal(
                .publish,
                .quotaExceeded,
                Sentence.retainedFull(limits),
                limit: .retainedCountMax
            )
            return refuse(refusal, station: message.sender.station, address: nil, now: now)
        }
        return record(
            .opaque(body),
            of: .opaque(message, content: content),
            from: message.sender.station,
            now: now
        )
    }

    private mutating func refuse(
        _ refusal: Refusal,
        station: StationIdentity?,
        address: String?,
        now: WallTime
    ) -> SequencingOutcome {
        let member = station.map(\.agency).flatMap { directory[$0]?.member.id }
        guard let suppressed = refusals.take(for: member, now: now) else {
            return .refusedUnrecorded(refusal)
        }
        let body = RefusalBody(
            station: station?.urn,
            address: address,
            packet: refusal.request.rawValue,
            reason: UInt64(refusal.reasonCode.rawValue),
            text: refusal.text,
            alert: refusal.alert.map { "urn:uuid:\($0)" },
            digest: refusal.payloadDigest,
            suppressed: suppressed > 0 ? suppressed : nil
        )
        guard let entry = append(.refusal(body), now: now) else {
            return .refusedUnrecorded(refusal)
        }
        return .refused(refusal, entry)
    }

    // What would be no entry of a log is refused, whatever let it through this far: one that the
    // log cannot take would end all writing.
    private mutating func record(
        _ body: EntryBody,
        of subject: SequencedEntry.Subject = .record,
        from station: StationIdentity? = nil,
        now: WallTime
    ) -> SequencingOutcome {
        if let entry = append(body, of: subject, now: now) { return .sequenced(entry) }
        let refusal = Refusal(.publish, .quotaExceeded, Sentence.entryTooLarge)
        return refuse(refusal, station: station, address: nil, now: now)
    }

    /// Makes the next entry.
    ///
    /// - Returns: nil, with nothing changed, if it would have more bytes than an entry may.
    mutating func append(
        _ body: EntryBody,
        of subject: SequencedEntry.Subject = .record,
        now: WallTime
    ) -> SequencedEntry? {
        let entry = LogEntry(time: max(now, lastTime), body: body)
        let bytes = entry.encode(using: coding)
        guard bytes.count <= LogEntry.byteCountMax else { return nil }
        let sequenced = SequencedEntry(
            index: nextIndex,
            type: body.type,
            time: entry.time,
            bytes: bytes,
            subject: subject
        )
        if case .alert(let alert, let counts) = subject {
            for count in counts { self.counts[count.agency] = count.count }
            recent.insert(
                alert.alert,
                issuedAt: alert.issuedAt,
                index: nextIndex,
                statementDigest: alert.statementDigest
            )
            recent.prune(now: entry.time)
            cited.insert(CitedAlert(alert), as: alert.alert)
            if ConsentProjection.concerns(alert.header.message) {
                consents.take(alert.header, as: alert.alert)
            }
            if alert.header.concernsDeadlines {
                deadlines.take(DeadlineBook.Alert(alert), index: nextIndex, time: entry.time)
            }
            attachments.cite(alert.header.attachments, by: nextIndex)
        }
        project(body)
        advance(to: entry.time)
        return sequenced
    }

    // MARK: - Back: an entry becomes state

    /// Applies an entry that the log already holds, at start.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - index: its index, which must be the next one.
    /// - Throws: ``FoldError`` if the entry could not have been made by a sequencer in this state.
    package mutating func fold(_ entry: LogEntry, index: UInt64) throws(FoldError) {
        guard index == nextIndex else {
            throw FoldError(index: index, "the entry stands at the place of entry \(nextIndex)")
        }
        guard entry.time >= lastTime else {
            throw FoldError(
                index: index,
                "the entry's time lies before that of the entry before it"
            )
        }
        switch entry.body {
        case .alert(let body): try foldAlert(body, index, entry.time)
        case .deadline(let body): try check(body, index: index)
        case .group(let body): try checkGroup(body, at: entry.time, index: index)
        default: break
        }
        project(entry.body)
        advance(to: entry.time)
        recent.prune(now: entry.time)
    }

    private mutating func foldAlert(
        _ body: AlertEntryBody,
        _ index: UInt64,
        _ time: WallTime
    ) throws(FoldError) {
        for count in body.counts {
            guard let agency = AgencyID(count.agency) else {
                throw FoldError(index: index, "a count names no agency: \(count.agency)")
            }
            let expected = counts[agency, default: 0] + 1
            guard count.count == expected else {
                throw FoldError(
                    index: index,
                    "the count of \(agency) is \(count.count), and \(expected) was due"
                )
            }
            counts[agency] = expected
        }
        let statement: AlertStatement
        do throws(AlertError) {
            statement = try AlertStatement(decoding: body.statement, using: coding)
        } catch {
            throw FoldError(index: index, "the statement cannot be read: \(error.message)")
        }
        recent.insert(
            statement.alert,
            issuedAt: statement.issuedAt,
            index: index,
            statementDigest: hasher.digest(body.statement)
        )
        cited.insert(CitedAlert(statement, hasher: hasher), as: statement.alert)
        consents.take(statement.header, as: statement.alert)
        attachments.cite(statement.header.attachments, by: index)
        if statement.header.concernsDeadlines {
            deadlines.take(DeadlineBook.Alert(statement), index: index, time: time)
        }
    }

    // What an entry changes in the projections, the same way forward and back.
    private mutating func project(_ body: EntryBody, index: UInt64? = nil) {
        switch body {
        case .directory(let change):
            directory.apply(change, coding: coding, hasher: hasher)
        case .session(let change):
            sessions.apply(change)
        case .delivery(let report):
            sessions.apply(report)
        case .opaque(let message):
            retained.apply(message, index: nextIndex)
        case .policy(let change):
            keyChanges.append(change)
        case .deadline(let notice):
            deadlines.take(notice, index: nextIndex)
        case .redaction(let body):
            let statement = try? RedactionStatement(decoding: body.statement, using: coding)
            guard let draft = statement?.draft, draft.act == .order else { break }
            attachments.redact(draft.index)
            erasures[draft.index, default: []].append(hasher.digest(body.statement))
        case .group(let body):
            guard let statement = groupStatement(of: body) else { break }
            let digest = hasher.digest(statement.canonicalBytes[...])
            groups.apply(statement, index: index ?? nextIndex, digest: digest)
        case .genesis, .alert, .refusal, .snapshot:
            break
        }
    }

    /// Takes out the attachments that redactions have left without an alert, for erasing them.
    package mutating func takeOrphanedAttachments() -> [Digest] { attachments.takeOrphans() }

    private mutating func advance(to time: WallTime) {
        lastTime = time
        nextIndex += 1
    }
}
