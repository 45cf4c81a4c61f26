/// The media types that a field `Accept` or `Content-Type` names, without their parameters.
struct MediaTypes {
    // Bounds what a header full of commas costs.
    private static let countMax = 32

    private let names: Set<String>

    init(_ field: String?) {
        var names: Set<String> = []
        for item in (field ?? "").split(separator: ",").prefix(Self.countMax) {
            let name = item.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
            names.insert(name.lowercased())
        }
        self.names = names
    }

    /// Whether a type is named itself, not only by a wildcard.
    func name(_ type: String) -> Bool { names.contains(type) }
}
