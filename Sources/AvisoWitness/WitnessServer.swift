import Crypto
import EventLoop
import HTTPEngine
import MerkleLog
import TLSEngine

/// A running witness.
package final class WitnessServer: Sendable {
    /// How a witness runs.
    package struct Options: Sendable {
        /// Its name, as its cosignatures carry it.
        package var name = ""
        /// The file of its Ed25519 key, PEM.
        package var key = ""
        /// The verifier keys of the logs, `name+hash+key` each.
        package var logKeys: [String] = []
        /// The folder of its state, which must exist.
        package var state = ""
        /// The address to bind.
        package var host = ""
        /// The port; 0 picks a free one.
        package var port: UInt16 = 0
        /// The files of its side of TLS; nil for none, on the loopback alone.
        package var tls: (certificate: String, key: String, authority: String)?

        /// Nothing set.
        package init() {}
    }

    /// The addresses on which a witness may serve without TLS.
    package static let loopbackHosts = ["localhost", "127.0.0.1", "::1"]

    /// The public key that verifies the cosignatures, `name+hash+key`.
    package let verifierKey: String
    /// The bound port.
    package let port: UInt16

    private let server: HTTPServer

    /// Starts to serve.
    ///
    /// - Parameters:
    ///   - options: how.
    ///   - report: gets what the witness does, on its thread.
    /// - Throws: ``WitnessError`` with a sentence for the operator.
    package init(
        _ options: Options,
        report: @escaping @Sendable (WitnessReport) -> Void
    ) throws(WitnessError) {
        guard options.tls != nil || Self.loopbackHosts.contains(options.host) else {
            throw WitnessError(
                "without TLS a witness listens on localhost, 127.0.0.1 or ::1 alone: give it a "
                    + "certificate, or put a proxy in front of it"
            )
        }
        let service = try WitnessService(
            name: options.name,
            key: try Self.readKey(options.key),
            logs: try Self.logKeys(options.logKeys),
            folder: try WitnessFolder(options.state),
            report: report
        )
        verifierKey = service.verifierKey.description
        var limits = HTTPLimits()
        limits.bodyByteCountMax = AddCheckpointRequest.byteCountMax
        limits.connectionsMax = 256
        do {
            let context = try options.tls.map { files throws(TLSError) in
                try TLSContext(
                    role: .server,
                    files: TLSIdentityFiles(
                        certificate: files.certificate,
                        privateKey: files.key,
                        authority: files.authority
                    )
                )
            }
            let socket = try ListeningSocket(host: options.host, port: options.port)
            port = socket.address.port
            server = try HTTPServer(socket: socket, context: context, limits: limits) {
                request,
                _ in service.answer(request)
            }
        } catch let error as TLSError {
            throw WitnessError(error.message, isMisuse: true)
        } catch let error as NetworkError {
            throw WitnessError(error.message)
        } catch let error as HTTPError {
            throw WitnessError(error.message)
        } catch {
            throw WitnessError("\(error)")
        }
    }

    /// The public key of a witness, without starting it.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - key: the file of its key.
    /// - Returns: `name+hash+key`.
    /// - Throws: ``WitnessError`` if the key cannot be read, or the name not be used.
    package static func verifierKey(
        name: String,
        key: String
    ) throws(WitnessError) -> String {
        let publicKey = try readKey(key).publicKey
        guard let key = CosignerKey(name: name, publicKey: publicKey, using: SHA256()) else {
            throw WitnessError(
                "\(name) cannot name a witness: no spaces, no plus sign",
                isMisuse: true
            )
        }
        return key.description
    }

    /// Ends all connections.
    package func stop() {
        server.stop()
    }

    private static func readKey(_ file: String) throws(WitnessError) -> Ed25519SigningKey {
        do throws(KeyFileError) {
            return try PEMKeyFile.readSigningKey(file)
        } catch {
            throw WitnessError(error.message, isMisuse: true)
        }
    }

    private static func logKeys(_ texts: [String]) throws(WitnessError) -> [NoteVerifierKey] {
        var keys: [NoteVerifierKey] = []
        for text in texts {
            guard let key = NoteVerifierKey(text, using: SHA256()) else {
                throw WitnessError(
                    "\(text) is no verifier key of a log: name+hash+key",
                    isMisuse: true
                )
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw WitnessError("a witness needs the key of a log", isMisuse: true)
        }
        return keys
    }
}
