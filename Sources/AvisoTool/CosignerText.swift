import AvisoClient

/// Who has cosigned a checkpoint, as text.
enum CosignerText {
    static func json(_ cosigners: [LogCosigner]) -> String {
        let items = cosigners.map { cosigner in
            var json = JSONText()
            json.add("witness", cosigner.name)
            json.add("time", cosigner.time)
            return json.text
        }
        return "[\(items.joined(separator: ","))]"
    }

    static func people(_ cosigners: [LogCosigner], _ size: UInt64, _ speech: Speech) -> String {
        let names = cosigners.map { "\($0.name) (\($0.time))" }.joined(separator: ", ")
        return speech("audit.cosigned", "\(size)", names)
    }
}
