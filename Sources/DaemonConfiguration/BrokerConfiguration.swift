package import BrokerCore
package import Configuration
package import HTTPEngine

/// How `avisod` runs: its configuration file, with defaults filled in and paths made absolute.
///
/// `Config/avisod.json5` explains every key.
package struct BrokerConfiguration: Hashable, Sendable {
    /// Where the broker listens.
    package struct Listen: Hashable, Sendable {
        /// The address or name to bind.
        package let host: String
        /// The port; 0 picks a free one.
        package let port: UInt16
        /// The file that receives the bound port, or nil.
        package let portFile: String?
    }

    /// Where the log is and how it is signed.
    package struct Log: Hashable, Sendable {
        /// The folder of the log.
        package let directory: String
        /// The origin line of its checkpoints.
        package let origin: String
        /// The Ed25519 key that signs its checkpoints, PEM.
        package let key: String
        /// Bytes after which a new segment file begins.
        package let segmentByteCountMax: Int
        /// Entries after which the state is saved anew; 0 for never.
        package let snapshotEntryCount: Int
    }

    /// The addresses on which a listener without TLS may be opened.
    package static let loopbackHosts = ["localhost", "127.0.0.1", "::1"]

    /// The most loop threads that can be asked for.
    package static let threadCountMax = 256

    /// Where the broker listens.
    package let listen: Listen
    /// Where test suites connect without TLS; nil unless the configuration asks for it.
    package let plainListen: Listen?
    /// Whether clients of the listener without TLS get reason strings and user properties.
    package let plainDiagnostics: Bool
    /// Where the HTTPS server listens; nil unless the configuration asks for it.
    package let https: Listen?
    /// What the clients of the HTTPS server may use.
    package let httpsLimits: HTTPLimits
    /// Alerts published over HTTPS that wait for the log at one time.
    package let httpsSubmissionsMax: Int
    /// The opaque channels; none unless the configuration asks for them.
    package let opaqueChannels: [TopicSpace.OpaqueChannel]
    /// The files of the broker's side of TLS.
    package let tls: TLSFiles
    /// Where the log is and how it is signed.
    package let log: Log
    /// Who cosigns the checkpoints of the log; nil unless the configuration asks for it.
    package let witnesses: Witnesses?
    /// The file with the members.
    package let directory: String
    /// The number of loop threads; 0 for one per core.
    package let threads: Int
    /// What peers are allowed.
    package let limits: BrokerLimits
    /// Seconds that a stop may take before connections are cut.
    package let drainSeconds: Int

    /// Reads a configuration file.
    ///
    /// - Parameter file: the path of the file.
    /// - Throws: ``ConfigurationError`` naming file, key and rule.
    package init(file: String) throws(ConfigurationError) {
        try self.init(try StrictJSON5.decode(BrokerDocument.self, from: file), file: file)
    }

    /// Reads the bytes of a configuration file.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - file: the path that messages name and that relative paths start from.
    /// - Throws: ``ConfigurationError`` naming file, key and rule.
    package init(decoding bytes: [UInt8], file: String) throws(ConfigurationError) {
        try self.init(
            try StrictJSON5.decode(BrokerDocument.self, from: bytes, file: file),
            file: file
        )
    }

    private init(_ document: BrokerDocument, file: String) throws(ConfigurationError) {
        let folder = ConfigurationFolder(of: file)
        self.listen = Listen(document.listen, in: folder)
        self.plainListen = document.plainListen.map { Listen($0, in: folder) }
        self.plainDiagnostics = document.plainListen?.diagnostics ?? true
        self.https = document.https.map { Listen($0, in: folder) }
        let httpsLimits = document.https?.limits ?? HTTPSLimitsDocument()
        self.httpsLimits = httpsLimits.limits(for: document.limits.limits)
        self.httpsSubmissionsMax = httpsLimits.submissionsMax
        self.opaqueChannels = document.channels.map {
            TopicSpace.OpaqueChannel(prefix: $0.prefix, refusedFilters: $0.refusedFilters)
        }
        self.tls = document.tls.resolved(in: folder)
        self.log = Log(
            directory: folder.path(document.log.directory),
            origin: document.log.origin,
            key: folder.path(document.log.key),
            segmentByteCountMax: document.log.segmentByteCountMax,
            snapshotEntryCount: document.log.snapshotEntryCount
        )
        self.witnesses = document.witnesses.map { Witnesses($0, in: folder) }
        self.directory = folder.path(document.directory)
        self.threads = document.threads
        self.limits = document.limits.limits
        self.drainSeconds = document.drainSeconds
        try check(file: file)
    }

    private func checkPlain(_ listen: Listen, file: String) throws(ConfigurationError) {
        guard Self.loopbackHosts.contains(listen.host) else {
            throw ConfigurationError(
                file: file,
                key: "plainListen.host",
                problem: "must be localhost, 127.0.0.1 or ::1: it has no TLS"
            )
        }
        guard !opaqueChannels.isEmpty else {
            throw ConfigurationError(
                file: file,
                key: "plainListen",
                problem: "needs a channel with envelope \"opaque\": alerts never go without TLS"
            )
        }
    }

    private func check(file: String) throws(ConfigurationError) {
        if let violation = limits.violations.first {
            throw ConfigurationError(
                file: file,
                key: "limits.\(violation.key)",
                problem: violation.rule
            )
        }
        func range(
            _ key: String,
            _ value: Int,
            _ allowed: ClosedRange<Int>
        ) throws(ConfigurationError) {
            guard allowed.contains(value) else {
                throw ConfigurationError(
                    file: file,
                    key: key,
                    problem: "must be \(allowed.lowerBound) to \(allowed.upperBound)"
                )
            }
        }
        guard !listen.host.isEmpty else {
            throw ConfigurationError(file: file, key: "listen.host", problem: "must not be empty")
        }
        if let https { try checkHTTPS(https, file: file) }
        if let witnesses { try check(witnesses, file: file) }
        if let plainListen { try checkPlain(plainListen, file: file) }
        try range("threads", threads, 0...BrokerConfiguration.threadCountMax)
        try range("drainSeconds", drainSeconds, 1...600)
        // A record never spans segments, so that one must hold the largest record and its commit.
        let recordByteCountMax = limits.contentByteCountMax + 128 << 10
        try range(
            "log.segmentByteCountMax",
            log.segmentByteCountMax,
            recordByteCountMax...(4 << 30)
        )
        try range("log.snapshotEntryCount", log.snapshotEntryCount, 0...(1 << 30))
    }
}

extension BrokerConfiguration.Listen {
    fileprivate init(_ document: BrokerDocument.Listen, in folder: ConfigurationFolder) {
        host = document.host
        port = document.port
        portFile = document.portFile.map { folder.path($0) }
    }

    fileprivate init(_ document: BrokerDocument.PlainListen, in folder: ConfigurationFolder) {
        host = document.host
        port = document.port
        portFile = document.portFile.map { folder.path($0) }
    }

    fileprivate init(_ document: BrokerDocument.HTTPS, in folder: ConfigurationFolder) {
        host = document.host
        port = document.port
        portFile = document.portFile.map { folder.path($0) }
    }
}
