import MerkleLog
import Testing

/// Paths of C2SP tlog-tiles.
@Suite struct TilePathTests {
    @Test(arguments: [
        ("/tile/0/000", TilePath.Content.hashes(level: 0), 0, 256),
        ("/tile/0/x001/x234/067", .hashes(level: 0), 1_234_067, 256),
        ("/tile/1/x123/456.p/7", .hashes(level: 1), 123_456, 7),
        ("/tile/63/001.p/255", .hashes(level: 63), 1, 255),
        ("/tile/entries/x001/000", .entries, 1000, 256),
        ("/tile/entries/000.p/1", .entries, 0, 1),
        ("/tile/0/x999/x999/x999/x999/999", .hashes(level: 0), 999_999_999_999_999, 256),
    ])
    func reads(path: String, content: TilePath.Content, index: UInt64, width: Int) {
        let tile = TilePath(path)
        #expect(tile?.content == content)
        #expect(tile?.index == index)
        #expect(tile?.width == width)
        #expect(TilePath(content, index: index, width: width).path == path)
    }

    @Test(arguments: [
        "", "/tile", "/tile/", "/tile/0", "/tile/0/", "/tile/0/0", "/tile/0/00", "/tile/0/0000",
        "/tile/00/000", "/tile/64/000", "/tile/-1/000", "/tile/+1/000", "/tile/a/000",
        "/tile/0/x000/001", "/tile/0/001/001", "/tile/0/x001", "/tile/0/x001/x002", "/tile/0/+01",
        "/tile/0/000.p", "/tile/0/000.p/", "/tile/0/000.p/0", "/tile/0/000.p/256",
        "/tile/0/000.p/01", "/tile/0/000.p/1/1", "/tile/0/x001.p/000", "/tile/data/000",
        "/tile/entries/1", "/tile/0/000/", "//tile/0/000", "/tile/0/x001/x001/x001/x001/x001/001",
        "/tile/0/\u{0660}00", "/tile/0/000.p/\u{0661}",
    ])
    func refusesEveryOtherForm(path: String) {
        #expect(TilePath(path) == nil)
    }

    @Test func aTileIsAsWideAsTheTreeAllows() throws {
        let second = try #require(TilePath("/tile/0/001"))
        #expect(second.widthMax(treeSize: 256) == 0)
        #expect(second.widthMax(treeSize: 257) == 1)
        #expect(second.widthMax(treeSize: 512) == 256)
        #expect(second.widthMax(treeSize: 9999) == 256)
        let parents = try #require(TilePath("/tile/1/000"))
        #expect(parents.widthMax(treeSize: 255) == 0)
        #expect(parents.widthMax(treeSize: 513) == 2)
        let high = try #require(TilePath("/tile/63/000"))
        #expect(high.widthMax(treeSize: .max) == 0)
        let bundle = try #require(TilePath("/tile/entries/000"))
        #expect(bundle.widthMax(treeSize: 3) == 3)
    }

    @Test func aBundleHasTheLengthBeforeEachEntry() {
        let long = [UInt8](repeating: 7, count: 258)
        #expect(EntryBundle.encode([[1, 2], [], long]) == [0, 2, 1, 2, 0, 0, 1, 2] + long)
        #expect(EntryBundle.encode([]).isEmpty)
        let bytes = EntryBundle.encode([[1, 2], [], long])
        #expect(EntryBundle.decode(bytes, count: 3) == [[1, 2], [], long])
        #expect(EntryBundle.decode(bytes, count: 2) == nil)
        #expect(EntryBundle.decode(bytes, count: 4) == nil)
        #expect(EntryBundle.decode(bytes.dropLast(), count: 3) == nil)
    }
}
