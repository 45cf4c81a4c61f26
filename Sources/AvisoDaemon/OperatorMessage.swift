import Configuration
import Crypto
import EventLoop
import HTTPEngine
import LogStore
import TLSEngine

/// The sentence of an error, for whoever runs the daemon.
enum OperatorMessage {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as ConfigurationError: error.message
        case let error as LogError: error.message
        case let error as TLSError: error.message
        case let error as NetworkError: error.message
        case let error as SystemError: error.message
        case let error as HTTPError: error.message
        case let error as KeyFileError: error.message
        default: "\(error)"
        }
    }
}
