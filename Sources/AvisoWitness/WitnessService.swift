import Base
import Crypto
import EventLoop
import HTTPEngine
import MerkleLog
import Synchronization

/// A witness as a service: decides, stores, signs and answers (C2SP tlog-witness).
final class WitnessService: Sendable {
    /// What an operator may want to know.
    typealias Report = @Sendable (WitnessReport) -> Void

    private typealias Machine = Witness<SHA256, Cryptography>

    /// The public key that verifies the cosignatures.
    let verifierKey: CosignerKey

    private let key: Ed25519SigningKey
    private let folder: WitnessFolder
    private let machine: Mutex<Machine>
    private let report: Report

    /// Reads what was stored.
    init(
        name: String,
        key: Ed25519SigningKey,
        logs: [NoteVerifierKey],
        folder: WitnessFolder,
        report: @escaping Report
    ) throws(WitnessError) {
        guard let verifierKey = CosignerKey(name: name, publicKey: key.publicKey, using: SHA256())
        else {
            throw WitnessError(
                "\(name) cannot name a witness: no spaces, no plus sign",
                isMisuse: true
            )
        }
        self.verifierKey = verifierKey
        self.key = key
        self.folder = folder
        self.report = report
        var machine = Machine(logs: logs, hasher: SHA256(), verifier: Cryptography())
        for origin in machine.origins {
            guard let note = try folder.note(of: origin) else {
                report(.begins(origin: origin))
                continue
            }
            // Never begun anew in silence: a log could then be shown rewritten.
            guard let record = machine.verified(note), record.checkpoint.origin == origin else {
                throw WitnessError(
                    "the stored checkpoint of \(origin) is damaged, or signed with none of the "
                        + "keys of --log-key; put it back from a copy"
                )
            }
            machine.take(record)
            report(.knows(origin: origin, size: record.checkpoint.treeSize))
        }
        self.machine = Mutex(machine)
    }

    /// Answers a request.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.path == "/add-checkpoint" else {
            return .text("There is only /add-checkpoint here.\n", status: 404)
        }
        guard request.method == "POST" else {
            let more = [HTTPField("Allow", "POST")]
            return .text("add-checkpoint is a POST.\n", status: 405, more: more)
        }
        // Deciding and storing are one step for each request: see C2SP tlog-witness.
        return machine.withLock { machine in
            switch machine.decide(request.body) {
            case .cosign(let record):
                return cosign(record, &machine)
            case .refuse(let refusal):
                return refuse(refusal, request.address)
            }
        }
    }

    private func cosign(_ record: WitnessRecord, _ machine: inout Machine) -> HTTPResponse {
        let origin = record.checkpoint.origin
        // The same checkpoint again, for a later time, is stored already.
        if machine.record(of: origin)?.text != record.text {
            do throws(WitnessError) {
                try folder.store(record)
            } catch {
                report(.storeFailed(error))
                return .text("The witness cannot store its state.\n", status: 500)
            }
            machine.take(record)
        }
        let seconds = SystemClock.wall().milliseconds / 1000
        let cosignature = Cosignature(of: record.text, seconds: seconds, key: key)
        report(.cosigned(origin: origin, size: record.checkpoint.treeSize))
        return .text(SignedNote.line(cosignature.noteSignature(verifierKey)))
    }

    private func refuse(_ refusal: WitnessRefusal, _ address: String) -> HTTPResponse {
        var kept: String?
        if let evidence = refusal.evidence {
            do throws(WitnessError) {
                kept = try folder.keep(evidence)
            } catch {
                report(.storeFailed(error))
            }
        }
        report(
            .refused(
                status: refusal.status,
                message: refusal.message,
                isConflict: refusal.evidence?.kind == .conflict,
                address: address,
                evidence: kept
            )
        )
        guard let size = refusal.size else {
            return .text(refusal.message + "\n", status: refusal.status)
        }
        return .text("\(size)\n", status: refusal.status, type: WitnessRefusal.sizeType)
    }
}

/// What a witness has done.
package enum WitnessReport: Sendable {
    /// Nothing of this log is stored: its first checkpoint will be believed.
    case begins(origin: String)
    /// A log goes on from the stored checkpoint.
    case knows(origin: String, size: UInt64)
    /// A checkpoint was stored and cosigned.
    case cosigned(origin: String, size: UInt64)
    /// A checkpoint was refused; both notes were kept in files that begin so, or were kept before.
    case refused(
        status: Int,
        message: String,
        isConflict: Bool,
        address: String,
        evidence: String?
    )
    /// Something could not be stored; nothing was signed.
    case storeFailed(WitnessError)
}

extension HTTPResponse {
    fileprivate static func text(
        _ body: String,
        status: Int = 200,
        type: String = "text/plain; charset=utf-8",
        more: [HTTPField] = []
    ) -> HTTPResponse {
        let fields = [
            HTTPField("Content-Type", type), HTTPField("Cache-Control", "no-store"),
            HTTPField("X-Content-Type-Options", "nosniff"),
        ]
        return HTTPResponse(status: status, fields: fields + more, body: .bytes(Array(body.utf8)))
    }
}
