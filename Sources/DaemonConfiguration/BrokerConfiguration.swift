package import BrokerCore
package import Configuration

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
    }

    /// The most loop threads that can be asked for.
    package static let threadCountMax = 256

    /// Where the broker listens.
    package let listen: Listen
    /// The files of the broker's side of TLS.
    package let tls: TLSFiles
    /// Where the log is and how it is signed.
    package let log: Log
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
        let document = try StrictJSON5.decode(BrokerDocument.self, from: file)
        let folder = ConfigurationFolder(of: file)
        self.listen = Listen(
            host: document.listen.host,
            port: document.listen.port,
            portFile: document.listen.portFile.map { folder.path($0) }
        )
        self.tls = document.tls.resolved(in: folder)
        self.log = Log(
            directory: folder.path(document.log.directory),
            origin: document.log.origin,
            key: folder.path(document.log.key),
            segmentByteCountMax: document.log.segmentByteCountMax
        )
        self.directory = folder.path(document.directory)
        self.threads = document.threads
        self.limits = document.limits.limits
        self.drainSeconds = document.drainSeconds
        try check(file: file)
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
        try range("threads", threads, 0...BrokerConfiguration.threadCountMax)
        try range("drainSeconds", drainSeconds, 1...600)
        // A record never spans segments, so that one must hold the largest record and its commit.
        let recordByteCountMax = limits.contentByteCountMax + 128 << 10
        try range(
            "log.segmentByteCountMax",
            log.segmentByteCountMax,
            recordByteCountMax...(4 << 30)
        )
    }
}
