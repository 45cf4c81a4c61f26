import Alerts
import AvisoClient
import Foundation

/// Forms as people write them: JSON, or JSON5 with comments.
enum FormFile {
    /// Reads a form as JSON.
    ///
    /// What is JSON already stays as it is, byte for byte.
    static func read(_ path: String) throws -> [UInt8] {
        try json(try Files.read(path), path)
    }

    /// The JSON of a form that was read already.
    ///
    /// - Throws: ``AvisoError`` naming the file and what is wrong with it.
    static func json(_ bytes: [UInt8], _ path: String) throws(AvisoError) -> [UInt8] {
        guard bytes.count <= 4 * AlertForm.byteCountMax else {
            throw AvisoError(.invalidInput, "\(path) has more bytes than a form may have")
        }
        let strict: JSONError
        do throws(JSONError) {
            _ = try JSONValue(parsing: bytes[...])
            return bytes
        } catch {
            strict = error
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        guard let form = try? decoder.decode(LooseValue.self, from: Data(bytes)) else {
            throw AvisoError(.invalidInput, "\(path): \(strict.wording)")
        }
        return Array(form.value.indentedText.utf8)
    }
}

/// A value of JSON5; the members of objects are sorted by name.
private struct LooseValue: Decodable {
    let value: JSONValue

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Name.self) {
            var object = JSONObject()
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                object.append(
                    key.stringValue,
                    try container.decode(LooseValue.self, forKey: key).value
                )
            }
            value = .object(object)
        } else if var container = try? decoder.unkeyedContainer() {
            var items: [JSONValue] = []
            while !container.isAtEnd { items.append(try container.decode(LooseValue.self).value) }
            value = .array(items)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let boolean = try? container.decode(Bool.self) {
                value = .boolean(boolean)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else {
                value = .string(try container.decode(String.self))
            }
        }
    }
}
