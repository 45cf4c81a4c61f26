/// Figures in the text format of Prometheus, version 0.0.4.
struct MetricsPage {
    /// The media type of the format.
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    /// The page so far.
    private(set) var text = ""

    /// Adds a figure that rises and falls.
    mutating func gauge(_ name: String, _ help: String, _ value: UInt64) {
        add("aviso_\(name)", "gauge", help, value)
    }

    /// Adds a figure that only rises while the broker runs.
    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        add("aviso_\(name)_total", "counter", help, value)
    }

    private mutating func add(_ name: String, _ type: String, _ help: String, _ value: UInt64) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
    }
}
