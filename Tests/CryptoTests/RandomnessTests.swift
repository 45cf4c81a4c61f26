import Crypto
import Testing

@Suite struct RandomnessTests {
    @Test func givesAsManyBytesAsAskedFor() {
        for count in [0, 1, 12, 1000] {
            #expect(Randomness.bytes(count).count == count)
        }
    }

    @Test func doesNotRepeatItself() {
        #expect(Randomness.bytes(32) != Randomness.bytes(32))
        let first = Randomness.words()
        let second = Randomness.words()
        #expect(first != second)
        #expect(Randomness.word() != Randomness.word())
    }
}
