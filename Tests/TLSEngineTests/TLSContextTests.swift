import TLSEngine
import TestKit
import Testing

@Suite struct TLSContextTests {
    let certificates = TestCertificates.shared

    private func make(
        certificate: String? = nil,
        privateKey: String? = nil,
        authority: String? = nil
    ) -> TLSError? {
        do throws(TLSError) {
            _ = try TLSContext(
                role: .server,
                files: TLSIdentityFiles(
                    certificate: certificate ?? certificates.server.certificate,
                    privateKey: privateKey ?? certificates.server.privateKey,
                    authority: authority ?? certificates.authority.certificate
                )
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func goodFiles() {
        #expect(make() == nil)
    }

    @Test func missingFilesAreNamed() {
        let missing = "/nowhere/missing.pem"
        let expected = TLSError.configuration(file: missing, reason: "No such file or directory")
        #expect(make(certificate: missing) == expected)
        #expect(make(privateKey: missing) == expected)
        #expect(make(authority: missing) == expected)
    }

    @Test func filesOfTheWrongKind() {
        let key = certificates.server.privateKey
        let certificate = certificates.server.certificate
        #expect(
            make(certificate: key)
                == .configuration(file: key, reason: "no certificate in PEM form")
        )
        #expect(
            make(authority: key) == .configuration(file: key, reason: "no certificate in PEM form")
        )
        #expect(
            make(privateKey: certificate)
                == .configuration(
                    file: certificate,
                    reason: "no private key in PEM form that belongs to \(certificate)"
                )
        )
    }

    @Test func keyOfAnotherCertificate() {
        let key = certificates.station.privateKey
        #expect(
            make(privateKey: key)
                == .configuration(
                    file: key,
                    reason: "no private key in PEM form that belongs to "
                        + certificates.server.certificate
                )
        )
    }
}
