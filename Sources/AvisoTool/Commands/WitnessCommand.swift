import Alerts
import AvisoClient
import AvisoWitness

/// The command `aviso witness`.
enum WitnessCommand: Command {
    static let specification = CommandSpecification(
        name: "witness",
        discussion: """
            Serves POST /add-checkpoint as C2SP tlog-witness has it, and answers with a timestamped
            cosignature. What was cosigned last is on stable storage before the answer leaves, so
            that no rewritten history is ever cosigned; both notes of a contradiction are kept
            under evidence/ of the state folder. Without TLS it listens on the loopback alone;
            with --tls-certificate, --tls-key and --tls-ca clients need a certificate.
            It can be stopped at any moment. The key is made with `aviso keygen` (signing.key).
            """,
        options: [
            .value("listen", "ADDRESS:PORT", "where to serve; port 0 picks a free one"),
            .value(
                "origin",
                "NAME",
                "the name of the witness, such as witness.example/w1",
                isRequired: true
            ),
            .value("key", "FILE", "its Ed25519 key (PKCS#8 PEM)", isRequired: true),
            .value("log-key", "VKEYS", "the verifier keys of the logs, by commas"),
            .value("state", "DIR", "the folder of its state, which must exist"),
            .value("port-file", "FILE", "gets the bound port"),
            .value("tls-certificate", "FILE", "the certificate of the server, PEM"),
            .value("tls-key", "FILE", "its private key"),
            .value("tls-ca", "FILE", "the authority of the clients' certificates"),
            .flag("print-key", "print the public key for brokers and auditors, and end"),
        ],
        operands: []
    )

    static func run(_ arguments: ParsedArguments, context: CommandContext) async throws {
        let (name, key) = (arguments["origin"] ?? "", arguments["key"] ?? "")
        if arguments.has("print-key") {
            Output.line(
                try asAvisoError { () throws(WitnessError) in
                    try WitnessServer.verifierKey(name: name, key: key)
                }
            )
            return
        }
        let options = try options(arguments, name: name, key: key)
        let speech = context.speech
        let server = try asAvisoError { () throws(WitnessError) in
            try WitnessServer(options) { Output.note(speech.say(text($0))) }
        }
        if let file = arguments["port-file"] {
            let descriptor = try Files.create(file)
            defer { Files.close(descriptor) }
            try Files.write(Array("\(server.port)\n".utf8), to: descriptor, file)
        }
        Output.note(speech.say("witness: serves on \(options.host), port \(server.port)"))
        Output.line(server.verifierKey)
        // All that matters is on stable storage before each answer: a signal may end this anywhere.
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private static func options(
        _ arguments: ParsedArguments,
        name: String,
        key: String
    ) throws(UsageError) -> WitnessServer.Options {
        var options = WitnessServer.Options()
        options.name = name
        options.key = key
        guard let listen = arguments["listen"], let colon = listen.lastIndex(of: ":"),
            let port = UInt16(listen[listen.index(after: colon)...])
        else { throw UsageError(message: "--listen ADDRESS:PORT is missing or has no port") }
        options.host = listen[..<colon].trimming { $0 == "[" || $0 == "]" }
        options.port = port
        guard let keys = arguments["log-key"] else {
            throw UsageError(message: "--log-key VKEYS is missing: whose checkpoints to cosign")
        }
        options.logKeys = keys.split(separator: ",").map(String.init)
        guard let state = arguments["state"] else {
            throw UsageError(message: "--state DIR is missing: where to keep what was cosigned")
        }
        options.state = state
        let files = ["tls-certificate", "tls-key", "tls-ca"].map { arguments[$0] }
        if let certificate = files[0], let key = files[1], let authority = files[2] {
            options.tls = (certificate, key, authority)
        } else if files.contains(where: { $0 != nil }) {
            throw UsageError(message: "--tls-certificate, --tls-key and --tls-ca go together")
        }
        return options
    }

    private static func text(_ report: WitnessReport) -> Wording {
        switch report {
        case .begins(let origin):
            return "witness: nothing is known of \(origin): its first checkpoint will be believed"
        case .knows(let origin, let size):
            return "witness: \(origin) goes on from \(size) entries"
        case .cosigned(let origin, let size):
            return "witness: cosigned \(origin) at \(size) entries"
        case .refused(let status, let message, let isConflict, let address, let evidence):
            let (address, message) = (Printable.text(address), Printable.text(message))
            guard isConflict else {
                return "witness: refused \(address) with \(status): \(message)\(kept(evidence))"
            }
            return "witness: CONFLICT, refused \(address) with \(status): "
                + "\(message)\(kept(evidence))"
        case .storeFailed(let error):
            return "witness: nothing was signed: \(error.message)"
        }
    }

    private static func kept(_ evidence: String?) -> Wording {
        guard let evidence else { return "" }
        return "; both notes are kept in \(evidence).known and .shown"
    }

    private static func asAvisoError<Value>(
        _ body: () throws(WitnessError) -> Value
    ) throws(AvisoError) -> Value {
        do throws(WitnessError) {
            return try body()
        } catch {
            throw AvisoError(error.isMisuse ? .invalidInput : .fileFailed, error.message)
        }
    }
}

extension Substring {
    fileprivate func trimming(_ isDropped: (Character) -> Bool) -> String {
        String(drop(while: isDropped).reversed().drop(while: isDropped).reversed())
    }
}
