#!/usr/bin/env python3
"""Checks credentials of this bundle, without the site that issued them and without the internet.

    pip install cryptography pyld
    python verify.py                        # every credential of the bundle
    python verify.py c/ID.json copy.json    # these files, which may come from anywhere

Each file is checked against the keys and status lists that lie beside this program: the signature fits every field
(eddsa-rdfc-2022), the key is one that the issuer published, the bit in the issuer's signed status list, and the dates.
Exit code 0 when all are valid, 1 when one is not.
"""

import base64
import gzip
import hashlib
import io
import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

HERE = Path(__file__).resolve().parent
MANIFEST = json.loads((HERE / "bundle.json").read_text(encoding="utf-8"))
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
MOST_BYTES, MOST_NODES = 256 * 1024, 24


class NotValid(Exception):
    """Why a credential does not hold."""


def text_of(name):
    return (HERE / name).read_text(encoding="utf-8")


def unbase58(text):
    if not text.startswith("z"):
        raise NotValid("not base58btc")
    number = 0
    for letter in text[1:]:
        if letter not in ALPHABET:
            raise NotValid("not base58btc")
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def once(pairs):
    made = dict(pairs)
    if len(made) < len(pairs):
        raise NotValid("a key stands twice in one object")
    return made


def load(text):
    if len(text) > MOST_BYTES:
        raise NotValid("larger than a credential is")
    try:
        value = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise NotValid(f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise NotValid("no JSON object")
    return value


def context(url, options=None):
    name = MANIFEST["contexts"].get(url)
    if name is None:
        raise NotValid(f"the context {url} is not in this bundle")
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": json.loads(text_of(name)),
        "contentType": "application/ld+json",
    }


def dropped(term):
    raise NotValid(f"the term {term!r} is in no context, so the signature does not cover it")


def require_absolute(value):
    """A relative id or type would be lost on the way to what is signed."""
    if isinstance(value, list):
        for item in value:
            require_absolute(item)
    elif isinstance(value, dict):
        types = value.get("@type", [])
        for name in [value.get("@id", "a:b"), *(types if isinstance(types, list) else [types])]:
            if not IRI.fullmatch(str(name)):
                raise NotValid(f"{name!r} is no absolute address")
        if "@value" not in value:
            for key, item in value.items():
                if key not in ("@id", "@type"):
                    require_absolute(item)


def canonical(document):
    """RDFC-1.0 N-Quads; an error where a field would get lost."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not all(isinstance(url, str) for url in contexts):
        raise NotValid("its contexts are not addresses of this bundle")
    options = {"documentLoader": context, "base": None, "rdfDirection": "i18n-datatype"}
    try:
        expanded = jsonld.expand(document, options, on_property_dropped=dropped)
        require_absolute(expanded)
        quads = jsonld.to_rdf(expanded, {**options, "format": "application/n-quads"})
        if len(set(re.findall(r"_:b\d+", quads))) > MOST_NODES:
            raise NotValid("too many nodes without an id")
        return jsonld.normalize(expanded, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"})
    except jsonld.JsonLdError as error:
        inner = error
        while inner is not None:
            if isinstance(inner, NotValid):
                raise inner from None
            inner = getattr(inner, "cause", None) or inner.__cause__
        raise NotValid(str(error).splitlines()[0]) from error


def options_of(proof):
    """The proof's own N-Quads: one node, five lines."""
    security = "https://w3id.org/security#"
    lines = [
        f'<http://purl.org/dc/terms/created> "{proof["created"]}"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{security}DataIntegrityProof>",
        f'<{security}cryptosuite> "eddsa-rdfc-2022"^^<{security}cryptosuiteString>',
        f"<{security}proofPurpose> <{security}assertionMethod>",
        f"<{security}verificationMethod> <{proof['verificationMethod']}>",
    ]
    return "".join(f"_:c14n0 {line} .\n" for line in lines)


def published_keys():
    did = json.loads(text_of(MANIFEST["did_document"]))
    allowed = set(did["assertionMethod"])
    return did["id"], {
        method["id"]: method["publicKeyMultibase"]
        for method in did["verificationMethod"]
        if method["id"] in allowed and "publicKeyMultibase" in method
    }


def check_proof(document):
    issuer, keys = published_keys()
    proof = document.get("proof")
    wanted = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
    if not isinstance(proof, dict) or set(proof) != wanted or not all(isinstance(v, str) for v in proof.values()):
        raise NotValid("it has no proof of the kind that this issuer makes")
    kind = (proof["type"], proof["cryptosuite"], proof["proofPurpose"])
    if kind != ("DataIntegrityProof", "eddsa-rdfc-2022", "assertionMethod"):
        raise NotValid("it has no proof of the kind that this issuer makes")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", proof["created"]):
        raise NotValid("the proof's moment cannot be read")
    named = document.get("issuer")
    if (named.get("id") if isinstance(named, dict) else named) != issuer:
        raise NotValid(f"it names another issuer than {issuer}")
    if proof["verificationMethod"] not in keys:
        raise NotValid("its key is none that the issuer published")
    key = Ed25519PublicKey.from_public_bytes(unbase58(keys[proof["verificationMethod"]])[2:])
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    digests = [hashlib.sha256(part.encode()).digest() for part in (options_of(proof), canonical(unsigned))]
    try:
        key.verify(unbase58(proof["proofValue"]), b"".join(digests))
    except InvalidSignature:
        raise NotValid("it was changed after it was signed") from None


def bit_of(entry):
    """The bit of the issuer's own signed list, and when the list was signed."""
    name = MANIFEST["status_lists"].get(entry.get("statusListCredential"))
    if name is None:
        raise NotValid("its status list is not in this bundle")
    listed = load(text_of(name))
    check_proof(listed)
    subject = listed["credentialSubject"]
    if listed["id"] != entry["statusListCredential"] or subject["statusPurpose"] != entry.get("statusPurpose"):
        raise NotValid("its status list is another one")
    index = str(entry.get("statusListIndex"))
    packed = base64.urlsafe_b64decode(subject["encodedList"][1:] + "===")
    bits = gzip.GzipFile(fileobj=io.BytesIO(packed)).read(8 * 1024 * 1024)
    if not re.fullmatch(r"0|[1-9]\d{0,9}", index) or int(index) >= len(bits) * 8:
        raise NotValid("its place in the status list does not exist")
    return bool(bits[int(index) >> 3] & 0x80 >> (int(index) & 7)), listed["validFrom"]


def moment(text):
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def check(text):
    """One sentence for a credential that holds. Raises NotValid."""
    document = load(text)
    check_proof(document)
    entry = document.get("credentialStatus")
    if not isinstance(entry, dict):
        raise NotValid("it names no status")
    is_set, as_of = bit_of(entry)
    if is_set:
        raise NotValid(
            f"{'suspended' if entry['statusPurpose'] == 'suspension' else 'revoked or replaced'}, as of {as_of}"
        )
    now = datetime.now(timezone.utc)
    if moment(document["validFrom"]) > now:
        raise NotValid(f"not valid before {document['validFrom']}")
    if "validUntil" in document and moment(document["validUntil"]) < now:
        raise NotValid(f"expired on {document['validUntil']}")
    return f"valid: {document.get('name')}, {document['id']}; status as of {as_of}"


def main(names):
    files = [Path(name) for name in names] or sorted((HERE / "c").glob("*.json"))
    wrong = 0
    for path in files:
        try:
            print(f"{path.name}: {check(path.read_text(encoding='utf-8'))}")
        except (NotValid, OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            wrong += 1
            print(f"{path.name}: NOT VALID: {error if isinstance(error, NotValid) else 'it cannot be read'}")
    print(f"{len(files) - wrong} valid, {wrong} not valid")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
