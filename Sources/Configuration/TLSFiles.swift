/// The files of one side of TLS, as configuration files name them.
package struct TLSFiles: Hashable, Sendable {
    /// The certificate chain, PEM.
    package let certificate: String
    /// The private key, PEM.
    package let key: String
    /// The authorities that the other side's certificate must come from, PEM.
    package let authority: String

    /// The same files with absolute paths.
    ///
    /// - Parameter folder: the folder of the configuration file.
    /// - Returns: the files.
    package func resolved(in folder: ConfigurationFolder) -> TLSFiles {
        TLSFiles(
            certificate: folder.path(certificate),
            key: folder.path(key),
            authority: folder.path(authority)
        )
    }
}

extension TLSFiles: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case certificate, key
        case authority = "ca"
    }

    /// Reads the map behind `tls` in a configuration file.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        certificate = try container.decode(String.self, forKey: .certificate)
        key = try container.decode(String.self, forKey: .key)
        authority = try container.decode(String.self, forKey: .authority)
    }
}
