import Alerts
import LogStore

extension AvisoError {
    /// What a folder that was named has against it.
    static func folder(_ error: LogError) -> AvisoError {
        switch error {
        // What to do for a broker that finds none is not for a reader.
        case .missing(let directory):
            AvisoError(.invalidInput, "there is no log in \(directory)")
        case .notEmpty: AvisoError(.invalidInput, error.message)
        default: AvisoError(.fileFailed, error.message)
        }
    }
}
