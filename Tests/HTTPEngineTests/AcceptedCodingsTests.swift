import Testing

@testable import HTTPEngine

/// RFC 9110 12.5.3.
@Suite struct AcceptedCodingsTests {
    @Test(arguments: [
        "gzip", "GZIP", "deflate, gzip", "gzip;q=0.5", "gzip; q=0.001", "*", "x-gzip",
        "br;q=1.0, gzip;q=0.8, *;q=0.1", "identity, gzip",
    ])
    func gzipIsAccepted(field: String) {
        #expect(AcceptedCodings(field).acceptGzip)
    }

    @Test(arguments: [
        nil, "", "identity", "deflate", "gzip;q=0", "gzip;q=0.0, *", "*;q=0", "gzip;q=x", "br,",
        String(repeating: "a,", count: 40) + "gzip",
    ])
    func gzipIsNotAccepted(field: String?) {
        #expect(!AcceptedCodings(field).acceptGzip)
    }
}
