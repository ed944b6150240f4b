"""Compiled signing against both slow canonicalizers, on 2,000 random credentials of many shapes."""

import json
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ed25519
from pyld import jsonld

from badges.openbadges import validate
from issuers.signing import canonical, multikey, prepared, proofs
from issuers.signing.compiled import cut
from tests.openbadges_dice import Dice, layout, random_document
from tests.openbadges_samples import DID
from verification.foreign import contexts

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
METHOD = f"{DID}#{multikey.encode(KEY.public_key())}"
PROCESSOR = contexts._PROCESSOR
CREATED = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)


def both(document):
    """The canonical form by pyoxigraph's RDFC-1.0 and by pyld's URDNA2015, of quads made once: that is what takes long.

    They are made by the verifier's processor, which signing has nothing to do with: it expands once and keeps contexts.
    """
    options = {"documentLoader": contexts._loader, "contextResolver": PROCESSOR._resolver, "base": None}
    dataset = PROCESSOR.to_rdf(document, options)
    rdfc = canonical._labelled(jsonld.JsonLdProcessor.to_nquads(dataset))
    return rdfc, jsonld.URDNA2015().main(dataset, {"format": "application/n-quads"})


def test_two_thousand_random_credentials_are_those_of_both_slow_canonicalizers():
    """Byte for byte: pyld's URDNA2015, pyoxigraph's RDFC-1.0 and ours; and so are the signatures."""
    dice = Dice("two thousand")
    layouts = [layout(dice) for _ in range(50)]
    preparer, quick = validate.Preparer(), 0
    for number in range(2000):
        document = random_document(dice, layouts[number % len(layouts)])
        quick += fast(preparer, document) is not None
        ready = preparer.prepare(document)
        rdfc, urdna = both(document)

        assert ready.canonical == rdfc, number
        assert ready.canonical == urdna, number
        assert ready.text == json.dumps(document, ensure_ascii=False, separators=(",", ":")), number
        whole = prepared.seal(document, ready.text, urdna, DID)
        assert proofs.sign(ready, KEY, METHOD, CREATED) == proofs.sign(whole, KEY, METHOD, CREATED), number
    # The rest are the first of each shape, and addresses with letters beyond ASCII, which go the slow way.
    assert quick > 1600


def fast(preparer, document):
    """The canonical form by the fast path alone, or None."""
    found = cut(document, validate.PLACES)
    known = preparer.canonicalize.known(found)
    return known and known.fill(found.values)
