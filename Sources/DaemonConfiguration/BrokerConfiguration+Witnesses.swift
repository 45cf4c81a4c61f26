package import Configuration

/// What the key `witnesses` holds.
extension BrokerConfiguration {
    /// Who cosigns the checkpoints of the log, and how many must.
    package struct Witnesses: Hashable, Sendable {
        /// One witness (C2SP tlog-witness).
        package struct Witness: Hashable, Sendable {
            /// Its name, as its cosignatures carry it.
            package let name: String
            /// The submission prefix, to which `/add-checkpoint` is added.
            package let url: String
            /// Its verifier key, `name+hash+key`.
            package let key: String
        }

        /// How many witnesses can be asked for.
        package static let countMax = 16

        /// How many make a checkpoint cosigned.
        package let required: Int
        /// Seconds for which a cosignature counts as recent.
        package let lagSeconds: Int
        /// Seconds that a witness has to answer.
        package let timeoutSeconds: Int
        /// The files of this side of TLS, for witnesses that want a certificate; nil for the
        /// authorities of the machine, and no certificate.
        package let tls: TLSFiles?
        /// The witnesses.
        package let list: [Witness]
    }

    func check(_ witnesses: Witnesses, file: String) throws(ConfigurationError) {
        func fail(_ key: String, _ problem: String) -> ConfigurationError {
            ConfigurationError(file: file, key: "witnesses.\(key)", problem: problem)
        }
        guard (1...Witnesses.countMax).contains(witnesses.list.count) else {
            throw fail("list", "must name 1 to \(Witnesses.countMax) witnesses")
        }
        guard (1...witnesses.list.count).contains(witnesses.required) else {
            throw fail("required", "must be 1 to the number of witnesses")
        }
        guard (1...60).contains(witnesses.timeoutSeconds) else {
            throw fail("timeoutSeconds", "must be 1 to 60")
        }
        guard (3 * witnesses.timeoutSeconds...86_400).contains(witnesses.lagSeconds) else {
            throw fail("lagSeconds", "must be 3 times timeoutSeconds to 86400")
        }
        for (number, witness) in witnesses.list.enumerated() {
            guard !witnesses.list[..<number].contains(where: { $0.name == witness.name }) else {
                throw fail("list[\(number)].name", "is that of another witness")
            }
        }
        guard https != nil else {
            throw fail("list", "needs the key https: cosigned checkpoints are served there")
        }
    }
}

extension BrokerConfiguration.Witnesses {
    init(_ document: WitnessesDocument, in folder: ConfigurationFolder) {
        required = document.required
        lagSeconds = document.lagSeconds
        timeoutSeconds = document.timeoutSeconds
        tls = document.tls?.resolved(in: folder)
        list = document.list.map { Witness(name: $0.name, url: $0.url, key: $0.key) }
    }
}

/// The witnesses as the configuration file writes them.
struct WitnessesDocument: Decodable {
    let required: Int
    let lagSeconds: Int
    let timeoutSeconds: Int
    let tls: TLSFiles?
    let list: [Witness]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case required, lagSeconds, timeoutSeconds, tls, list
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        list = try container.decode([Witness].self, forKey: .list)
        required = try container.decodeIntegerIfPresent(.required) ?? list.count
        lagSeconds = try container.decodeIntegerIfPresent(.lagSeconds) ?? 60
        timeoutSeconds = try container.decodeIntegerIfPresent(.timeoutSeconds) ?? 5
        tls = try container.decodeIfPresent(TLSFiles.self, forKey: .tls)
    }

    /// One of them.
    struct Witness: Decodable {
        let name: String
        let url: String
        let key: String

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, url, key
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            // The name stands in figures and in log lines, where nothing is escaped.
            let name = try container.decode(
                .name,
                rule: "printable, without spaces, quotes, + and \\"
            ) { Self.isName($0) ? $0 : nil }
            self.name = name
            url = try container.decode(
                .url,
                rule: "http://... or https://..., without / at its end"
            ) { Self.isURL($0) ? $0 : nil }
            key = try container.decode(
                .key,
                rule: "the witness' key, which begins with its name and +"
            ) { $0.hasPrefix(name + "+") ? $0 : nil }
        }

        private static func isName(_ text: String) -> Bool {
            (1...255).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    byte > 0x20 && byte < 0x7F && !Array("\"'\\+".utf8).contains(byte)
                }
        }

        private static func isURL(_ text: String) -> Bool {
            ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
                && !text.hasSuffix("/") && text.utf8.count <= 1024
                && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }
}
