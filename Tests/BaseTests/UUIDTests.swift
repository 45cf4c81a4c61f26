import Base
import Testing

@Suite struct UUIDTests {
    @Test func version7CarriesTimeAndRandomness() {
        // The example of RFC 9562 appendix A.6.
        let uuid = UUID(
            version7At: WallTime(milliseconds: 0x017F_22E2_79B0),
            random: (0xCC3, 0x18C4_DC0C_0C07_398F)
        )
        #expect(uuid.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(uuid.version == 7)
        #expect(UUID(uuid.description) == uuid)
        #expect(UUID(uuid.description.uppercased()) == uuid)
    }

    @Test(arguments: [
        "", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398\u{301}",
    ])
    func refusesOtherForms(text: String) {
        #expect(UUID(text) == nil)
    }
}
