import Alerts
import Base
import CBOR
import Crypto
import MQTTCodec
import MerkleLog
import Testing

@testable import BrokerCore

/// Who may cite what: a log with one alert of each sort, and statements about them.
@Suite struct CitationRulesTests {
    private let sample: SealedAlertSample
    private let now = SealedAlertSample.issuedAt.adding(milliseconds: 10_000)
    private let alert = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 1))
    private let request = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 2))
    private let foreign = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 3))
    private let question = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 4))
    private let grant = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 5))
    private let heldBack = UUID(version7At: SealedAlertSample.issuedAt, random: (1, 6))

    init() throws {
        sample = try SealedAlertSample()
    }

    // CO:PONAL alerts and asks MX:FGR; another alert goes from MX:FGR to PE:DEVIDA only. MX:FGR
    // asks for consent to pass the first one on, and CO:PONAL grants it.
    private func begun() throws -> Sequencer {
        var sequencer = Sequencer(limits: BrokerLimits(), coding: LibCBOR(), hasher: SHA256())
        let genesis = GenesisBody(
            origin: "aviso.test/log",
            logKey: Ed25519SigningKey.generate().publicKey,
            createdBy: "test"
        )
        _ = sequencer.sequenceGenesis(genesis, now: now)
        for change in sequencer.directory.changes(to: sample.directory.members) {
            _ = sequencer.sequence(Submission(source: nil, body: .directory(change)), now: now)
        }
        let payloads = [
            try sample.seal(to: ["MX:FGR", "PE:DEVIDA"], alert: alert),
            try sample.seal(to: ["MX:FGR"], alert: request, message: .request),
            try sample.seal(from: "MX:FGR", to: ["PE:DEVIDA"], alert: foreign),
            try sample.seal(
                from: "MX:FGR",
                to: ["CO:PONAL"],
                alert: question,
                message: .consentRequest,
                references: [AlertReference(alert: alert)]
            ),
            try sample.seal(
                to: ["MX:FGR"],
                alert: grant,
                message: .consentGrant,
                references: [AlertReference(alert: alert), AlertReference(alert: question)]
            ),
            try sample.seal(
                to: ["MX:FGR"],
                alert: heldBack,
                handling: [.noOnwardDissemination]
            ),
        ]
        let authors = ["CO:PONAL", "CO:PONAL", "MX:FGR", "MX:FGR", "CO:PONAL", "CO:PONAL"]
        for (payload, author) in zip(payloads, authors) {
            let outcome = sequencer.sequence(try submission(payload, author), now: now)
            guard case .sequenced = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        return sequencer
    }

    private func submission(_ payload: [UInt8], _ author: String) throws -> Submission {
        let station = "urn:aviso:agency:\(author):station-1"
        return Submission(source: nil, body: .alert(try sample.check(payload, station: station)))
    }

    private func refusal(
        of message: MessageType,
        about cited: [UUID],
        from author: String,
        to recipients: [String],
        status: Status = .actual,
        digest: Digest? = nil,
        uses: [AlertReference] = []
    ) throws -> Refusal? {
        var sequencer = try begun()
        let payload = try sample.seal(
            from: author,
            to: recipients,
            status: status,
            message: message,
            references: cited.map { AlertReference(alert: $0, statement: digest) } + uses
        )
        switch sequencer.sequence(try submission(payload, author), now: now) {
        case .sequenced: return nil
        case .refused(let refusal, let entry):
            #expect(entry.type == .refusal)
            #expect(refusal.alert != nil && refusal.payloadDigest != nil)
            return refusal
        case .repeated, .refusedUnrecorded:
            Issue.record("neither taken nor refused on the record")
            return nil
        }
    }

    @Test func whatFollowsTheRulesIsSequenced() throws {
        let (author, other, third) = ("CO:PONAL", "MX:FGR", "PE:DEVIDA")
        #expect(
            try refusal(of: .update, about: [alert], from: author, to: [other]) == nil
        )
        #expect(
            try refusal(of: .cancel, about: [alert], from: author, to: [other, third]) == nil
        )
        #expect(
            try refusal(of: .acknowledgement, about: [alert], from: other, to: [author]) == nil
        )
        #expect(
            try refusal(of: .answer, about: [request, alert], from: other, to: [author]) == nil
        )
        // A follow-up: nobody but the two that are involved knows the cited alert.
        #expect(try refusal(of: .alert, about: [foreign], from: other, to: [author]) == nil)
    }

    @Test func whatIsCitedStandsInTheLogAndInvolvesWhoCites() throws {
        let nowhere = UUID(version7At: now, random: (5, 5))
        let unknown = try refusal(
            of: .alert,
            about: [alert, nowhere],
            from: "CO:PONAL",
            to: ["MX:FGR"]
        )
        #expect(unknown?.reasonCode == .payloadFormatInvalid)
        #expect(unknown?.text.contains("\(nowhere.urn), which no alert of this log is") == true)
        let stranger = try refusal(
            of: .alert,
            about: [foreign],
            from: "CO:PONAL",
            to: ["MX:FGR"]
        )
        #expect(stranger?.reasonCode == .notAuthorized)
        #expect(stranger?.text.contains("neither wrote nor received") == true)
        let altered = try refusal(
            of: .alert,
            about: [alert],
            from: "CO:PONAL",
            to: ["MX:FGR"],
            digest: .zero
        )
        #expect(altered?.reasonCode == .payloadFormatInvalid)
        #expect(altered?.text.contains("is not that of its statement") == true)
    }

    @Test(arguments: [Status.exercise, .test])
    func nothingActualIsAnsweredAsExerciseOrTest(_ status: Status) throws {
        let refused = try refusal(
            of: .answer,
            about: [request],
            from: "MX:FGR",
            to: ["CO:PONAL"],
            status: status
        )
        #expect(refused?.reasonCode == .payloadFormatInvalid)
        #expect(refused?.text.contains("publish it with status actual") == true)
    }

    @Test(arguments: [MessageType.update, .cancel])
    func onlyTheAuthorReplacesAndWithdraws(_ message: MessageType) throws {
        let refused = try refusal(
            of: message,
            about: [alert],
            from: "MX:FGR",
            to: ["CO:PONAL", "PE:DEVIDA"]
        )
        #expect(refused?.reasonCode == .notAuthorized)
        #expect(refused?.text.contains("only its author, CO:PONAL,") == true)
    }

    @Test func aCancelReachesWhoeverGotWhatItCancels() throws {
        let refused = try refusal(
            of: .cancel,
            about: [alert],
            from: "CO:PONAL",
            to: ["MX:FGR"]
        )
        #expect(refused?.reasonCode == .payloadFormatInvalid)
        #expect(refused?.text.contains("must reach PE:DEVIDA") == true)
    }

    @Test func onlyRecipientsAcknowledgeAndTellTheAuthor() throws {
        let own = try refusal(
            of: .acknowledgement,
            about: [alert],
            from: "CO:PONAL",
            to: ["MX:FGR"]
        )
        #expect(own?.reasonCode == .notAuthorized)
        let elsewhere = try refusal(
            of: .acknowledgement,
            about: [alert],
            from: "MX:FGR",
            to: ["PE:DEVIDA"]
        )
        #expect(elsewhere?.reasonCode == .payloadFormatInvalid)
        #expect(elsewhere?.text.contains("must reach CO:PONAL") == true)
    }

    @Test func onlyThoseWhoWereAskedAnswer() throws {
        let own = try refusal(of: .answer, about: [request], from: "CO:PONAL", to: ["MX:FGR"])
        #expect(own?.reasonCode == .notAuthorized)
        #expect(own?.text.contains("is not among those whom") == true)
        let unasked = try refusal(of: .answer, about: [alert], from: "MX:FGR", to: ["CO:PONAL"])
        #expect(unasked?.reasonCode == .payloadFormatInvalid)
        #expect(unasked?.text.contains("an answer cites a request") == true)
    }

    @Test func whoCanReadAnAlertAsksItsAuthorForConsent() throws {
        let own = try refusal(
            of: .consentRequest,
            about: [alert],
            from: "CO:PONAL",
            to: ["MX:FGR"]
        )
        #expect(own?.reasonCode == .notAuthorized)
        #expect(own?.text.contains("by those who can read it") == true)
        let elsewhere = try refusal(
            of: .consentRequest,
            about: [alert],
            from: "MX:FGR",
            to: ["PE:DEVIDA"]
        )
        #expect(elsewhere?.text.contains("must reach CO:PONAL") == true)
    }

    @Test(arguments: [MessageType.consentGrant, .consentRefusal])
    func onlyTheAuthorConsentsOrRefuses(_ message: MessageType) throws {
        let foreign = try refusal(of: message, about: [alert], from: "MX:FGR", to: ["PE:DEVIDA"])
        #expect(foreign?.reasonCode == .notAuthorized)
        #expect(foreign?.text.contains("only its author, CO:PONAL,") == true)
        // The answer reaches who asked; it may cite the question alone only if it refuses.
        let elsewhere = try refusal(
            of: message,
            about: [alert, question],
            from: "CO:PONAL",
            to: ["PE:DEVIDA"]
        )
        #expect(elsewhere?.text.contains("must reach MX:FGR") == true)
        let bare = try refusal(of: message, about: [question], from: "CO:PONAL", to: ["MX:FGR"])
        #expect(bare?.text.contains("a consent-grant cites") ?? (message == .consentRefusal))
    }

    @Test func whatIsPassedOnCitesTheGrantOfItsAuthor() throws {
        func passingOn(_ source: UUID, _ consent: UUID) throws -> Refusal? {
            try refusal(
                of: .alert,
                about: [],
                from: "MX:FGR",
                to: ["PE:DEVIDA"],
                uses: [
                    AlertReference(alert: source, role: .source),
                    AlertReference(alert: consent, role: .consent),
                ]
            )
        }
        #expect(try passingOn(alert, grant) == nil)
        let another = try passingOn(request, grant)
        #expect(another?.reasonCode == .notAuthorized)
        #expect(another?.text.contains("none of the consents cited is by CO:PONAL") == true)
        let none = try passingOn(alert, question)
        #expect(none?.reasonCode == .payloadFormatInvalid)
        #expect(none?.text.contains("is of type consent-request and is cited as consent") == true)
    }

    @Test func aConsentThatItsAuthorCancelledPermitsNothing() throws {
        var sequencer = try begun()
        let snapshot = SequencerSnapshot(sequencer).encode(using: LibCBOR())
        let cancel = try sample.seal(
            to: ["MX:FGR"],
            message: .cancel,
            references: [AlertReference(alert: grant)]
        )
        let outcome = sequencer.sequence(try submission(cancel, "CO:PONAL"), now: now)
        guard case .sequenced(let entry) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let onward = try sample.seal(
            from: "MX:FGR",
            to: ["PE:DEVIDA"],
            references: [
                AlertReference(alert: alert, role: .source),
                AlertReference(alert: grant, role: .consent),
            ]
        )
        guard
            case .refused(let refusal, _) = sequencer.sequence(
                try submission(onward, "MX:FGR"),
                now: now
            )
        else {
            Issue.record("it was passed on")
            return
        }
        #expect(refusal.reasonCode == .notAuthorized)
        #expect(refusal.text.contains("was cancelled by CO:PONAL"))
        // A start from a snapshot and the entries behind it knows the same.
        var restored = try #require(
            Sequencer(
                restoring: snapshot[...],
                limits: BrokerLimits(),
                coding: LibCBOR(),
                hasher: SHA256()
            )
        )
        #expect(restored.consents.standing == [grant])
        let logged = try LogEntry(decoding: entry.bytes[...], using: LibCBOR())
        try restored.fold(logged, index: entry.index)
        #expect(restored.consents == sequencer.consents)
        #expect(restored.consents.standing.isEmpty)
    }

    @Test func whatStandsUnderH2IsNotSpokenOfToOthers() throws {
        let elsewhere = try refusal(
            of: .alert,
            about: [heldBack],
            from: "MX:FGR",
            to: ["CO:PONAL", "PE:DEVIDA"]
        )
        #expect(elsewhere?.reasonCode == .notAuthorized)
        #expect(elsewhere?.text.contains("stands under H2, and PE:DEVIDA neither") == true)
        #expect(
            try refusal(of: .alert, about: [heldBack], from: "MX:FGR", to: ["CO:PONAL"]) == nil
        )
        // Its author speaks of it to whom it likes.
        #expect(
            try refusal(of: .alert, about: [heldBack], from: "CO:PONAL", to: ["PE:DEVIDA"]) == nil
        )
    }

    private struct Entries: EntrySource {
        let bytes: [UInt64: [UInt8]]

        func entry(at index: UInt64) -> [UInt8]? { bytes[index] }
    }

    @Test func aSequencerFromASnapshotReadsWhatIsCitedFromTheLog() throws {
        var before = try begun()
        let cited = UUID(version7At: now, random: (2, 2))
        let payload = try sample.seal(to: ["MX:FGR"], alert: cited)
        guard
            case .sequenced(let entry) = before.sequence(
                try submission(payload, "CO:PONAL"),
                now: now
            )
        else {
            Issue.record("the alert was refused")
            return
        }
        let bytes = SequencerSnapshot(before).encode(using: LibCBOR())
        var restored = try #require(
            Sequencer(
                restoring: bytes[...],
                limits: BrokerLimits(),
                coding: LibCBOR(),
                hasher: SHA256()
            )
        )
        let cancel = try sample.seal(
            from: "MX:FGR",
            to: ["CO:PONAL"],
            message: .cancel,
            references: [AlertReference(alert: cited)]
        )
        let attempt = try submission(cancel, "MX:FGR")
        guard case .refused(let unread, _) = restored.sequence(attempt, now: now) else {
            Issue.record("it was sequenced though nothing could be read")
            return
        }
        #expect(unread.reasonCode == .unspecifiedError)
        restored.entries = Entries(bytes: [entry.index: entry.bytes])
        guard case .refused(let refusal, _) = restored.sequence(attempt, now: now) else {
            Issue.record("it was sequenced")
            return
        }
        #expect(refusal.text.contains("only its author, CO:PONAL,"))
    }
}
