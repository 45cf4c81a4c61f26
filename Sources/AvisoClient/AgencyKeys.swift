import Alerts
import Base
import COSE
import Crypto

/// The public halves of an agency's keys, as the directory lists them (base64url).
public struct AgencyKeys: Hashable, Sendable {
    /// The Ed25519 key.
    public let signingKey: String
    /// The X25519 key.
    public let encryptionKey: String

    /// Makes both keys and writes them as PKCS#8 PEM into a folder.
    ///
    /// - Throws: ``AvisoError`` if a file is there already or cannot be written.
    public static func generate(in folder: String) throws(AvisoError) -> AgencyKeys {
        let signing = Ed25519SigningKey.generate()
        let encryption = X25519PrivateKey.generate()
        do throws(KeyFileError) {
            try PEMKeyFile.write(signing, to: "\(folder)/signing.key")
            try PEMKeyFile.write(encryption, to: "\(folder)/encryption.key")
        } catch {
            throw AvisoError(.fileFailed, error.message)
        }
        return AgencyKeys(
            signingKey: Base64.encodeURL(signing.publicKey.bytes),
            encryptionKey: Base64.encodeURL(encryption.publicKey.bytes)
        )
    }
}
