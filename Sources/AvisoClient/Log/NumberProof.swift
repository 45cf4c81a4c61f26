import Alerts
import Base
import CBOR
import COSE
import Crypto
import MerkleLog

/// Proves of an alert that it stands in the tree of a checkpoint, with its number.
///
/// The entry is built again from the statement and what its receipt says; its leaf must lead to
/// the signed root. So no alert that the log does not hold can take the place of one that it does.
struct NumberProof {
    private let server: LogServer
    private let profile: AvisoProfile
    private let checkpoint: LogCheckpoint
    private let tiles: LogTiles

    init(server: LogServer, profile: AvisoProfile, tally: ProvedTally) {
        self.server = server
        self.profile = profile
        checkpoint = tally.checkpoint
        tiles = LogTiles(server: server, treeSize: tally.checkpoint.size)
    }

    /// Verifies one alert.
    ///
    /// - Returns: its identifier, as its author has signed it.
    /// - Throws: ``AvisoError``: ``AvisoError/Code/notVerified`` where it does not stand there with
    ///   this number, others where the server gives no answer.
    func verify(_ alert: AvisoClient.KeptAlert) throws(AvisoError) -> String {
        let path = "/entries/\(alert.index)"
        let bytes = try server.get(path, accept: TransparentStatement.mediaType)
        let (statement, receipt) = try parse(bytes, alert)
        let number = receipt.counts.first { $0.agency == profile.member }?.count
        let name = statement.alert.urn
        guard alert.alert ?? name == name, receipt.leafIndex == alert.index,
            number == alert.number
        else {
            throw failure(alert, "the log has \(name) there, with another number")
        }
        let hasher = SHA256()
        let entry = receipt.entry(statement: statement.canonicalBytes[...], using: LibCBOR())
        let root = MerkleProof.root(
            ofLeaf: hasher.leafHash(entry[...]),
            index: alert.index,
            treeSize: checkpoint.size,
            path: try tiles.inclusionProof(index: alert.index),
            using: hasher
        )
        guard root == checkpoint.rootHash else {
            throw failure(alert, "it does not lead to the signed root of the checkpoint")
        }
        return name
    }

    private func parse(
        _ bytes: [UInt8],
        _ alert: AvisoClient.KeptAlert
    ) throws(AvisoError) -> (AlertStatement, Receipt) {
        do {
            let statement = try AlertStatement(decoding: bytes[...], using: LibCBOR())
            guard let receipt = TransparentStatement.receipt(in: statement.sign1) else {
                throw failure(alert, "the broker shows no receipt")
            }
            return (statement, try Receipt(decoding: receipt[...], using: LibCBOR()))
        } catch let error as AlertError {
            throw failure(alert, error.message)
        } catch let error as ReceiptError {
            throw failure(alert, error.message)
        } catch let error as AvisoError {
            throw error
        } catch {
            throw failure(alert, "\(error)")
        }
    }

    private func failure(_ alert: AvisoClient.KeptAlert, _ text: String) -> AvisoError {
        AvisoError(
            .notVerified,
            "number \(alert.number), \(alert.alert ?? "left out") at index \(alert.index): \(text)"
        )
    }
}
