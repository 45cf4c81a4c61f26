import TLSEngine
import TestKit

/// A client and a server session joined by memory.
struct TLSPair {
    let client: TLSSession
    let server: TLSSession

    /// Makes both ends; the parameters replace what a good connection would use.
    init(
        station: TestCertificates.Pair? = TestCertificates.shared.station,
        server serverPair: TestCertificates.Pair = TestCertificates.shared.server,
        serverName: String = "localhost"
    ) throws {
        let serverContext = try TLSContext.test(.server, serverPair)
        let clientContext = try TLSContext.test(.client, station ?? serverPair)
        server = try TLSSession(context: serverContext)
        client = try TLSSession(context: clientContext, serverName: serverName)
    }

    /// Moves ciphertext both ways, `step` bytes at a time, until neither side has any more.
    ///
    /// - Returns: what each side read, and the error that ended it.
    mutating func pump(step: Int = .max) -> (client: Side, server: Side) {
        var clientSide = Side()
        var serverSide = Side()
        clientSide.advance(client, [])
        while true {
            let toServer = client.takeCiphertext()
            serverSide.feed(server, toServer, step: step)
            let toClient = server.takeCiphertext()
            clientSide.feed(client, toClient, step: step)
            if toServer.isEmpty, toClient.isEmpty, client.outboundByteCount == 0 { break }
        }
        return (clientSide, serverSide)
    }
}

/// What one side came to.
struct Side {
    var plaintext: [UInt8] = []
    var error: TLSError?
    var isClosed = false

    mutating func feed(_ session: TLSSession, _ bytes: [UInt8], step: Int) {
        var start = 0
        while start < bytes.count, error == nil {
            let end = start + min(step, bytes.count - start)
            advance(session, bytes[start..<end])
            start = end
        }
    }

    mutating func advance(_ session: TLSSession, _ bytes: ArraySlice<UInt8>) {
        do throws(TLSError) {
            let (read, closed) = try session.receiveAll(bytes)
            plaintext += read
            isClosed = isClosed || closed
        } catch {
            self.error = error
        }
    }
}

extension TLSContext {
    static func test(
        _ role: Role,
        _ pair: TestCertificates.Pair
    ) throws(TLSError) -> TLSContext {
        try TLSContext(
            role: role,
            files: TLSIdentityFiles(
                certificate: pair.certificate,
                privateKey: pair.privateKey,
                authority: TestCertificates.shared.authority.certificate
            )
        )
    }
}

extension TLSSession {
    func receiveAll(
        _ ciphertext: ArraySlice<UInt8>
    ) throws(TLSError) -> (plaintext: [UInt8], isClosed: Bool) {
        var plaintext: [UInt8] = []
        var isClosed = false
        let bytes = Array(ciphertext)
        let pointer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 1)
        defer {
            unsafe pointer.deallocate()
            unsafe target.deallocate()
        }
        unsafe pointer.copyBytes(from: bytes)
        unsafe try receive(UnsafeRawBufferPointer(pointer)) { () throws(TLSError) in
            guard try handshake() else { return }
            while true {
                switch unsafe try read(into: target) {
                case .bytes(let count): unsafe plaintext += target.prefix(count)
                case .wantsCiphertext: return
                case .closed:
                    isClosed = true
                    return
                }
            }
        }
        return (plaintext, isClosed)
    }

    func takeCiphertext() -> [UInt8] {
        var bytes: [UInt8] = []
        unsafe withOutbound { outbound in
            unsafe bytes = Array(outbound)
            return outbound.count
        }
        return bytes
    }

    func write(_ plaintext: [UInt8]) throws(TLSError) {
        let pointer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: plaintext.count,
            alignment: 1
        )
        defer { unsafe pointer.deallocate() }
        unsafe pointer.copyBytes(from: plaintext)
        unsafe try write(UnsafeRawBufferPointer(pointer))
    }
}
