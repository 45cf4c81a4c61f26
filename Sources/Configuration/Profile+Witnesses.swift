extension Profile {
    /// The witnesses that the station trusts: what the key `log.witnesses` holds.
    package struct Witnesses: Hashable, Sendable, Decodable {
        private static let keyCountMax = 16
        private static let ageSecondsDefault: UInt64 = 3600

        /// How many of them must have cosigned; all unless the file says less.
        package let required: Int
        /// Seconds for which a cosignature counts under what the broker shows as its latest.
        package let ageSecondsMax: UInt64
        /// Their keys, as `aviso witness --print-key` prints them.
        package let keys: [String]

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case required, ageSecondsMax, keys
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            keys = try container.decode([String].self, forKey: .keys)
            guard (1...Self.keyCountMax).contains(keys.count), Set(keys).count == keys.count else {
                throw DecodingError.dataCorruptedError(
                    forKey: .keys,
                    in: container,
                    debugDescription: "must be 1 to \(Self.keyCountMax) keys, each once"
                )
            }
            required = try container.decodeIntegerIfPresent(.required) ?? keys.count
            guard (1...keys.count).contains(required) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .required,
                    in: container,
                    debugDescription: "is \(required) but must be 1 to the number of keys"
                )
            }
            ageSecondsMax =
                try container.decodeIntegerIfPresent(.ageSecondsMax) ?? Self.ageSecondsDefault
        }
    }
}
