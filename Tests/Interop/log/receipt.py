#!/usr/bin/env python3
"""Verifies a receipt with the packages cwt and cbor2, from the specification alone.

Usage: receipt.py verify|probe [IN OUT]

IN and OUT are JSON files; bytes are hexadecimal. `probe` does nothing but import the packages.
"""

import hashlib
import json
import sys

import cbor2
from cwt import COSE, COSEKey
from cwt.exceptions import CWTError

ED25519, VDS, VDP, INCLUSION = -19, 395, 396, -1


def thumbprint(x):
    """RFC 9679: SHA-256 of the key's required parameters."""
    return hashlib.sha256(cbor2.dumps({1: 1, -1: 6, -2: x}, canonical=True)).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf, index, size, path):
    """RFC 9162 2.1.3.2, by recursion from the root instead of by bits from the leaf."""
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return leaf
    split = 1 << ((size - 1).bit_length() - 1)
    if index < split:
        return node(root(leaf, index, split, path[:-1]), path[-1])
    return node(path[-1], root(leaf, index - split, size - split, path[:-1]))


def verify(given):
    """Returns what the receipt says, once all of it has been checked."""
    key = bytes.fromhex(given["key"])
    statement = bytes.fromhex(given["statement"])
    receipt = bytes.fromhex(given["receipt"])
    protected, unprotected, payload, _ = cbor2.loads(receipt).value
    header = cbor2.loads(protected)
    if header != {
        1: ED25519,
        4: thumbprint(key),
        15: {1: "urn:aviso:log:" + given["origin"], 2: given["origin"]},
        VDS: 1,
    }:
        raise ValueError(f"the protected header is {header}")
    if payload is not None:
        raise ValueError("the payload is not detached")
    (proof,) = unprotected[VDP][INCLUSION]
    size, index, path = cbor2.loads(proof)
    context = unprotected["aviso"]
    body = {
        "statement": statement,
        "accepted": context["accepted"],
        "counts": context["counts"],
    }
    entry = cbor2.dumps([1, "alert", context["time"], body], canonical=True)
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    public = COSEKey.new({1: 1, 2: thumbprint(key), 3: ED25519, -1: 6, -2: key})
    COSE.new().decode(receipt, public, detached_payload=root(leaf, index, size, path))
    return {
        "index": index,
        "size": size,
        "time": context["time"],
        "accepted": context["accepted"],
        "counts": context["counts"],
    }


def main():
    if sys.argv[1] == "probe":
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        given = json.load(file)
    try:
        result = verify(given)
    except (CWTError, ValueError, IndexError) as error:
        result = {"refused": str(error) or type(error).__name__}
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
