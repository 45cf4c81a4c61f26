import Testing

/// The floors of `Docs/ARCHITECTURE.md`: who may import whom.
@Suite struct LayerTests {
    /// The floors that do no input or output and read no clock: base, formats, machines.
    static let pure: [Substring: Set<Substring>] = [
        "Base": [],
        "MQTTCodec": ["Base"],
        "COSE": ["Base"],
        "Alerts": ["Base", "COSE"],
        "MerkleLog": ["Base", "COSE"],
        "BrokerCore": ["Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog"],
        "ClientCore": ["Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog"],
        "AuditCore": ["Base", "COSE", "Alerts", "MerkleLog"],
        "CaseCore": ["Base", "COSE", "Alerts", "MerkleLog"],
    ]

    private static let formats: Set<Substring> = [
        "Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog",
    ]

    /// The floors above: engines, input and output, products, programs.
    static let upper: [Substring: Set<Substring>] = [
        "CBOR": ["Base", "COSE", "CCBOR"],
        "Crypto": ["Base", "COSE", "CSodium", "COpenSSL"],
        "TLSEngine": ["Base", "COpenSSL"],
        "EventLoop": ["Base", "TLSEngine", "CLinux"],
        "HTTPEngine": ["EventLoop", "TLSEngine", "CEvent", "CZlib"],
        "HTTPFetch": ["CCurl"],
        "LogStore": ["Base", "COSE", "MerkleLog", "CChecksum", "CLinux"],
        "Configuration": ["Base", "COSE", "Alerts"],
        "DaemonConfiguration": ["Base", "BrokerCore", "Configuration", "HTTPEngine"],
        "AvisoBroker": formats.union([
            "BrokerCore", "CBOR", "Crypto", "TLSEngine", "EventLoop", "HTTPEngine", "HTTPFetch",
            "LogStore", "Configuration", "DaemonConfiguration",
        ]),
        "AvisoClient": formats.union([
            "ClientCore", "AuditCore", "CaseCore", "CBOR", "Crypto", "TLSEngine", "EventLoop",
            "HTTPFetch", "LogStore", "Configuration",
        ]),
        "AvisoWitness": [
            "Base", "COSE", "MerkleLog", "Crypto", "TLSEngine", "EventLoop", "HTTPEngine",
        ],
        "AvisoDaemon": [
            "Base", "AvisoBroker", "DaemonConfiguration", "Configuration", "Crypto", "EventLoop",
            "HTTPEngine",
            "LogStore", "TLSEngine",
        ],
        "AvisoTool": ["Base", "Alerts", "AvisoClient", "AvisoWitness"],
        "Bench": [
            "Base", "MQTTCodec", "COSE", "CBOR", "Alerts", "MerkleLog", "Crypto", "TLSEngine",
            "EventLoop", "LogStore", "AvisoClient",
        ],
    ]

    /// Modules of the toolchain that the upper floors may use.
    private static let platform: Set<Substring> = ["Foundation", "Glibc", "Synchronization"]

    @Test func everyImportPointsDownward() {
        let allowed = Self.pure.merging(
            Self.upper.mapValues { $0.union(Self.platform) }
        ) { lower, _ in lower }
        for file in Checkout.sources where file.target != "" {
            guard let modules = allowed[file.target] else {
                Issue.record("\(file.path): the target \(file.target) has no floor; add it above")
                continue
            }
            for (number, module) in file.imports where !modules.contains(module) {
                Issue.record("\(file.path):\(number): \(file.target) must not import \(module)")
            }
        }
    }

    @Test func eachLibraryHasOneDoor() {
        let doors: [Substring: Set<Substring>] = [
            "COpenSSL": ["TLSEngine", "Crypto"], "CSodium": ["Crypto"], "CCBOR": ["CBOR"],
            "CLinux": ["EventLoop", "LogStore"], "CChecksum": ["LogStore"],
            "CEvent": ["HTTPEngine"], "CZlib": ["HTTPEngine"], "CCurl": ["HTTPFetch"],
        ]
        for file in Checkout.sources {
            for (number, module) in file.imports {
                if let targets = doors[module], !targets.contains(file.target) {
                    Issue.record(
                        "\(file.path):\(number): \(module) is only for \(targets.sorted())"
                    )
                }
            }
        }
    }

    @Test func brokerAndClientDoNotKnowEachOther() {
        for file in Checkout.sources {
            let foreign: Set<Substring> =
                switch file.target {
                case "AvisoClient", "ClientCore", "AvisoTool":
                    ["AvisoBroker", "BrokerCore", "DaemonConfiguration"]
                case "AvisoBroker", "BrokerCore", "AvisoDaemon": ["AvisoClient", "ClientCore"]
                default: []
                }
            for (number, module) in file.imports where foreign.contains(module) {
                Issue.record("\(file.path):\(number): imports \(module) from the other side")
            }
        }
    }

    @Test func pureFloorsReadNoClockAndDrawNoRandomness() {
        let banned = [
            "Date()", "ContinuousClock", "SuspendingClock", "DispatchTime",
            "SystemRandomNumberGenerator", ".shuffled()", ".randomElement()",
        ]
        for file in Checkout.sources where Self.pure[file.target] != nil {
            for (number, line) in file.code {
                for word in banned where line.contains(word) {
                    Issue.record(
                        "\(file.path):\(number): \(word) makes the outcome depend on the run"
                    )
                }
                if line.contains(".random("), !line.contains("using:") {
                    Issue.record("\(file.path):\(number): randomness is handed in with using:")
                }
            }
        }
    }
}

extension TextFile {
    /// The modules that the file imports, with the lines.
    fileprivate var imports: [(number: Int, module: Substring)] {
        code.compactMap { number, line in
            var words = line.split(separator: " ")
            let modifiers: Set<Substring> = [
                "public", "package", "internal", "private", "fileprivate", "@testable",
                "@preconcurrency", "@_exported",
            ]
            while let first = words.first, modifiers.contains(first) { words.removeFirst() }
            guard words.first == "import", let module = words.last else { return nil }
            return (number, module.prefix { $0 != "." })
        }
    }
}
