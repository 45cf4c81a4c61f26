import Base
import BrokerCore
import Configuration
import Crypto
import DaemonConfiguration
import EventLoop
import HTTPFetch
import LogStore
import MerkleLog
import Synchronization

/// The witnesses of the log and what they have cosigned, for the threads that ask them and the one
/// that serves it.
final class Cosigning: Sendable {
    /// One witness and how to reach it.
    struct Peer: Sendable {
        let name: String
        let url: String
        let fetcher: HTTPFetcher
    }

    // How seldom the file is written: it is for copies of the folder, and shares the log's disk.
    private static let keepMilliseconds: UInt64 = 10_000

    private struct Keeper {
        var file: CosignedFile?
        var note: [UInt8] = []
        var keptAt: MonotonicTime?
    }

    let peers: [Peer]
    private let board: Mutex<CosigningBoard>
    private let keeper = Mutex(Keeper())

    /// Prepares to ask; nothing is sent yet.
    ///
    /// - Throws: ``ConfigurationError`` for a key or a file of TLS that cannot be used.
    init(_ witnesses: BrokerConfiguration.Witnesses) throws(ConfigurationError) {
        var keys: [CosignerKey] = []
        var peers: [Peer] = []
        for witness in witnesses.list {
            guard let key = CosignerKey(witness.key, using: SHA256()) else {
                throw ConfigurationError(
                    file: "witnesses",
                    problem: "the key of \(witness.name) is none of a witness: aviso witness "
                        + "--print-key prints it"
                )
            }
            // A cosignature does not say by which name it was made.
            if let other = keys.first(where: { $0.publicKey == key.publicKey }) {
                throw ConfigurationError(
                    file: "witnesses",
                    problem: "the key of \(witness.name) is that of \(other.name): two names of "
                        + "one witness count once"
                )
            }
            keys.append(key)
            peers.append(
                Peer(
                    name: witness.name,
                    url: witness.url + "/add-checkpoint",
                    fetcher: try Self.fetcher(witnesses)
                )
            )
        }
        self.peers = peers
        board = Mutex(
            CosigningBoard(
                keys: keys,
                policy: CosigningPolicy(
                    required: witnesses.required,
                    lagSeconds: witnesses.lagSeconds,
                    roundSeconds: witnesses.timeoutSeconds
                )
            )
        )
    }

    private static func fetcher(
        _ witnesses: BrokerConfiguration.Witnesses
    ) throws(ConfigurationError) -> HTTPFetcher {
        var limits = HTTPFetcher.Limits()
        limits.connectSeconds = witnesses.timeoutSeconds
        limits.seconds = witnesses.timeoutSeconds
        limits.byteCountMax = SignedNote.byteCountMax / 2
        do throws(HTTPFetchError) {
            return try HTTPFetcher(
                identity: witnesses.tls.map { files in
                    HTTPFetcher.Identity(
                        authority: files.authority,
                        certificate: files.certificate,
                        key: files.key
                    )
                },
                permitsPlain: true,
                limits: limits
            )
        } catch {
            throw ConfigurationError(file: "witnesses", problem: error.message)
        }
    }

    /// Has what is cosigned kept in the log's folder, for whoever reads a copy of it.
    func keep(in directory: String) throws(LogError) {
        let file = try CosignedFile(directory: directory)
        keeper.withLock { $0.file = file }
    }

    /// Writes what is cosigned, unless it was written a moment ago or stands there already.
    ///
    /// - Parameter isLast: whether to write it in any case.
    /// - Throws: `LogError`.
    func keepCosigned(isLast: Bool = false) throws(LogError) {
        guard let cosigned else { return }
        let now = SystemClock.monotonic()
        try keeper.withLock { keeper throws(LogError) in
            let isEarly = keeper.keptAt.map {
                now.milliseconds(since: $0) < Self.keepMilliseconds
            }
            guard isLast || isEarly != true, keeper.note != cosigned.note else { return }
            keeper.keptAt = now
            try keeper.file?.publish(cosigned.note)
            keeper.note = cosigned.note
        }
    }

    /// The latest checkpoint with enough cosignatures, or nil.
    var cosigned: CosigningBoard.Published? { board.withLock { $0.cosigned } }

    /// How many witnesses make a checkpoint cosigned.
    var required: Int { board.withLock { $0.policy.required } }

    /// Whether enough witnesses have cosigned recently.
    var isRecent: Bool { board.withLock { $0.isRecent(now: SystemClock.monotonic()) } }

    /// How each witness fares.
    var statuses: [CosigningBoard.Status] {
        board.withLock { $0.statuses(now: SystemClock.monotonic()) }
    }

    /// What a witness is to be sent now.
    func next(
        for number: Int,
        published: CosigningBoard.Published
    ) -> CosigningBoard.Submission? {
        board.withLock { board in
            board.next(for: number, published: published, now: SystemClock.monotonic())
        }
    }

    /// Takes what came back; what the operator is to be told, if it is news.
    func take(
        _ answer: WitnessAnswer,
        of submission: CosigningBoard.Submission,
        from number: Int,
        logSize: UInt64
    ) -> CosigningEvent? {
        board.withLock { board in
            board.take(
                answer,
                of: submission,
                from: number,
                logSize: logSize,
                now: SystemClock.monotonic(),
                wall: SystemClock.wall(),
                verifier: Cryptography()
            )
        }
    }
}
