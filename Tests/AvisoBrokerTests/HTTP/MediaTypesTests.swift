import Testing

@testable import AvisoBroker

@Suite struct MediaTypesTests {
    @Test func typesAreNamedWhateverStandsAroundThem() {
        let types = MediaTypes("text/html;q=0.5, Application/COSE ,application/cbor; x=\"y\"")
        #expect(types.name("application/cose"))
        #expect(types.name("application/cbor"))
        #expect(types.name("text/html"))
        #expect(!types.name("application/json"))
        #expect(!MediaTypes("*/*").name("application/cose"))
        #expect(!MediaTypes(nil).name("application/cose"))
        #expect(!MediaTypes(String(repeating: ",a", count: 40) + ",b").name("b"))
    }
}
