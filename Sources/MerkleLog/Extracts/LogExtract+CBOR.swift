import Base
package import COSE

/// The encoding: a CBOR map, each item an array that begins with its index.
extension LogExtract {
    // A URN with a member and the name of a machine.
    private static let stationByteCountMax = 256

    /// The encoding.
    ///
    /// - Parameter coding: the CBOR engine.
    /// - Returns: the bytes.
    package func encode(using coding: any CBORCoding) -> [UInt8] {
        let items = items.map { item in
            switch item {
            case .entry(let index, let bytes):
                CBORValue.array([.unsigned(index), .bytes(bytes)])
            case .report(let report):
                CBORValue.array([
                    .unsigned(report.index), .unsigned(report.time.milliseconds),
                    .text(report.act.rawValue), .text(report.station),
                ])
            }
        }
        let map = CBORMap([
            .init(.text("version"), .unsigned(Self.version)),
            .init(.text("size"), .unsigned(size)), .init(.text("next"), .unsigned(next)),
            .init(.text("items"), .array(items)),
        ])
        return coding.encode(.map(map))
    }

    /// Reads the encoding; nil for what is none, or was not asked for.
    ///
    /// The indexes must not fall, and lie from `start` up to ``next``, and that within ``size``, so
    /// that whoever goes on at ``next`` comes to an end.
    ///
    /// - Parameters:
    ///   - bytes: the answer as it is served.
    ///   - start: the index from which on it was asked for.
    ///   - coding: the CBOR engine.
    package init?(decoding bytes: [UInt8], from start: UInt64, using coding: any CBORCoding) {
        guard bytes.count <= Self.byteCountMax,
            let map = try? coding.decode(
                bytes[...],
                limits: CBORLimits(itemCountMax: 16 + 8 * Self.itemCountMax, depthMax: 4)
            ).mapValue, map["version"]?.unsignedValue == Self.version,
            let size = map["size"]?.unsignedValue, let next = map["next"]?.unsignedValue,
            let values = map["items"]?.arrayValue, values.count <= Self.itemCountMax,
            next <= size, next > start || next == size && next == start
        else { return nil }
        var items: [Item] = []
        for value in values {
            guard let item = Self.item(value), item.index >= items.last?.index ?? start,
                item.index < next
            else { return nil }
            items.append(item)
        }
        self.init(size: size, next: next, items: items)
    }

    private static func item(_ value: CBORValue) -> Item? {
        guard let fields = value.arrayValue, let index = fields.first?.unsignedValue else {
            return nil
        }
        if fields.count == 2, let bytes = fields[1].bytesValue,
            bytes.count <= LogEntry.byteCountMax
        {
            return .entry(index: index, Array(bytes))
        }
        guard fields.count == 4, let time = fields[1].unsignedValue,
            let act = fields[2].textValue.flatMap(DeliveryReport.Act.init),
            let station = fields[3].textValue, station.utf8.count <= stationByteCountMax
        else { return nil }
        return .report(
            DeliveryReport(
                index: index,
                time: WallTime(milliseconds: time),
                act: act,
                station: station
            )
        )
    }
}
