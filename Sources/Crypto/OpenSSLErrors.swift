import COpenSSL

/// The error queue that OpenSSL keeps for each thread.
enum OpenSSLErrors {
    /// Takes everything out of this thread's queue.
    ///
    /// - Returns: the reasons, oldest first, for a message.
    static func drain() -> String {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let reason = unsafe ERR_reason_error_string(code) {
                unsafe reasons.append(String(cString: reason))
            } else {
                reasons.append("error \(code)")
            }
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
    }

    /// Whether the queue of this thread is empty, without changing it.
    static var isEmpty: Bool { ERR_peek_error() == 0 }
}
