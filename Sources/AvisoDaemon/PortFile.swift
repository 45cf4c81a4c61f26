import EventLoop
import Glibc

/// The file in which a broker that picked its port tells it.
enum PortFile {
    /// Writes the port, whole or not at all.
    static func write(_ port: UInt16, to path: String) throws(SystemError) {
        let temporary = path + ".new"
        guard let file = unsafe fopen(temporary, "w") else {
            throw SystemError(call: "open \(temporary)", number: errno)
        }
        let text = "\(port)\n"
        let count = unsafe fputs(text, file)
        guard unsafe fclose(file) == 0, count >= 0, unsafe rename(temporary, path) == 0 else {
            throw SystemError(call: "write \(path)", number: errno)
        }
    }
}

/// Text to the terminal.
enum StandardStreams {
    static func write(_ text: String, toError: Bool) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(toError ? 2 : 1, buffer.baseAddress, buffer.count)
        }
    }
}
