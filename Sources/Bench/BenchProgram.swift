import Foundation

/// The program: runs the benchmarks that are named, or all, and prints what they measured.
enum BenchProgram {
    private static let usage = """
        Usage: Bench [--list] [--json] [--alerts N] [NAME...]

        Measures what Aviso's steps cost on this machine; without names, all of them.

          --list       the benchmarks with what they measure
          --json       one JSON object per measurement
          --alerts N   how many alerts wait in `waiting` (default: 100000)
          --help       this text
        """

    /// Runs the program.
    ///
    /// - Returns: its exit code: 0 done, 1 a benchmark failed, 2 wrong use.
    static func run(_ arguments: [String]) -> Int32 {
        var names: [String] = []
        var isJSON = false
        var options = BenchOptions()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help":
                print(usage)
                return 0
            case "--list":
                for benchmark in Benchmark.all { print("\(benchmark.name)  \(benchmark.summary)") }
                return 0
            case "--json": isJSON = true
            case "--alerts":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else {
                    complain("--alerts needs a number above 0.\n\(usage)")
                    return 2
                }
                options.waitingCount = count
            default:
                guard Benchmark.all.contains(where: { $0.name == argument }) else {
                    complain("there is no benchmark \(argument).\n\(usage)")
                    return 2
                }
                names.append(argument)
            }
        }
        let chosen = Benchmark.all.filter { names.isEmpty || names.contains($0.name) }
        return chosen.allSatisfy { run($0, options, isJSON: isJSON) } ? 0 : 1
    }

    private static func run(
        _ benchmark: Benchmark,
        _ options: BenchOptions,
        isJSON: Bool
    ) -> Bool {
        do {
            for measurement in try benchmark.run(options) {
                print(
                    isJSON ? try json(measurement, of: benchmark) : text(measurement, of: benchmark)
                )
            }
            return true
        } catch {
            complain("\(benchmark.name): \(error)")
            return false
        }
    }

    private static func text(_ measurement: Measurement, of benchmark: Benchmark) -> String {
        let value = String(format: "%.3f", measurement.value)
        return "\(benchmark.name): \(measurement.what): \(value) \(measurement.unit)"
    }

    private static func json(_ measurement: Measurement, of benchmark: Benchmark) throws -> String {
        struct Line: Encodable {
            let benchmark: String
            let what: String
            let value: Double
            let unit: String
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let line = Line(
            benchmark: benchmark.name,
            what: measurement.what,
            value: measurement.value,
            unit: measurement.unit
        )
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("Bench: \(text)\n".utf8))
    }
}
