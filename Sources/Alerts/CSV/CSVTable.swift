/// Why bytes are no table.
package struct CSVError: Error, Hashable, Sendable {
    /// The line, from 1.
    package let line: Int
    /// What is wrong, as a clause.
    package let clause: Wording

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - line: the line, from 1.
    ///   - problem: what is wrong, as a clause.
    package init(line: Int, problem: Wording) {
        self.line = line
        clause = problem
    }

    /// What is wrong, as a clause in English.
    package var problem: String { clause.english }

    /// What is wrong, as a sentence in English.
    package var message: String { wording.english }

    /// The same sentence, for readers of other languages.
    package var wording: Wording { "line \(line): \(clause)" }
}

/// A table of comma-separated values with a header row (RFC 4180).
///
/// Lines that begin with `#` in front of the header are comments.
package struct CSVTable: Sendable {
    /// The most bytes of a table.
    package static let byteCountMax = 16 << 20
    /// The most rows below the header.
    package static let rowCountMax = 100_000
    /// The most columns.
    package static let columnCountMax = 512

    /// One row, by the names of the columns.
    package struct Row: Sendable {
        /// The line of the file that the row begins on, from 1.
        package let line: Int
        fileprivate let columns: [String: Int]
        fileprivate let cells: [String]

        /// The cell of a column, or nil if there is no such column.
        package subscript(column: String) -> String? {
            columns[column].map { cells[$0] }
        }
    }

    /// The comments in front of the header, without `#`.
    package let comments: [String]
    /// The names of the columns.
    package let columns: [String]
    /// The rows below the header.
    package let rows: [Row]

    /// Reads a table.
    ///
    /// - Parameter bytes: the table, UTF-8.
    /// - Throws: ``CSVError`` naming the line.
    package init(_ bytes: ArraySlice<UInt8>) throws(CSVError) {
        guard bytes.count <= CSVTable.byteCountMax else {
            throw CSVError(line: 1, problem: "a table has at most \(CSVTable.byteCountMax) bytes")
        }
        var scanner = CSVScanner(bytes)
        comments = scanner.comments()
        guard let header = try scanner.row() else {
            throw CSVError(line: scanner.line, problem: "the header row is missing")
        }
        guard header.count <= CSVTable.columnCountMax else {
            throw CSVError(
                line: scanner.line,
                problem: "a table has at most \(CSVTable.columnCountMax) columns"
            )
        }
        var places: [String: Int] = [:]
        for (place, name) in header.enumerated() {
            guard places.updateValue(place, forKey: name) == nil else {
                throw CSVError(line: scanner.rowLine, problem: "the column \(name) stands twice")
            }
        }
        var rows: [Row] = []
        while let cells = try scanner.row() {
            // A line without anything on it is no row.
            if cells == [""] { continue }
            guard cells.count == header.count else {
                throw CSVError(
                    line: scanner.rowLine,
                    problem: "the row has \(cells.count) cells, the header \(header.count)"
                )
            }
            guard rows.count < CSVTable.rowCountMax else {
                throw CSVError(
                    line: scanner.rowLine,
                    problem: "a table has at most \(CSVTable.rowCountMax) rows"
                )
            }
            rows.append(Row(line: scanner.rowLine, columns: places, cells: cells))
        }
        columns = header
        self.rows = rows
    }
}
