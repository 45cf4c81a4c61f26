/// A state of the Organization of American States, now or before.
package struct MemberState: Hashable, Sendable {
    /// The state's code (ISO 3166-1 alpha-2).
    package let code: String
    /// The state's name in English.
    package let name: String
    /// The month in which it left, such as `2023-11`, or nil.
    package let until: String?
    /// What else is to be said of its membership, or nil.
    package let note: String?
}

extension MemberState {
    /// The states, members first.
    package static let all: [MemberState] = [
        MemberState(code: "AG", name: "Antigua and Barbuda", until: nil, note: nil),
        MemberState(code: "AR", name: "Argentina", until: nil, note: nil),
        MemberState(code: "BS", name: "Bahamas", until: nil, note: nil),
        MemberState(code: "BB", name: "Barbados", until: nil, note: nil),
        MemberState(code: "BZ", name: "Belize", until: nil, note: nil),
        MemberState(code: "BO", name: "Bolivia", until: nil, note: nil),
        MemberState(code: "BR", name: "Brazil", until: nil, note: nil),
        MemberState(code: "CA", name: "Canada", until: nil, note: nil),
        MemberState(code: "CL", name: "Chile", until: nil, note: nil),
        MemberState(code: "CO", name: "Colombia", until: nil, note: nil),
        MemberState(code: "CR", name: "Costa Rica", until: nil, note: nil),
        MemberState(code: "DM", name: "Dominica", until: nil, note: nil),
        MemberState(code: "DO", name: "Dominican Republic", until: nil, note: nil),
        MemberState(code: "EC", name: "Ecuador", until: nil, note: nil),
        MemberState(code: "SV", name: "El Salvador", until: nil, note: nil),
        MemberState(code: "GD", name: "Grenada", until: nil, note: nil),
        MemberState(code: "GT", name: "Guatemala", until: nil, note: nil),
        MemberState(code: "GY", name: "Guyana", until: nil, note: nil),
        MemberState(code: "HT", name: "Haiti", until: nil, note: nil),
        MemberState(code: "HN", name: "Honduras", until: nil, note: nil),
        MemberState(code: "JM", name: "Jamaica", until: nil, note: nil),
        MemberState(code: "MX", name: "Mexico", until: nil, note: nil),
        MemberState(code: "PA", name: "Panama", until: nil, note: nil),
        MemberState(code: "PY", name: "Paraguay", until: nil, note: nil),
        MemberState(code: "PE", name: "Peru", until: nil, note: nil),
        MemberState(code: "KN", name: "Saint Kitts and Nevis", until: nil, note: nil),
        MemberState(code: "LC", name: "Saint Lucia", until: nil, note: nil),
        MemberState(code: "VC", name: "Saint Vincent and the Grenadines", until: nil, note: nil),
        MemberState(code: "SR", name: "Suriname", until: nil, note: nil),
        MemberState(code: "TT", name: "Trinidad and Tobago", until: nil, note: nil),
        MemberState(code: "US", name: "United States", until: nil, note: nil),
        MemberState(code: "UY", name: "Uruguay", until: nil, note: nil),
        MemberState(code: "VE", name: "Venezuela", until: nil, note: "participation disputed"),
        MemberState(code: "NI", name: "Nicaragua", until: "2023-11", note: "left the Organization"),
        MemberState(code: "CU", name: "Cuba", until: nil, note: "excluded"),
    ]
}
