#!/usr/bin/env python3
"""Seals and opens attachments with nothing but the standard library, from Docs/PROTOCOL.md alone.

Usage: secretstream.py seal|open|check IN OUT

IN and OUT are JSON files; bytes are hexadecimal. The stream is libsodium's
crypto_secretstream_xchacha20poly1305, whose primitives are those of RFC 8439 and HChaCha20.
`check` does nothing.
"""

import json
import struct
import sys

CHUNK, HEADER, OVERHEAD = 65536, 24, 17
MESSAGE, FINAL = 0, 3
CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")


def rotate(value, count):
    return ((value << count) & 0xFFFFFFFF) | (value >> (32 - count))


def quarter(s, a, b, c, d):
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF
    s[d] = rotate(s[d] ^ s[a], 16)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF
    s[b] = rotate(s[b] ^ s[c], 12)
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF
    s[d] = rotate(s[d] ^ s[a], 8)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF
    s[b] = rotate(s[b] ^ s[c], 7)


def rounds(state):
    s = list(state)
    for _ in range(10):
        for column in range(4):
            quarter(s, column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            quarter(
                s, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4
            )
    return s


def hchacha20(key, nonce):
    s = rounds(CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", nonce))
    return struct.pack("<8I", *s[0:4], *s[12:16])


def chacha20(key, nonce, counter, data):
    fixed = CONSTANTS + struct.unpack("<8I", key)
    out = bytearray()
    for place in range(0, len(data), 64):
        state = fixed + (counter + place // 64,) + struct.unpack("<3I", nonce)
        words = [(a + b) & 0xFFFFFFFF for a, b in zip(state, rounds(state))]
        out += bytes(a ^ b for a, b in zip(data[place : place + 64], struct.pack("<16I", *words)))
    return bytes(out)


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total, prime = 0, (1 << 130) - 5
    for place in range(0, len(message), 16):
        block = message[place : place + 16] + b"\x01"
        total = (total + int.from_bytes(block, "little")) * r % prime
    total = (total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)
    return total.to_bytes(16, "little")


class Stream:
    def __init__(self, key, header):
        self.key = hchacha20(key, header[:16])
        self.nonce = b"\x01\0\0\0" + header[16:24]

    def tag(self, block, ciphertext):
        padding = b"\0" * ((16 - 64 + len(ciphertext)) % 16)
        lengths = struct.pack("<QQ", 0, 64 + len(ciphertext))
        key = chacha20(self.key, self.nonce, 0, bytes(64))[:32]
        return poly1305(key, block + ciphertext + padding + lengths)

    def advance(self, tag):
        counter = (int.from_bytes(self.nonce[:4], "little") + 1) & 0xFFFFFFFF
        mixed = bytes(a ^ b for a, b in zip(self.nonce[4:], tag[:8]))
        self.nonce = struct.pack("<I", counter) + mixed

    def seal(self, chunk, kind):
        block = chacha20(self.key, self.nonce, 1, bytes([kind]) + bytes(63))
        ciphertext = chacha20(self.key, self.nonce, 2, chunk)
        tag = self.tag(block, ciphertext)
        self.advance(tag)
        return block[:1] + ciphertext + tag

    def open(self, sealed):
        first, ciphertext, tag = sealed[:1], sealed[1:-16], sealed[-16:]
        kind = chacha20(self.key, self.nonce, 1, first + bytes(63))[0]
        # All of the block but its first byte is the key stream.
        block = first + chacha20(self.key, self.nonce, 1, bytes(64))[1:]
        assert self.tag(block, ciphertext) == tag, "a chunk was altered"
        chunk = chacha20(self.key, self.nonce, 2, ciphertext)
        self.advance(tag)
        return chunk, kind


def seal(given):
    key, header = bytes.fromhex(given["key"]), bytes.fromhex(given["header"])
    data = bytes.fromhex(given["bytes"])
    stream, out = Stream(key, header), header
    starts = list(range(0, max(1, len(data)), CHUNK))
    for start in starts:
        kind = FINAL if start == starts[-1] else MESSAGE
        out += stream.seal(data[start : start + CHUNK], kind)
    return {"bytes": out.hex()}


def open_file(given):
    data = bytes.fromhex(given["bytes"])
    stream, out, kind = Stream(bytes.fromhex(given["key"]), data[:HEADER]), b"", MESSAGE
    for start in range(HEADER, len(data), CHUNK + OVERHEAD):
        assert kind == MESSAGE, "something follows the last chunk"
        chunk, kind = stream.open(data[start : start + CHUNK + OVERHEAD])
        out += chunk
    assert kind == FINAL, "the file was cut off"
    return {"bytes": out.hex()}


def main():
    if sys.argv[1] == "check":
        return
    with open(sys.argv[2], encoding="utf-8") as source:
        given = json.load(source)
    result = {"seal": seal, "open": open_file}[sys.argv[1]](given)
    with open(sys.argv[3], "w", encoding="utf-8") as target:
        json.dump(result, target)


if __name__ == "__main__":
    main()
