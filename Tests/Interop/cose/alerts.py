#!/usr/bin/env python3
"""Seals and opens alerts with the packages cwt and cbor2, from the specification alone.

Usage: alerts.py seal|open|check IN OUT

IN and OUT are JSON files; bytes are hexadecimal. `check` does nothing but import the packages.
"""

import hashlib
import json
import sys

import cbor2
from cwt import COSE, COSEKey, Recipient
from cwt.exceptions import CWTError

ED25519, SHA_256, CHACHA20_POLY1305, HPKE_4_KE = -19, -16, 24, 50
TYPE = "application/aviso-alert+cose"
PREIMAGE_TYPE = 'application/cose; cose-type="cose-encrypt"'


def thumbprint(curve, x):
    """RFC 9679: SHA-256 of the key's required parameters."""
    return hashlib.sha256(cbor2.dumps({1: 1, -1: curve, -2: x}, canonical=True)).digest()


def signing_key(public, private=None):
    key = {1: 1, 2: thumbprint(6, public), 3: ED25519, -1: 6, -2: public}
    return COSEKey.new(key | ({-4: private} if private else {}))


def encryption_key(public, private=None):
    key = {1: 1, 2: thumbprint(4, public), 3: HPKE_4_KE, -1: 4, -2: public}
    return COSEKey.new(key | ({-4: private} if private else {}))


def binding(issuer, subject):
    return cbor2.dumps(["aviso-content", issuer, subject])


def seal(given):
    """Makes the payload of an alert."""
    plaintext = cbor2.dumps(
        {"to": given["aviso"]["to"], "labels": given["aviso"], "form": bytes.fromhex(given["form"])}
    )
    public_keys = [bytes.fromhex(key) for key in given["recipients"]]
    recipients = [
        Recipient.new(
            protected={1: HPKE_4_KE},
            unprotected={4: thumbprint(4, key)},
            recipient_key=encryption_key(key),
        )
        for key in public_keys
    ]
    content = COSE.new().encode_and_encrypt(
        plaintext,
        COSEKey.generate_symmetric_key(alg="ChaCha20/Poly1305"),
        protected={1: CHACHA20_POLY1305},
        recipients=recipients,
        external_aad=binding(given["issuer"], given["subject"]),
    )
    public, private = bytes.fromhex(given["publicKey"]), bytes.fromhex(given["privateKey"])
    header = {
        1: ED25519,
        4: thumbprint(6, public),
        15: {1: given["issuer"], 2: given["subject"], 4: given["expires"], 6: given["issuedAt"]},
        16: TYPE,
        258: SHA_256,
        259: PREIMAGE_TYPE,
        "aviso": given["aviso"],
    }
    statement = COSE.new().encode_and_sign(
        hashlib.sha256(content).digest(), signing_key(public, private), protected=header
    )
    return {"payload": (b"\x82" + statement + content).hex()}


def open_alert(given):
    """Verifies and opens the payload of an alert."""
    statement, content = cbor2.loads(bytes.fromhex(given["payload"]))
    assert statement.tag == 18 and content.tag == 96 and statement.value[1] == {}
    # What was signed and hashed are the encoded bytes, which both stand in deterministic form.
    statement_bytes, content_bytes = cbor2.dumps(statement), cbor2.dumps(content)
    assert bytes.fromhex(given["payload"]) == b"\x82" + statement_bytes + content_bytes
    header, _, digest = COSE.new(verify_kid=True).decode_with_headers(
        statement_bytes, signing_key(bytes.fromhex(given["authorKey"]))
    )
    assert digest == hashlib.sha256(content_bytes).digest()
    assert header[1] == ED25519 and header[258] == SHA_256
    assert header[16] == TYPE and header[259] == PREIMAGE_TYPE
    claims = header[15]
    key = encryption_key(bytes.fromhex(given["publicKey"]), bytes.fromhex(given["privateKey"]))
    cose = COSE.new(verify_kid=True)
    plaintext = cbor2.loads(
        cose.decode(content_bytes, [key], external_aad=binding(claims[1], claims[2]))
    )
    assert plaintext["labels"] == header["aviso"] and plaintext["to"] == header["aviso"]["to"]
    try:
        cose.decode(content_bytes, [key], external_aad=binding("urn:aviso:agency:US:X", claims[2]))
        raise AssertionError("the content opens under another author's name")
    except CWTError:
        pass
    return {
        "issuer": claims[1],
        "subject": claims[2],
        "expires": claims.get(4),
        "issuedAt": claims[6],
        "aviso": header["aviso"],
        "form": plaintext["form"].hex(),
        "recipients": [recipient[1][4].hex() for recipient in content.value[3]],
    }


def main():
    if sys.argv[1] == "check":
        return
    with open(sys.argv[2], encoding="utf-8") as source:
        given = json.load(source)
    result = {"seal": seal, "open": open_alert}[sys.argv[1]](given)
    with open(sys.argv[3], "w", encoding="utf-8") as target:
        json.dump(result, target)


main()
