import AvisoClient

/// The groups that a command's alerts go to: asked for once, and once more if they change
/// meanwhile.
struct Mailing {
    private let profile: AvisoProfile
    private let groups: [AgencyGroup]

    init(profile: AvisoProfile, names: [String]) throws {
        self.profile = profile
        groups = try profile.groups(named: names)
    }

    func check(_ draft: AlertDraft) throws(AvisoError) { try profile.check(draft, to: groups) }

    /// Makes a draft the next link of a chain of custody.
    func linking(
        _ draft: AlertDraft,
        behind previous: LogEntryName
    ) throws(AvisoError) -> AlertDraft {
        try profile.linking(draft, behind: previous)
    }

    func seal(_ draft: AlertDraft) throws(AvisoError) -> SealedAlert {
        try profile.seal(draft, to: groups)
    }

    /// Publishes an alert; if it is refused and its groups are others now, seals it anew to those
    /// and publishes that.
    func publish(
        _ draft: AlertDraft,
        _ alert: SealedAlert,
        _ send: (SealedAlert) async throws -> PublishedAlert
    ) async throws -> PublishedAlert {
        do {
            return try await send(alert)
        } catch let error as AvisoError where error.code == .refused && !groups.isEmpty {
            let current = try profile.groups(named: draft.groups)
            guard current.map(\.version) != groups.map(\.version) else { throw error }
            return try await send(try profile.seal(draft, to: current))
        }
    }
}
