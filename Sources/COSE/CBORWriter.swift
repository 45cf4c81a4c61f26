package import Base

/// Encodes CBOR straight into bytes, for what is made for every alert: no tree of values stands
/// between.
///
/// The caller says what follows each head, and writes the pairs of a map in the order of their
/// encoded keys (RFC 8949 4.2.1).
package struct CBORWriter {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []
    private let coding: any CBORCoding

    /// Makes a writer with room for as many bytes.
    package init(byteCount: Int, using coding: any CBORCoding) {
        self.coding = coding
        bytes.reserveCapacity(byteCount)
    }

    /// Writes the head of an array of `count` items.
    package mutating func array(_ count: Int) { head(.array(count: count)) }

    /// Writes the head of a map of `count` pairs.
    package mutating func map(_ count: Int) { head(.map(count: count)) }

    /// Writes a tag.
    package mutating func tag(_ tag: UInt64) { head(.tag(tag)) }

    /// Writes an unsigned integer.
    package mutating func unsigned(_ value: UInt64) { head(.unsigned(value)) }

    /// Writes an integer of either sign.
    package mutating func integer(_ value: Int) {
        head(value >= 0 ? .unsigned(UInt64(value)) : .negative(argument: UInt64(-1 - value)))
    }

    /// Writes null.
    package mutating func null() { head(.null) }

    /// Writes a byte string.
    package mutating func byteString(_ string: ArraySlice<UInt8>) {
        head(.bytes(count: string.count))
        bytes.append(contentsOf: string)
    }

    /// Writes a byte string of a whole array.
    package mutating func byteString(_ string: [UInt8]) { byteString(string[...]) }

    /// Writes a byte string of the 32 bytes of a digest.
    package mutating func byteString(_ digest: Digest) {
        head(.bytes(count: Digest.byteCount))
        digest.append(to: &bytes)
    }

    /// Writes a text string.
    package mutating func text(_ text: String) {
        head(.text(byteCount: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes any value.
    package mutating func value(_ value: CBORValue) {
        bytes.append(contentsOf: coding.encode(value))
    }

    private mutating func head(_ head: CBORHead) { coding.encode(head, into: &bytes) }
}
