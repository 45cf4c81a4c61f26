import Alerts
import Base
import MQTTCodec
import Testing

@testable import BrokerCore

/// Which statements beside alerts reach the sequencer at all: those on groups stand for all.
@Suite struct StatementCheckerTests {
    private let sample: SealedAlertSample
    private let station = "urn:aviso:agency:CO:PONAL:station-1"

    init() throws {
        sample = try SealedAlertSample()
    }

    private func refusal(_ payload: [UInt8], _ station: String) throws -> Refusal? {
        do {
            _ = try sample.check(group: payload, station: station)
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    @Test func anOwnersStatementPasses() throws {
        let statement = try sample.check(group: try sample.group())
        #expect(statement.statement.draft.group == "andean")
        #expect(statement.acceptedAt == sample.now)
    }

    @Test func whoDoesNotSignForItselfIsRefused() throws {
        for (payload, station, text) in [
            (try sample.group(), "urn:aviso:agency:MX:FGR:station-1", "of the member that signs"),
            (try sample.group(), "urn:aviso:operator:CO:PONAL:x", "of the member that signs"),
            (try sample.group(signer: "MX:FGR"), station, "does not verify"),
        ] {
            let refusal = try refusal(payload, station)
            #expect(refusal?.reasonCode == .notAuthorized)
            #expect(refusal?.text.contains(text) == true, "\(refusal?.text ?? "accepted")")
            #expect(refusal?.payloadDigest != nil)
        }
        var flipped = try sample.group()
        flipped[flipped.count - 1] ^= 1
        #expect(try refusal(flipped, station)?.reasonCode == .notAuthorized)
        #expect(try refusal([0x82], station)?.reasonCode == .payloadFormatInvalid)
        let large = [UInt8](repeating: 0, count: 8193)
        #expect(try refusal(large, station)?.reasonCode == .quotaExceeded)
    }

    @Test func aStatementIsOfThisDay() throws {
        for time in [
            sample.now.adding(milliseconds: 301_000),
            sample.now.subtracting(milliseconds: 86_401_000),
        ] {
            let refusal = try refusal(try sample.group(issuedAt: time), station)
            #expect(refusal?.reasonCode == .implementationSpecificError)
        }
    }
}
