import Base
import Crypto
import Testing

@Suite struct SHA256Tests {
    private let hasher = SHA256()

    /// FIPS 180-4's examples, as the NIST publishes them.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func hashesTheExamplesOfFIPS180(text: String, expected: String) {
        #expect(hasher.digest(Array(text.utf8)[...]).description == expected)
    }

    @Test func hashesAMillionTimesTheLetterA() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(
            hasher.digest(bytes[...]).description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
    }

    @Test func prefixesLeavesAndNodesAsRFC9162Does() {
        let entry: [UInt8] = [1, 2, 3, 4, 5]
        #expect(hasher.leafHash(entry[1...]) == hasher.digest([0, 2, 3, 4, 5]))
        #expect(hasher.leafHash([]) == hasher.digest([0]))
        let left = hasher.digest([1])
        let right = hasher.digest([2])
        #expect(
            hasher.nodeHash(left, right) == hasher.digest(([1] + left.bytes + right.bytes)[...])
        )
    }
}
