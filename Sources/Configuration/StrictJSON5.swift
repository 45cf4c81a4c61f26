import Base
import Foundation

/// Reads JSON5 files into `Decodable` types and refuses what they do not define.
package enum StrictJSON5 {
    /// The most bytes that a file of configuration may have.
    package static let fileByteCountMax = 4 << 20

    /// Reads a file.
    ///
    /// The types that are read use ``Decoder/strictContainer(keyedBy:)``, by which a key that they
    /// do not define is an error.
    ///
    /// - Parameters:
    ///   - type: what to read.
    ///   - file: the path of the file.
    /// - Returns: the value in the file.
    /// - Throws: ``ConfigurationError``.
    package static func decode<T: Decodable>(
        _ type: T.Type,
        from file: String
    ) throws(ConfigurationError) -> T {
        try decode(type, from: read(file), file: file)
    }

    /// Reads the bytes of a file.
    ///
    /// - Parameters:
    ///   - type: what to read.
    ///   - bytes: the bytes.
    ///   - file: the name of the file, for messages.
    /// - Returns: the value in the bytes.
    /// - Throws: ``ConfigurationError``.
    package static func decode<T: Decodable>(
        _ type: T.Type,
        from bytes: [UInt8],
        file: String
    ) throws(ConfigurationError) -> T {
        // Foundation's scanner of JSON5 ends the program at a key that is not UTF-8.
        guard StrictText.decode(bytes[...]) != nil else {
            throw ConfigurationError(
                file: file,
                problem: "is not UTF-8; save it with that encoding"
            )
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw ConfigurationError(error, file: file)
        } catch {
            throw ConfigurationError(file: file, problem: "cannot be read: \(error)")
        }
    }

    /// Reads all bytes of a file that is not too large.
    static func read(_ file: String) throws(ConfigurationError) -> [UInt8] {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            let reason = (error as NSError).localizedFailureReason ?? error.localizedDescription
            let sentence = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
            throw ConfigurationError(file: file, problem: "cannot be read: \(sentence)")
        }
        guard bytes.count <= fileByteCountMax else {
            throw ConfigurationError(
                file: file,
                problem: "has \(bytes.count) bytes, \(fileByteCountMax) are allowed"
            )
        }
        return [UInt8](bytes)
    }
}

/// A key of any name, to see which keys are there.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension Decoder {
    /// Opens a map in which only the keys of `Key` may stand.
    package func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let known = Set(Key.allCases.map(\.stringValue))
        let keys = try container(keyedBy: AnyKey.self).allKeys
        if let key = keys.filter({ !known.contains($0.stringValue) })
            .min(by: { $0.stringValue < $1.stringValue })
        {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: codingPath + [key],
                    debugDescription: "is not a known key; known are "
                        + known.sorted().joined(separator: ", ")
                )
            )
        }
        return try container(keyedBy: type)
    }
}

extension KeyedDecodingContainer {
    /// Reads a text and makes a value of it that not every text gives.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - rule: what the text must be, as a clause.
    ///   - make: makes the value, or nil.
    /// - Returns: the value.
    /// - Throws: `DecodingError` if there is no such text, or it gives no value.
    package func decode<T>(
        _ key: Key,
        rule: String,
        _ make: (String) -> T?
    ) throws -> T {
        let text = try decode(String.self, forKey: key)
        guard let value = make(text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: codingPath + [key],
                    debugDescription: "is \"\(text.prefix(utf8: 64))\" but must be \(rule)"
                )
            )
        }
        return value
    }
}

extension KeyedDecodingContainer {
    /// Reads a whole number if the key is there.
    ///
    /// Foundation names no key where a number does not fit its type, so that the number is read as
    /// a floating-point one, which holds every integer up to 2^53 exactly.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - type: the type of the number.
    /// - Returns: the number, or nil if the key is not there.
    /// - Throws: `DecodingError` if it is no number, or does not fit its type.
    package func decodeIntegerIfPresent<T: FixedWidthInteger>(
        _ key: Key,
        as type: T.Type = T.self
    ) throws -> T? {
        guard contains(key) else { return nil }
        let number = try decode(Double.self, forKey: key)
        guard let value = T(exactly: number) else {
            let text = Int64(exactly: number)?.description ?? number.description
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: codingPath + [key],
                    debugDescription:
                        "is \(text) but must be a whole number from \(T.min) to \(T.max)"
                )
            )
        }
        return value
    }
}

extension ConfigurationError {
    fileprivate init(_ error: DecodingError, file: String) {
        switch error {
        case .keyNotFound(let key, let context):
            let path = ConfigurationError.path(context.codingPath + [key])
            self.init(file: file, key: path, problem: "is missing")
        case .valueNotFound(_, let context):
            let path = ConfigurationError.path(context.codingPath)
            self.init(file: file, key: path, problem: "must have a value")
        case .typeMismatch(let type, let context):
            self.init(
                file: file,
                key: ConfigurationError.path(context.codingPath),
                problem: "must be \(ConfigurationError.words(for: type))"
            )
        case .dataCorrupted(let context):
            let sentence = context.debugDescription
            let path = ConfigurationError.path(context.codingPath)
            self.init(
                file: file,
                key: path,
                // Foundation on Linux does not say where the text stops being JSON5.
                problem: path == nil
                    ? "is not JSON5; look for a missing comma, quote, brace or bracket"
                    : (sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence)
            )
        @unknown default:
            self.init(file: file, problem: "cannot be read: \(error)")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String? {
        var path = ""
        for key in keys {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
        return path.isEmpty ? nil : path
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [String: Any].Type: "a map in braces"
        case is [Any].Type: "a list in brackets"
        default: "another type"
        }
    }
}
