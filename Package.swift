// swift-tools-version: 6.2
import PackageDescription

// The floors of Docs/ARCHITECTURE.md, lowest first: an arrow points only downward.

/// Libraries of the system, each imported by exactly one floor.
let systemLibraries: [Target] = [
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CCBOR", pkgConfig: "libcbor", providers: [.apt(["libcbor-dev"])]),
    .systemLibrary(
        name: "CEvent",
        pkgConfig: "libevent_openssl",
        providers: [.apt(["libevent-dev"])]
    ),
    .systemLibrary(
        name: "CCurl",
        pkgConfig: "libcurl",
        providers: [.apt(["libcurl4-openssl-dev"])]
    ),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CLinux"),
    .target(name: "CChecksum"),
]

let base: [Target] = [
    .target(name: "Base")
]

let formats: [Target] = [
    .target(name: "MQTTCodec", dependencies: ["Base"]),
    .target(name: "COSE", dependencies: ["Base"]),
    .target(
        name: "Alerts",
        dependencies: ["Base", "COSE"],
        // In the code, so that a program works wherever it is copied to.
        resources: [
            .embedInCode("Languages/forms.csv"), .embedInCode("Reference/precursors.csv"),
            .embedInCode("Reference/oas-members.csv"), .embedInCode("Reference/calendars.csv"),
            .embedInCode("Reference/pre-export-duties.csv"), .embedInCode("Languages/messages.csv"),
        ]
    ),
    .target(name: "MerkleLog", dependencies: ["Base", "COSE"]),
]

let machines: [Target] = [
    .target(
        name: "BrokerCore",
        dependencies: ["Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog"]
    ),
    .target(name: "ClientCore", dependencies: ["Base", "MQTTCodec"]),
    .target(name: "AuditCore", dependencies: ["Base", "COSE", "Alerts", "MerkleLog"]),
    .target(name: "CaseCore", dependencies: ["Base", "COSE", "Alerts", "MerkleLog"]),
]

let engines: [Target] = [
    .target(name: "CBOR", dependencies: ["Base", "COSE", "CCBOR"]),
    .target(name: "Crypto", dependencies: ["Base", "COSE", "CSodium", "COpenSSL"]),
    .target(name: "TLSEngine", dependencies: ["Base", "COpenSSL"]),
]

let inputOutput: [Target] = [
    .target(name: "EventLoop", dependencies: ["Base", "TLSEngine", "CLinux"]),
    .target(name: "HTTPEngine", dependencies: ["EventLoop", "TLSEngine", "CEvent", "CZlib"]),
    .target(name: "HTTPFetch", dependencies: ["CCurl"]),
    .target(name: "LogStore", dependencies: ["Base", "MerkleLog", "CChecksum", "CLinux"]),
    .target(name: "Configuration", dependencies: ["Base", "Alerts", "COSE"]),
    .target(
        name: "DaemonConfiguration",
        dependencies: ["Base", "BrokerCore", "Configuration", "HTTPEngine"]
    ),
]

let products: [Target] = [
    .target(
        name: "AvisoBroker",
        dependencies: [
            "Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog", "BrokerCore", "CBOR", "Crypto",
            "TLSEngine", "EventLoop", "HTTPEngine", "HTTPFetch", "LogStore", "Configuration",
            "DaemonConfiguration",
        ]
    ),
    .target(
        name: "AvisoClient",
        dependencies: [
            "Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog", "ClientCore", "AuditCore",
            "CaseCore", "CBOR", "Crypto", "TLSEngine", "EventLoop", "HTTPFetch", "LogStore",
            "Configuration",
        ]
    ),
]

let witnessing: [Target] = [
    .target(
        name: "AvisoWitness",
        dependencies: [
            "Base", "COSE", "MerkleLog", "Crypto", "TLSEngine", "EventLoop", "HTTPEngine",
        ]
    )
]

let programs: [Target] = [
    .executableTarget(
        name: "AvisoDaemon",
        dependencies: [
            "AvisoBroker", "Configuration", "Crypto", "DaemonConfiguration", "EventLoop",
            "HTTPEngine",
            "LogStore", "TLSEngine",
        ]
    ),
    .executableTarget(
        name: "AvisoTool",
        dependencies: ["AvisoClient", "AvisoWitness", "Alerts", "Base"],
        resources: [
            .embedInCode("Languages/tool.csv"), .embedInCode("Languages/manual.csv"),
        ]
    ),
    .executableTarget(
        name: "Bench",
        dependencies: [
            "Base", "MQTTCodec", "COSE", "CBOR", "Alerts", "MerkleLog", "Crypto", "TLSEngine",
            "EventLoop", "LogStore", "AvisoClient",
        ]
    ),
]

let tests: [Target] = [
    .target(
        name: "TestKit",
        dependencies: ["Base", "COSE", "Crypto", "MerkleLog"],
        path: "Tests/TestKit"
    ),
    .target(
        name: "FuzzKit",
        dependencies: [
            "Base", "MQTTCodec", "COSE", "Alerts", "MerkleLog", "BrokerCore", "ClientCore", "CBOR",
            "Crypto", "Configuration", "DaemonConfiguration",
        ],
        path: "Tests/FuzzKit"
    ),
    .testTarget(
        name: "FuzzTests",
        dependencies: [
            "FuzzKit", "Alerts", "COSE", "DaemonConfiguration", "MerkleLog", "Base",
        ]
    ),
    .testTarget(name: "BaseTests", dependencies: ["Base"]),
    .testTarget(name: "MQTTCodecTests", dependencies: ["MQTTCodec", "Base"]),
    .testTarget(name: "ClientCoreTests", dependencies: ["ClientCore", "MQTTCodec", "Base"]),
    .testTarget(name: "CBORTests", dependencies: ["CBOR", "COSE", "Base"]),
    .testTarget(name: "COSETests", dependencies: ["COSE", "CBOR", "Crypto", "Base"]),
    .testTarget(name: "CryptoTests", dependencies: ["Crypto", "COSE", "CBOR", "Base"]),
    .testTarget(
        name: "AlertsTests",
        dependencies: ["Alerts", "COSE", "CBOR", "Crypto", "Base", "TestKit"]
    ),
    .testTarget(
        name: "CaseCoreTests",
        dependencies: ["CaseCore", "Alerts", "MerkleLog", "COSE", "CBOR", "Crypto", "Base"]
    ),
    .testTarget(
        name: "MerkleLogTests",
        dependencies: ["MerkleLog", "COSE", "CBOR", "Crypto", "Base", "TestKit"]
    ),
    .testTarget(
        name: "LogStoreTests",
        dependencies: [
            "LogStore", "MerkleLog", "COSE", "CBOR", "CChecksum", "Crypto", "Base", "TestKit",
        ]
    ),
    .testTarget(name: "TLSEngineTests", dependencies: ["TLSEngine", "Base", "TestKit"]),
    .testTarget(
        name: "EventLoopTests",
        dependencies: ["EventLoop", "TLSEngine", "Base", "TestKit"]
    ),
    .testTarget(
        name: "HTTPEngineTests",
        dependencies: ["HTTPEngine", "EventLoop", "TLSEngine", "Base", "TestKit"]
    ),
    .testTarget(
        name: "ConfigurationTests",
        dependencies: ["Configuration", "Alerts", "COSE", "Base"]
    ),
    .testTarget(
        name: "DaemonConfigurationTests",
        dependencies: [
            "DaemonConfiguration", "Configuration", "BrokerCore", "HTTPEngine", "Alerts", "Base",
        ]
    ),
    .testTarget(
        name: "BrokerCoreTests",
        dependencies: [
            "BrokerCore", "MQTTCodec", "COSE", "Alerts", "MerkleLog", "CBOR", "Crypto", "Base",
            "TestKit",
        ]
    ),
    .testTarget(name: "HTTPFetchTests", dependencies: ["HTTPFetch", "HTTPEngine", "EventLoop"]),
    .testTarget(
        name: "AvisoWitnessTests",
        dependencies: [
            "AvisoWitness", "HTTPFetch", "MerkleLog", "COSE", "Crypto", "Base", "TestKit",
        ]
    ),
    .testTarget(
        name: "AvisoBrokerTests",
        dependencies: [
            "AvisoBroker", "BrokerCore", "HTTPEngine", "EventLoop", "TLSEngine", "LogStore",
            "MerkleLog", "MQTTCodec", "Alerts", "COSE", "CBOR", "Crypto", "Base", "TestKit",
        ]
    ),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "AvisoClient", "Alerts", "COSE", "CBOR", "Crypto", "MQTTCodec", "TLSEngine", "Base",
            "LogStore", "MerkleLog", "TestKit",
        ]
    ),
    .testTarget(name: "TidyTests"),
]

/// What `make fuzz` builds under libFuzzer; nothing else needs it.
let isFuzzing = Context.environment["AVISO_FUZZ"] != nil
let fuzzing: [Target] = [
    .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(name: "Fuzz", dependencies: ["FuzzKit", "CFuzzer"], path: "Tests/Fuzz"),
]

let package = Package(
    name: "aviso",
    products: [
        .executable(name: "avisod", targets: ["AvisoDaemon"]),
        .executable(name: "aviso", targets: ["AvisoTool"]),
        .library(name: "AvisoClient", targets: ["AvisoClient"]),
    ],
    targets: systemLibraries + base + formats + machines + engines + inputOutput + products
        + witnessing + programs + tests + (isFuzzing ? fuzzing : []),
    swiftLanguageModes: [.v6]
)

// One set of rules for all Swift code: warnings are errors, unsafe code is marked as such.
let swiftRules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
]
for target in package.targets
where target.type != .system && target.name != "CLinux" && target.name != "CChecksum" {
    target.swiftSettings = (target.swiftSettings ?? []) + swiftRules
    // Tells libFuzzer which ways through the code an input takes.
    if isFuzzing { target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer"])) }
}
