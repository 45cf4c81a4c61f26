import Base
import Testing

@testable import MerkleLog

@Suite struct AddCheckpointRequestTests {
    private let hash = Digest.zero
    private let note = Array("a\n1\nAA==\n\n\u{2014} a AAAAAAA=\n".utf8)

    @Test func whatIsWrittenIsRead() throws {
        for count in [0, 1, 63] {
            let request = AddCheckpointRequest(
                oldSize: 20_852_014,
                proof: Array(repeating: hash, count: count),
                note: note
            )
            #expect(AddCheckpointRequest(request.bytes) == request)
        }
        let many = AddCheckpointRequest(
            oldSize: 1,
            proof: Array(repeating: hash, count: 64),
            note: note
        )
        #expect(AddCheckpointRequest(many.bytes) == nil)
    }

    @Test func theFormIsThatOfTheStandard() {
        let request = AddCheckpointRequest(oldSize: 7, proof: [hash], note: note)
        let head = "old 7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        #expect(request.bytes == Array(head.utf8) + note)
    }

    @Test(arguments: [
        "", "old", "old \n\n", "old 01\n\n", "old +1\n\n", "old -1\n\n", "new 1\n\n", "old 1 \n\n",
        "old  1\n\n", "old 1\r\n\r\n", "old 1\n", "old 1\nAA==\n\n", "old 1\n!\n\n", "\nold 1\n\n",
        "old 18446744073709551616\n\n", "old 1\n \n\n",
    ]) func anythingElseIsRefused(text: String) {
        #expect(AddCheckpointRequest(Array(text.utf8) + note) == nil, "\(text)")
    }

    @Test func tooMuchIsRefused() {
        let zeros = [UInt8](repeating: 0x0A, count: AddCheckpointRequest.byteCountMax + 1)
        #expect(AddCheckpointRequest(zeros) == nil)
        #expect(AddCheckpointRequest(Array("old 1\n".utf8) + [0xFF, 0x0A, 0x0A]) == nil)
    }
}
