internal import CLinux
internal import Glibc

/// Turns names into addresses with the system's resolver.
enum NameResolver {
    /// Resolves a name, which can take many seconds unless it is numeric.
    static func resolve(
        host: String,
        port: UInt16,
        isNumeric: Bool = false,
        isPassive: Bool = false
    ) throws(NetworkError) -> [RawAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CLinux_SOCK_STREAM
        unsafe hints.ai_flags =
            AI_NUMERICSERV | (isNumeric ? AI_NUMERICHOST : 0) | (isPassive ? AI_PASSIVE : 0)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &first)
        guard code == 0 else {
            throw .nameNotResolved(host: host, reason: unsafe String(cString: gai_strerror(code)))
        }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [RawAddress] = []
        var next = unsafe first
        while let info = unsafe next {
            if let address = unsafe info.pointee.ai_addr {
                unsafe addresses.append(RawAddress(address, length: info.pointee.ai_addrlen))
            }
            unsafe next = info.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            throw .nameNotResolved(host: host, reason: "it has no address")
        }
        return addresses
    }

    /// Resolves on a thread of its own and reports on the loop's, or at once if `host` is numeric.
    static func resolve(
        host: String,
        port: UInt16,
        on loop: Loop,
        _ report: @escaping (Result<[RawAddress], NetworkError>) -> Void
    ) {
        if let addresses = try? resolve(host: host, port: port, isNumeric: true) {
            return report(.success(addresses))
        }
        let handle = loop.handle
        let bound = LoopBound(report, on: loop)
        let job = ResolverJob {
            let result = Result { () throws(NetworkError) in
                try NameResolver.resolve(host: host, port: port)
            }
            handle.execute { loop in
                bound.value(on: loop)?(result)
                bound.release(on: loop)
            }
        }
        if let error = job.start() {
            report(.failure(.system(error)))
        }
    }
}

private final class ResolverJob: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    func start() -> SystemError? {
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(self).toOpaque()
        let code = unsafe pthread_create(&thread, nil, resolverEntry, argument)
        guard code == 0 else {
            unsafe Unmanaged<ResolverJob>.fromOpaque(argument).release()
            return SystemError(call: "pthread_create", number: code)
        }
        pthread_detach(thread)
        return nil
    }

    fileprivate func run() { body() }
}

private func resolverEntry(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<ResolverJob>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
