import BrokerCore
import CBOR
import MerkleLog
import TestKit
import Testing

@testable import AvisoBroker

@Suite struct ServedCheckpointTests {
    private let log = LogScene(count: 8)

    @Test func readersNeverSeeTheLogShrink() {
        var served = ServedCheckpoint()
        #expect(served.choose(latest: at(3), cosigned: nil).note == at(3).note)
        #expect(served.choose(latest: at(5), cosigned: nil).note == at(5).note)
        // What the witnesses were asked for is older than what was shown since.
        #expect(served.choose(latest: at(6), cosigned: at(4)).note == at(5).note)
        #expect(served.choose(latest: at(7), cosigned: at(4)).note == at(5).note)
        #expect(served.choose(latest: at(7), cosigned: at(5)).note == at(5).note)
        #expect(served.choose(latest: at(8), cosigned: at(7)).note == at(7).note)
        #expect(served.choose(latest: at(8), cosigned: at(7)).note == at(7).note)
    }

    private func at(_ size: Int) -> CosigningBoard.Published {
        CosigningBoard.Published(note: log.note(size), tally: TallyTree(coding: LibCBOR()))
    }
}
