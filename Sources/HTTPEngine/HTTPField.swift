/// One field of a header (RFC 9110 5).
package struct HTTPField: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// Its value, without line breaks.
    package let value: String

    /// Makes a field.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [HTTPField] {
    /// The value of a field, with the values of all fields of that name joined by commas
    /// (RFC 9110 5.3); nil where there is none.
    package subscript(name: String) -> String? {
        let name = name.lowercased()
        let values = filter { $0.name.lowercased() == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Whether a message says in two ways how long it is, so that two readers could take it for two
    /// different ones (RFC 9112 6.3).
    var isAmbiguous: Bool {
        let lengths = self["Content-Length"]?.split(separator: ",").map { length in
            length.filter { $0 != " " && $0 != "\t" }
        }
        guard let lengths else { return false }
        return Set(lengths).count > 1 || self["Transfer-Encoding"] != nil
    }
}
