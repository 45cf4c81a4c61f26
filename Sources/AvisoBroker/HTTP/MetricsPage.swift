/// Figures in the text format of Prometheus, version 0.0.4.
struct MetricsPage {
    /// The media type of the format.
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    /// The page so far.
    private(set) var text = ""

    /// Adds a figure that rises and falls.
    mutating func gauge(_ name: String, _ help: String, _ value: UInt64) {
        add("aviso_\(name)", "gauge", help, [("", value)])
    }

    /// Adds a figure that rises and falls, for each value of a label.
    mutating func gauge(
        _ name: String,
        _ help: String,
        by label: String,
        _ values: [(name: String, value: UInt64)]
    ) {
        add("aviso_\(name)", "gauge", help, Self.samples(label, values))
    }

    /// Adds a figure that only rises while the broker runs.
    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        add("aviso_\(name)_total", "counter", help, [("", value)])
    }

    /// Adds a figure that only rises, for each value of a label.
    mutating func counter(
        _ name: String,
        _ help: String,
        by label: String,
        _ values: [(name: String, value: UInt64)]
    ) {
        add("aviso_\(name)_total", "counter", help, Self.samples(label, values))
    }

    // The values are names of ours, agencies and keys, which need no escaping.
    private static func samples(
        _ label: String,
        _ values: [(name: String, value: UInt64)]
    ) -> [(labels: String, value: UInt64)] {
        values.map { ("{\(label)=\"\($0.name)\"}", $0.value) }
    }

    private mutating func add(
        _ name: String,
        _ type: String,
        _ help: String,
        _ samples: [(labels: String, value: UInt64)]
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
    }
}
