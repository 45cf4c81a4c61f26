/// A substance of Table I or II of the 1988 Convention.
package struct Precursor: Hashable, Sendable {
    /// The table of the Convention.
    package enum Table: Int, Hashable, Sendable {
        /// Table I: precursors that are built into the drug.
        case one = 1
        /// Table II: reagents and solvents.
        case two = 2
    }

    /// The table.
    package let table: Table
    /// The name by the International Narcotics Control Board.
    package let name: String
    /// The CAS registry number.
    package let cas: String
    /// The code of the Harmonized System 2022, which several substances may share.
    package let hsCode: String
}

extension Precursor {
    /// Which lists are embedded.
    package static let version = "1988 Convention, Tables I and II, HS 2022"

    /// Finds a substance by its CAS registry number.
    package static func withCAS(_ cas: String) -> Precursor? {
        byCAS[cas]
    }

    private static let byCAS: [String: Precursor] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.cas, $0) }
    )

    /// Tables I and II, in the order of the lists.
    ///
    /// Names, CAS numbers and codes come from a secondary source; the check digits of the CAS
    /// numbers were verified. The official Red List of the Board decides.
    package static let all: [Precursor] = [
        Precursor(table: .one, name: "Acetic anhydride", cas: "108-24-7", hsCode: "2915.24"),
        Precursor(table: .one, name: "N-Acetylanthranilic acid", cas: "89-52-1", hsCode: "2924.23"),
        Precursor(table: .one, name: "Ephedrine", cas: "299-42-3", hsCode: "2939.41"),
        Precursor(table: .one, name: "Pseudoephedrine", cas: "90-82-4", hsCode: "2939.42"),
        Precursor(table: .one, name: "Norephedrine", cas: "14838-15-4", hsCode: "2939.44"),
        Precursor(table: .one, name: "Ergometrine", cas: "60-79-7", hsCode: "2939.61"),
        Precursor(table: .one, name: "Ergotamine", cas: "113-15-5", hsCode: "2939.62"),
        Precursor(table: .one, name: "Lysergic acid", cas: "82-58-6", hsCode: "2939.63"),
        Precursor(
            table: .one,
            name: "1-Phenyl-2-propanone (P-2-P, BMK)",
            cas: "103-79-7",
            hsCode: "2914.31"
        ),
        Precursor(table: .one, name: "Phenylacetic acid", cas: "103-82-2", hsCode: "2916.34"),
        Precursor(
            table: .one,
            name: "alpha-Phenylacetoacetonitrile (APAAN)",
            cas: "4468-48-8",
            hsCode: "2926.40"
        ),
        Precursor(
            table: .one,
            name: "alpha-Phenylacetoacetamide (APAA)",
            cas: "4433-77-6",
            hsCode: "2924.29"
        ),
        Precursor(
            table: .one,
            name: "Methyl alpha-phenylacetoacetate (MAPA)",
            cas: "16648-44-5",
            hsCode: "2918.30"
        ),
        Precursor(
            table: .one,
            name: "P-2-P methyl glycidic acid (+ esters)",
            cas: "25547-51-7",
            hsCode: "2918.99"
        ),
        Precursor(
            table: .one,
            name: "P-2-P methyl glycidic acid, methyl ester",
            cas: "80532-66-7",
            hsCode: "2918.99"
        ),
        Precursor(table: .one, name: "Isosafrole", cas: "120-58-1", hsCode: "2932.91"),
        Precursor(table: .one, name: "Safrole", cas: "94-59-7", hsCode: "2932.94"),
        Precursor(table: .one, name: "Piperonal", cas: "120-57-0", hsCode: "2932.93"),
        Precursor(table: .one, name: "3,4-MDP-2-P (PMK)", cas: "4676-39-5", hsCode: "2932.92"),
        Precursor(
            table: .one,
            name: "3,4-MDP-2-P methyl glycidic acid (+ esters)",
            cas: "2167189-50-4",
            hsCode: "2932.99"
        ),
        Precursor(
            table: .one,
            name: "3,4-MDP-2-P methyl glycidic acid, methyl ester",
            cas: "13605-48-6",
            hsCode: "2932.99"
        ),
        Precursor(
            table: .one,
            name: "4-Anilino-N-phenethylpiperidine (ANPP)",
            cas: "21409-26-7",
            hsCode: "2933.36"
        ),
        Precursor(
            table: .one,
            name: "N-Phenethyl-4-piperidone (NPP)",
            cas: "39742-60-4",
            hsCode: "2933.37"
        ),
        Precursor(
            table: .one,
            name: "4-Anilinopiperidine (4-AP)",
            cas: "23056-29-3",
            hsCode: "2933.39"
        ),
        Precursor(table: .one, name: "1-boc-4-AP", cas: "125541-22-2", hsCode: "2933.39"),
        Precursor(table: .one, name: "Norfentanyl", cas: "1609-66-1", hsCode: "2933.39"),
        Precursor(table: .one, name: "4-Piperidone", cas: "41661-47-6", hsCode: "2933.39"),
        Precursor(table: .one, name: "1-boc-4-Piperidone", cas: "79099-07-3", hsCode: "2933.39"),
        Precursor(table: .one, name: "Potassium permanganate", cas: "7722-64-7", hsCode: "2841.61"),
        Precursor(table: .two, name: "Acetone", cas: "67-64-1", hsCode: "2914.11"),
        Precursor(table: .two, name: "Anthranilic acid", cas: "118-92-3", hsCode: "2922.43"),
        Precursor(table: .two, name: "Ethyl ether", cas: "60-29-7", hsCode: "2909.11"),
        Precursor(table: .two, name: "Hydrochloric acid", cas: "7647-01-0", hsCode: "2806.10"),
        Precursor(table: .two, name: "Methyl ethyl ketone", cas: "78-93-3", hsCode: "2914.12"),
        Precursor(table: .two, name: "Piperidine", cas: "110-89-4", hsCode: "2933.32"),
        Precursor(table: .two, name: "Sulphuric acid", cas: "7664-93-9", hsCode: "2807.00"),
        Precursor(table: .two, name: "Toluene", cas: "108-88-3", hsCode: "2902.30"),
    ]
}
