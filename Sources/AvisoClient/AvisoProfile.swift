package import Alerts
import Base
import COSE
import Configuration
import Crypto
import MerkleLog
import TLSEngine

/// A station's profile folder, read: who it is, its keys, whom it trusts.
public struct AvisoProfile: Sendable {
    /// The station, such as `urn:aviso:agency:CO:PONAL:station-1`.
    public var station: String { identity.urn }
    /// The member that the station belongs to, such as `CO:PONAL`.
    public var member: String { identity.agency.description }
    /// The log's name.
    public let logOrigin: String

    let identity: StationIdentity
    let host: String
    // Read when it is needed: sealing and checking need no broker.
    let port: @Sendable () throws(AvisoError) -> UInt16
    // `https://host:port` of the broker, read when it is needed.
    let httpsURL: @Sendable () throws(AvisoError) -> String
    let tls: TLSFiles
    let context: TLSContext
    let signingKey: Ed25519SigningKey
    let encryptionKey: X25519PrivateKey
    /// The agency's encryption keys of before.
    let formerEncryptionKeys: [X25519PrivateKey]
    let members: [AgencyID: DirectoryMember]
    /// The keys that members signed with before.
    let formerSigningKeys: [AgencyID: [Ed25519PublicKey]]
    /// The keys of members that were stolen.
    let stolenSigningKeys: [AgencyID: [Ed25519PublicKey]]
    let logKey: NoteVerifierKey
    let formerLogKeys: [NoteVerifierKey]
    /// Who must have cosigned the log's checkpoints; nil if no witness is trusted.
    let witnesses: CosignerPolicy?
    let receipts: String
    /// The folder that the profile was read from.
    let folder: String
    let reference: ReferenceData

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - path: the profile's folder, or its `profile.json5`.
    ///   - broker: `host:port` that goes before the profile's own.
    /// - Throws: ``AvisoError`` naming the file, the key and the rule.
    public init(path: String, broker: String? = nil) throws(AvisoError) {
        do {
            let profile = try Profile(path: path)
            identity = profile.identity
            logOrigin = profile.log.origin
            receipts = profile.receipts
            folder = ConfigurationFolder(of: profile.file).path(".")
            reference = try profile.reference()
            tls = profile.tls
            httpsURL = profile.httpsURL
            context = try TLSContext(
                role: .client,
                files: TLSIdentityFiles(
                    certificate: profile.tls.certificate,
                    privateKey: profile.tls.key,
                    authority: profile.tls.authority
                )
            )
            signingKey = try PEMKeyFile.readSigningKey(profile.signingKey)
            encryptionKey = try PEMKeyFile.readEncryptionKey(profile.encryptionKey)
            formerEncryptionKeys = try profile.formerEncryptionKeys.map { path in
                try PEMKeyFile.readEncryptionKey(path)
            }
            let listing = try DirectoryFile.readListing(profile.directory)
            var members: [AgencyID: DirectoryMember] = [:]
            for member in listing.members { members[member.id] = member }
            self.members = members
            formerSigningKeys = listing.formerSigningKeys
            stolenSigningKeys = listing.stolenSigningKeys
            guard let key = NoteVerifierKey(profile.log.verifierKey, using: SHA256()) else {
                throw AvisoError(.invalidInput, "\(profile.file): log.vkey is no verifier key")
            }
            logKey = key
            formerLogKeys = try profile.log.formerVerifierKeys.map { text in
                guard let key = NoteVerifierKey(text, using: SHA256()),
                    key.name == profile.log.origin
                else {
                    throw AvisoError(
                        .invalidInput,
                        "\(profile.file): log.formerVkeys holds what is no key of the log: \(text)"
                    )
                }
                return key
            }
            witnesses = try profile.log.witnesses.map { try CosignerPolicy($0, profile.file) }
            if let broker {
                guard let colon = broker.lastIndex(of: ":"),
                    let port = UInt16(broker[broker.index(after: colon)...])
                else { throw AvisoError(.invalidInput, "\(broker) is not host:port") }
                host = String(broker[..<colon])
                self.port = { () throws(AvisoError) in port }
            } else {
                host = profile.broker.host
                port = profile.port
            }
        } catch let error as AvisoError {
            throw error
        } catch let error as ConfigurationError {
            throw AvisoError(.invalidInput, error.message)
        } catch let error as TLSError {
            throw AvisoError(.invalidInput, error.message)
        } catch let error as KeyFileError {
            throw AvisoError(.invalidInput, error.message)
        } catch {
            throw AvisoError(.invalidInput, "\(error)")
        }
    }
}

extension AvisoProfile {
    /// The lists that forms are held against, for the other parts of this package.
    package var referenceData: ReferenceData { reference }

    /// Whether the station belongs to an agency, rather than to an auditor or operator.
    public var isAgency: Bool { identity.role == .agency }
}

extension CosignerPolicy {
    fileprivate init(_ witnesses: Profile.Witnesses, _ file: String) throws(AvisoError) {
        let keys = try witnesses.keys.map { text throws(AvisoError) in
            guard let key = CosignerKey(text, using: SHA256()) else {
                throw AvisoError(
                    .invalidInput,
                    "\(file): log.witnesses.keys holds what is no key of a witness (aviso witness "
                        + "--print-key prints it): \(text)"
                )
            }
            return key
        }
        // A cosignature does not say by which name it was made: one key under two names would count
        // twice.
        guard Set(keys.map(\.publicKey)).count == keys.count else {
            throw AvisoError(
                .invalidInput,
                "\(file): log.witnesses.keys has one key under two names, which is one witness"
            )
        }
        self.init(
            keys: keys,
            required: witnesses.required,
            ageSecondsMax: witnesses.ageSecondsMax
        )
    }
}

extension Profile {
    // Read when they are asked for, since a broker may pick its ports anew at each start.
    fileprivate var port: @Sendable () throws(AvisoError) -> UInt16 {
        { () throws(AvisoError) in
            do throws(ConfigurationError) {
                return try brokerPort()
            } catch {
                throw AvisoError(.cannotConnect, error.message)
            }
        }
    }

    fileprivate var httpsURL: @Sendable () throws(AvisoError) -> String {
        { () throws(AvisoError) in
            do throws(ConfigurationError) {
                return "https://\(https.host):\(try httpsPort())"
            } catch {
                throw AvisoError(.cannotConnect, error.message)
            }
        }
    }
}
