package import Foundation

/// Certificates of every kind that the tests of TLS need, made once per process with `openssl`.
///
/// They stand in a temporary folder that is removed when the process ends.
package struct TestCertificates: Sendable {
    /// A certificate with its key.
    package struct Pair: Sendable {
        /// The path of the certificate in PEM form.
        package let certificate: String
        /// The path of its private key in PEM form.
        package let privateKey: String

        /// Names the two files.
        package init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }
    }

    /// The certificates of this process.
    package static let shared: TestCertificates = {
        do {
            return try TestCertificates()
        } catch {
            fatalError("the test certificates cannot be made: \(error)")
        }
    }()

    /// The folder with all files.
    package let folder: URL
    /// The authority that server and station trust.
    package let authority: Pair
    /// An authority that nobody trusts.
    package let otherAuthority: Pair
    /// A server for localhost, 127.0.0.1 and ::1.
    package let server: Pair
    /// A server for elsewhere.example only.
    package let serverElsewhere: Pair
    /// A station of CO:PONAL.
    package let station: Pair
    /// A station whose certificate is of the other authority.
    package let stationOfOtherAuthority: Pair
    /// A station whose certificate expired in 2021.
    package let expiredStation: Pair
    /// A station whose certificate is valid from 2090 on.
    package let futureStation: Pair

    /// The URI in the stations' certificates.
    package static let stationURI = "urn:aviso:agency:CO:PONAL:station-1"

    private init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("aviso-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        FolderRemoval.atExit(folder.path)
        let maker = CertificateMaker(folder: folder)
        authority = try maker.makeAuthority("authority")
        otherAuthority = try maker.makeAuthority("other-authority")
        let stationNames = "URI:\(Self.stationURI)"
        server = try maker.make(
            "server",
            by: authority,
            names: "DNS:localhost,IP:127.0.0.1,IP:::1",
            use: "serverAuth"
        )
        serverElsewhere = try maker.make(
            "server-elsewhere",
            by: authority,
            names: "DNS:elsewhere.example",
            use: "serverAuth"
        )
        station = try maker.make("station", by: authority, names: stationNames)
        stationOfOtherAuthority = try maker.make(
            "station-of-other-authority",
            by: otherAuthority,
            names: stationNames
        )
        expiredStation = try maker.make(
            "expired-station",
            by: authority,
            names: stationNames,
            from: "20200101000000Z",
            until: "20210101000000Z"
        )
        futureStation = try maker.make(
            "future-station",
            by: authority,
            names: stationNames,
            from: "20900101000000Z",
            until: "20910101000000Z"
        )
    }
}
