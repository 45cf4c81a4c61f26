import HTTPEngine

extension HTTPResponse {
    /// How long an answer may be kept, by the client alone: others may have other roles.
    enum Cache: String {
        /// It never changes (C2SP tlog-tiles: full tiles and partial ones).
        case forEver = "private, max-age=31536000, immutable"
        /// It changes with each batch.
        case brief = "private, max-age=1"
        /// It changes when the operator says so in time.
        case hours = "private, max-age=3600"
        /// It is of this moment.
        case never = "no-store"
    }

    /// Makes an answer with the fields that each has.
    init(
        status: Int,
        type: String,
        _ cache: Cache,
        more: [HTTPField] = [],
        isCompressible: Bool = false,
        _ body: HTTPBody
    ) {
        let fields = [
            HTTPField("Content-Type", type), HTTPField("Cache-Control", cache.rawValue),
            HTTPField("X-Content-Type-Options", "nosniff"),
        ]
        self.init(
            status: status,
            fields: fields + more,
            body: body,
            isCompressible: isCompressible
        )
    }

    /// Makes an answer in text.
    static func text(
        _ body: some Sequence<UInt8>,
        status: Int = 200,
        cache: Cache,
        more: [HTTPField] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status: status,
            type: "text/plain; charset=utf-8",
            cache,
            more: more,
            .bytes(Array(body))
        )
    }

    /// Makes an answer in text.
    static func text(
        _ body: String,
        status: Int = 200,
        cache: Cache,
        more: [HTTPField] = []
    ) -> HTTPResponse {
        text(body.utf8, status: status, cache: cache, more: more)
    }
}
