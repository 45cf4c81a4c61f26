package import Foundation

/// Makes certificates in a folder by running `openssl`.
package struct CertificateMaker {
    /// A run of `openssl` that failed.
    package struct Failure: Error {
        let arguments: [String]
        let output: String
    }

    let folder: URL

    /// Makes certificates in an existing folder.
    package init(folder: URL) {
        self.folder = folder
    }

    /// Makes the certificate of an authority, which signs itself.
    package func makeAuthority(
        _ name: String,
        subject: String? = nil
    ) throws -> TestCertificates.Pair {
        let pair = pair(name)
        try run(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30"
                .split(separator: " ").map(String.init) + [
                    "-utf8", "-subj", subject ?? "/O=Aviso Test/CN=\(name)",
                    "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                    "-keyout", pair.privateKey, "-out", pair.certificate,
                ]
        )
        return pair
    }

    /// Makes a certificate, valid around now unless `from` and `until` say otherwise.
    package func make(
        _ name: String,
        by authority: TestCertificates.Pair,
        names: String,
        use: String = "clientAuth",
        from: String = "20250101000000Z",
        until: String = "20890101000000Z"
    ) throws -> TestCertificates.Pair {
        let pair = pair(name)
        let request = path("\(name).csr")
        let database = path("\(name).db")
        let configuration = path("\(name).cnf")
        try Data().write(to: URL(fileURLWithPath: database))
        try """
        [ca]
        default_ca = authority
        [authority]
        database = \(database)
        new_certs_dir = \(folder.path)
        rand_serial = yes
        default_md = sha256
        policy = policy
        x509_extensions = extensions
        [policy]
        organizationName = supplied
        commonName = supplied
        [extensions]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = \(use)
        subjectAltName = \(names)
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try run(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc"
                .split(separator: " ").map(String.init) + [
                    "-subj", "/O=Aviso Test/CN=\(name)",
                    "-keyout", pair.privateKey, "-out", request,
                ]
        )
        try run([
            "ca", "-batch", "-notext", "-config", configuration, "-startdate", from,
            "-enddate", until, "-cert", authority.certificate, "-keyfile", authority.privateKey,
            "-in", request, "-out", pair.certificate,
        ])
        return pair
    }

    private func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    private func pair(_ name: String) -> TestCertificates.Pair {
        .init(certificate: path("\(name).pem"), privateKey: path("\(name).key"))
    }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                arguments: arguments,
                output: String(decoding: bytes, as: UTF8.self)
            )
        }
    }
}
