/// Why a file of configuration cannot be used.
package struct ConfigurationError: Error, Hashable, Sendable {
    /// The file.
    package let file: String
    /// The key at fault, with its path, such as `log.origin`; nil where the whole file is.
    package let key: String?
    /// What is wrong and what to mend, a clause without a full stop.
    package let problem: String

    /// Makes an error.
    package init(file: String, key: String? = nil, problem: String) {
        self.file = file
        self.key = key
        self.problem = problem
    }

    /// The error as a sentence that names file, key and problem.
    package var message: String {
        if let key {
            "\(file): \(key) \(problem)."
        } else {
            "\(file): \(problem)."
        }
    }
}
