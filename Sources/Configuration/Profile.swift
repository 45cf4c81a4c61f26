package import Alerts
import Foundation

/// How one station reaches the network: its `profile.json5`, with paths made absolute.
package struct Profile: Hashable, Sendable {
    /// The name of the file in a profile's folder.
    package static let fileName = "profile.json5"

    /// Where the broker is.
    package struct Broker: Hashable, Sendable {
        /// The name or address, which its certificate must carry.
        package let host: String
        /// The port; 0 if it stands in ``portFile``.
        package let port: UInt16
        /// The file in which a broker that picked its port wrote it, or nil.
        package let portFile: String?
    }

    /// Where the broker's HTTPS server is.
    package struct HTTPS: Hashable, Sendable {
        /// The name or address, which its certificate must carry.
        package let host: String
        /// The port; 0 if it stands in ``portFile``.
        package let port: UInt16
        /// The file in which a broker that picked its port wrote it, or nil.
        package let portFile: String?
    }

    /// The log that the station trusts.
    package struct Log: Hashable, Sendable {
        /// The origin line of its checkpoints.
        package let origin: String
        /// Its verifier key, as C2SP signed-note writes it.
        package let verifierKey: String
        /// The keys that signed it before, for what was signed then.
        package let formerVerifierKeys: [String]
        /// Who must have cosigned its checkpoints; nil if the station trusts no witnesses.
        package let witnesses: Witnesses?
    }

    /// The file that the profile was read from.
    package let file: String
    /// Who the station is.
    package let identity: StationIdentity
    /// Where the broker is.
    package let broker: Broker
    /// Where the broker's HTTPS server is: port 8443 of its host unless the file says more.
    package let https: HTTPS
    /// The files of the station's side of TLS.
    package let tls: TLSFiles
    /// The agency's Ed25519 signing key, PEM.
    package let signingKey: String
    /// The agency's X25519 encryption key, PEM.
    package let encryptionKey: String
    /// The agency's encryption keys of before, for alerts of then.
    package let formerEncryptionKeys: [String]
    /// The file with the members.
    package let directory: String
    /// The log that the station trusts.
    package let log: Log
    /// The folder for receipts.
    package let receipts: String
    /// A list of precursors that goes before the embedded one, or nil.
    package let precursors: String?
    /// A list of member states that goes before the embedded one, or nil.
    package let memberStates: String?
    /// Working days of states that go before the embedded ones, or nil.
    package let calendars: String?
    /// A list of requests for pre-export notifications that goes before the embedded one, or nil.
    package let preExportDuties: String?

    /// Reads a profile.
    ///
    /// - Parameter path: the profile's folder, or its file.
    /// - Throws: ``ConfigurationError`` naming file, key and rule.
    package init(path: String) throws(ConfigurationError) {
        let file =
            ConfigurationFolder.exists(path)
            ? URL(fileURLWithPath: path, isDirectory: true)
                .appendingPathComponent(Profile.fileName).path : path
        let document = try StrictJSON5.decode(ProfileDocument.self, from: file)
        let folder = ConfigurationFolder(of: file)
        self.file = file
        self.identity = document.identity
        self.broker = Broker(
            host: document.broker.host,
            port: document.broker.port,
            portFile: document.broker.portFile.map { folder.path($0) }
        )
        self.https = HTTPS(
            host: document.https?.host ?? document.broker.host,
            port: document.https?.port ?? 8443,
            portFile: document.https?.portFile.map { folder.path($0) }
        )
        self.tls = document.tls.resolved(in: folder)
        self.signingKey = folder.path(document.signingKey)
        self.encryptionKey = folder.path(document.encryptionKey)
        self.formerEncryptionKeys = document.formerEncryptionKeys.map { folder.path($0) }
        self.directory = folder.path(document.directory)
        self.log = Log(
            origin: document.log.origin,
            verifierKey: document.log.vkey,
            formerVerifierKeys: document.log.formerVkeys,
            witnesses: document.log.witnesses
        )
        self.receipts = folder.path(document.receipts)
        self.precursors = document.reference?.precursors.map { folder.path($0) }
        self.memberStates = document.reference?.memberStates.map { folder.path($0) }
        self.calendars = document.reference?.calendars.map { folder.path($0) }
        self.preExportDuties = document.reference?.preExportDuties.map { folder.path($0) }
    }

    /// The lists of reference: the embedded ones, or those that the profile names.
    ///
    /// - Returns: the lists.
    /// - Throws: ``ConfigurationError`` naming the file, the line and the rule.
    package func reference() throws(ConfigurationError) -> ReferenceData {
        var lists = ReferenceData.embedded
        var bytes: [[UInt8]?] = [nil, nil, nil, nil]
        // One by one, so that the error names the file that is wrong.
        for (place, path) in [precursors, memberStates, calendars, preExportDuties].enumerated() {
            guard let path else { continue }
            bytes[place] = try StrictJSON5.read(path)
            do throws(CSVError) {
                lists = try ReferenceData.replacing(
                    precursors: bytes[0],
                    members: bytes[1],
                    calendars: bytes[2],
                    duties: bytes[3]
                )
            } catch {
                throw ConfigurationError(file: path, problem: error.message)
            }
        }
        return lists
    }

    /// The port of the broker, read from its port file where the profile says so.
    ///
    /// - Returns: the port, never 0.
    /// - Throws: ``ConfigurationError`` if the port file is missing or holds no port.
    package func brokerPort() throws(ConfigurationError) -> UInt16 {
        try port(broker.port, broker.portFile, "broker")
    }

    /// The port of the broker's HTTPS server, as ``brokerPort()``.
    ///
    /// - Returns: the port, never 0.
    /// - Throws: ``ConfigurationError`` if the port file is missing or holds no port.
    package func httpsPort() throws(ConfigurationError) -> UInt16 {
        try port(https.port, https.portFile, "https")
    }

    private func port(
        _ port: UInt16,
        _ portFile: String?,
        _ key: String
    ) throws(ConfigurationError) -> UInt16 {
        guard port == 0 else { return port }
        guard let portFile else {
            throw ConfigurationError(
                file: file,
                key: "\(key).port",
                problem: "is 0, and there is no \(key).portFile to read the port from"
            )
        }
        let text = String(decoding: try StrictJSON5.read(portFile), as: UTF8.self)
        guard let port = UInt16(text.filter { !$0.isWhitespace }), port > 0 else {
            throw ConfigurationError(file: portFile, problem: "does not hold a port number")
        }
        return port
    }
}

/// The profile as it is written.
private struct ProfileDocument: Decodable {
    let identity: StationIdentity
    let broker: Broker
    let https: HTTPS?
    let tls: TLSFiles
    let signingKey: String
    let encryptionKey: String
    let formerEncryptionKeys: [String]
    let directory: String
    let log: Log
    let receipts: String
    let reference: Reference?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case identity, broker, https, tls, signingKey, encryptionKey, formerEncryptionKeys
        case directory, log, receipts, reference
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        identity = try container.decode(
            .identity,
            rule: "a station such as urn:aviso:agency:CO:PONAL:station-1"
        ) { StationIdentity(urn: $0) }
        broker = try container.decode(Broker.self, forKey: .broker)
        https = try container.decodeIfPresent(HTTPS.self, forKey: .https)
        tls = try container.decode(TLSFiles.self, forKey: .tls)
        signingKey = try container.decode(String.self, forKey: .signingKey)
        encryptionKey = try container.decode(String.self, forKey: .encryptionKey)
        formerEncryptionKeys =
            try container.decodeIfPresent([String].self, forKey: .formerEncryptionKeys) ?? []
        directory = try container.decode(String.self, forKey: .directory)
        log = try container.decode(Log.self, forKey: .log)
        receipts = try container.decodeIfPresent(String.self, forKey: .receipts) ?? "receipts"
        reference = try container.decodeIfPresent(Reference.self, forKey: .reference)
    }

    struct Reference: Decodable {
        let precursors: String?
        let memberStates: String?
        let calendars: String?
        let preExportDuties: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case precursors, memberStates, calendars, preExportDuties
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            precursors = try container.decodeIfPresent(String.self, forKey: .precursors)
            memberStates = try container.decodeIfPresent(String.self, forKey: .memberStates)
            calendars = try container.decodeIfPresent(String.self, forKey: .calendars)
            preExportDuties = try container.decodeIfPresent(String.self, forKey: .preExportDuties)
        }
    }

    struct Broker: Decodable {
        let host: String
        let port: UInt16
        let portFile: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case host, port, portFile
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            host = try container.decode(.host, rule: "a name or address") { $0.isEmpty ? nil : $0 }
            port = try container.decodeIntegerIfPresent(.port) ?? 8883
            portFile = try container.decodeIfPresent(String.self, forKey: .portFile)
        }
    }

    struct HTTPS: Decodable {
        let host: String?
        let port: UInt16
        let portFile: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case host, port, portFile
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            host = try container.decodeIfPresent(String.self, forKey: .host)
            port = try container.decodeIntegerIfPresent(.port) ?? 8443
            portFile = try container.decodeIfPresent(String.self, forKey: .portFile)
        }
    }

    struct Log: Decodable {
        let origin: String
        let vkey: String
        let formerVkeys: [String]
        let witnesses: Profile.Witnesses?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case origin, vkey, formerVkeys, witnesses
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            let origin = try container.decode(.origin, rule: LogOrigin.rule) {
                LogOrigin.isValid($0) ? $0 : nil
            }
            self.origin = origin
            vkey = try container.decode(.vkey, rule: "the log's key, which begins with its origin")
            {
                $0.hasPrefix(origin + "+") ? $0 : nil
            }
            formerVkeys = try container.decodeIfPresent([String].self, forKey: .formerVkeys) ?? []
            witnesses = try container.decodeIfPresent(Profile.Witnesses.self, forKey: .witnesses)
        }
    }
}
