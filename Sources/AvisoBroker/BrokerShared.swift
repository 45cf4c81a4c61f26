import Base
import BrokerCore
import CBOR
import Crypto
import EventLoop
import LogStore
import Synchronization
import TLSEngine

/// What the threads of one broker share; every part is safe to use from any of them.
final class BrokerShared: Sendable {
    /// The log, as readers see it.
    typealias Reader = LogReader<SHA256>

    let limits: BrokerLimits
    let settings: ConnectionSettings
    let checker: AdmissionChecker
    let statementChecker: StatementChecker
    let context: TLSContext
    let reader: Reader
    /// The encrypted files beside the log.
    let attachments: AttachmentFolder
    let log: StructuredLog
    let submissions: SubmissionQueue
    /// What waits for the sequencer's answer over HTTPS.
    let waiting: WaitingSubmissions
    let sessions: Mutex<SessionDirectory>
    let connectionCount = Atomic<Int>(0)
    let metrics = BrokerMetrics()
    let meters: AgencyMeters
    /// Whether a snapshot is being written.
    let isSavingSnapshot = Atomic<Bool>(false)
    let published: Mutex<PublishedState>
    /// The witnesses, if the configuration names any.
    let cosigning: Cosigning?

    private let shards = Mutex<[LoopThread<Shard>]>([])
    private let catchUp = Mutex<LoopThread<CatchUp>?>(nil)
    private let snapshots = Mutex<LoopThread<SnapshotKeeper>?>(nil)
    private let keeper = Mutex<LoopThread<AttachmentKeeper>?>(nil)
    private let sequencer = Mutex<LoopThread<SequencerWorker>?>(nil)

    init(
        limits: BrokerLimits,
        settings: ConnectionSettings,
        context: TLSContext,
        reader: Reader,
        attachments: AttachmentFolder,
        log: StructuredLog,
        submissions: SubmissionQueue,
        waiting: WaitingSubmissions,
        sessions: sending SessionDirectory,
        published: sending PublishedState,
        cosigning: Cosigning?
    ) {
        self.cosigning = cosigning
        self.limits = limits
        self.settings = settings
        self.context = context
        self.reader = reader
        self.attachments = attachments
        self.log = log
        self.submissions = submissions
        self.waiting = waiting
        self.sessions = Mutex(sessions)
        self.published = Mutex(published)
        meters = AgencyMeters(limits: limits)
        statementChecker = StatementChecker(
            coding: LibCBOR(),
            hasher: SHA256(),
            verifier: Cryptography(),
            limits: limits
        )
        checker = AdmissionChecker(
            coding: LibCBOR(),
            hasher: SHA256(),
            verifier: Cryptography(),
            limits: limits
        )
    }

    /// Tells everyone where the loops are, once all have started.
    func publish(
        shards threads: [LoopThread<Shard>],
        catchUp thread: LoopThread<CatchUp>,
        snapshots saver: LoopThread<SnapshotKeeper>,
        attachments keeper: LoopThread<AttachmentKeeper>,
        sequencer worker: LoopThread<SequencerWorker>
    ) {
        shards.withLock { $0 = threads }
        catchUp.withLock { $0 = thread }
        snapshots.withLock { $0 = saver }
        self.keeper.withLock { $0 = keeper }
        sequencer.withLock { $0 = worker }
    }

    /// The number of loops.
    var shardCount: Int { shards.withLock { $0.count } }

    /// Runs work on one loop.
    func onShard(_ number: Int, _ work: @escaping @Sendable (Shard) -> Void) {
        let thread = shards.withLock { number < $0.count ? $0[number] : nil }
        thread?.execute(work)
    }

    /// Runs work on every loop.
    func onAllShards(_ work: @escaping @Sendable (Shard) -> Void) {
        for thread in shards.withLock({ $0 }) { thread.execute(work) }
    }

    /// Runs work on the thread that finishes and erases attachments.
    ///
    /// - Returns: false if it will never run.
    func onAttachments(_ work: @escaping @Sendable (AttachmentKeeper) -> Void) -> Bool {
        keeper.withLock { $0 }?.execute(work) ?? false
    }

    /// Forgets the threads that hold this, when they have ended.
    func forgetThreads() {
        keeper.withLock { $0 = nil }
        sequencer.withLock { $0 = nil }
    }

    /// Runs work on the thread that saves the state beside the log.
    func onSnapshots(_ work: @escaping @Sendable (SnapshotKeeper) -> Void) {
        snapshots.withLock { $0 }?.execute(work)
    }

    /// Runs work on the thread that gives entries their order.
    ///
    /// - Returns: false if it has too much to do; then `work` never runs.
    @discardableResult
    func onSequencer(_ work: @escaping @Sendable (SequencerWorker) -> Void) -> Bool {
        sequencer.withLock { $0 }?.execute(work) ?? false
    }

    /// Runs work on the thread that reads the log for those who lag.
    func onCatchUp(_ work: @escaping @Sendable (CatchUp) -> Void) {
        catchUp.withLock { $0 }?.execute(work)
    }
}
