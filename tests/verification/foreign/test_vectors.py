"""The standards' own examples: cryptosuites of W3C, canonical JSON of RFC 8785, keys that any signature fits, pinned contexts."""

import copy
import hashlib
import json
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.signing import canonical
from verification.foreign import contexts, integrity, jcs, keys, linked

VECTORS = Path(__file__).parents[2] / "vectors"
SUITES = json.loads((VECTORS / "data-integrity.json").read_text())
NUMBERS = json.loads((VECTORS / "rfc8785.json").read_text())


@pytest.fixture
def examples(monkeypatch, tmp_path):
    """The context of the specifications' examples, pinned for this test alone."""
    for number, (address, context) in enumerate(SUITES["contexts"].items()):
        place = tmp_path / f"{number}.json"
        place.write_text(json.dumps(context))
        monkeypatch.setitem(contexts.PINNED, address, str(place.with_suffix("")))


def holds(document):
    (proof,) = integrity.proofs(document)
    key = keys.from_multibase(proof.method.partition("#")[2])
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return integrity.holds(proof, document, lambda: linked.Linked(unsigned), key)


@pytest.mark.parametrize("vector", SUITES["signed"], ids=lambda vector: vector["name"])
def test_vector_of_the_cryptosuites_holds_and_each_change_of_it_does_not(vector, examples):
    document = vector["document"]

    assert holds(document)
    for change in (
        lambda made: made.update(name="Alumni credential"),
        lambda made: made["credentialSubject"].update(alumniOf="The School of Example"),
        lambda made: made.update(validFrom="2023-01-01T00:00:01Z"),
        lambda made: made["proof"].update(created="2023-02-24T23:36:39Z"),
    ):
        altered = copy.deepcopy(document)
        change(altered)
        assert not holds(altered)


def test_constant_options_are_those_that_the_contexts_give(examples):
    proof = integrity.proofs(SUITES["signed"][0]["document"])[0]
    read = linked.Linked({"@context": [contexts.VC_2], **proof.options})

    assert integrity._constant(proof) == read.canonical.encode()


@pytest.mark.parametrize(("bits", "written"), NUMBERS["numbers"])
def test_number_is_written_as_ecmascript_writes_it(bits, written):
    (value,) = struct.unpack(">d", bytes.fromhex(bits))

    assert jcs.canonical(value) == written.encode()


@pytest.mark.parametrize(("text", "spelling"), NUMBERS["texts"])
def test_text_has_one_spelling(text, spelling):
    assert jcs.canonical(json.loads(text)).decode() == spelling


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 2**53, -(2**60), {1, 2}])
def test_what_has_no_spelling_is_refused(value):
    with pytest.raises(ValueError):
        jcs.canonical({"value": value})


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_written_number_is_the_same_number(value):
    assert float(jcs.canonical(value)) == value


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_spelling_says_the_same_and_is_spelt_once(value):
    made = jcs.canonical(value)

    assert json.loads(made) == value
    assert jcs.canonical(json.loads(made)) == made


# RFC 8032, section 5.1: the curve, to show that each of these points comes to nothing when it is added to itself eight times.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def added(one, other):
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def x_of(y):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    return x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P


@pytest.mark.parametrize("number", sorted(keys._SMALL))
@pytest.mark.parametrize("sign", [0, 2**255])
def test_key_of_small_order_is_refused(number, sign):
    point = (x_of(number % P), number % P)
    for _ in range(3):
        point = added(point, point)
    assert point == (0, 1)

    with pytest.raises(keys.NotAKey):
        keys.ed25519_key((number + sign).to_bytes(32, "little"))


def test_key_of_small_order_would_fit_any_text_if_it_were_not_refused():
    """Why the list exists: OpenSSL takes the identity as a key, and then R = identity, S = 0 fits everything."""
    key = ed25519.Ed25519PublicKey.from_public_bytes((1).to_bytes(32, "little"))
    forged = (1).to_bytes(32, "little") + bytes(32)

    key.verify(forged, b"anything")
    key.verify(forged, b"anything else")


def test_all_points_of_small_order_are_in_the_list():
    """Eight points, in every spelling below 2^255: those with y of 0, 1, -1 and the two of order 8, each plus the prime if it fits."""
    order_8 = {y for y in keys._SMALL if y not in {0, 1, P - 1, P, P + 1}}
    spellings = {y + k * P for y in {0, 1, P - 1} | order_8 for k in (0, 1) if y + k * P < 2**255}

    assert len(order_8) == 2
    assert spellings == set(keys._SMALL)


# Captured from the addresses in contexts.PINNED, by way of the packages openbadgeslib and pyld and of the W3C repositories.
HASHES = {
    "clr-2.0.1": "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    "credentials-v1": "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
    "credentials-v2": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    "data-integrity-v1": "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
    "data-integrity-v2": "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    "did-v1": "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    "ed25519-2020-v1": "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
    "jwk-v1": "0f14b62f6071aafe00df265770ea0c7508e118247d79b7d861a406d2aa00bece",
    "multikey-v1": "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    "open-badges-3.0.1": "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    "open-badges-3.0.2": "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    "open-badges-3.0.3": "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    "open-badges-extensions": "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    "status-list-2021-v1": "634d71c159289f068c96012e4511c657fdf82ac4231900081bda3ba24e2e1160",
}


def test_contexts_are_the_pinned_bytes():
    found = {place.stem: hashlib.sha256(place.read_bytes()).hexdigest() for place in contexts.HERE.glob("*.json")}

    assert found == HASHES
    assert set(contexts.PINNED.values()) == set(found)


def terms(context, inside=""):
    """(place, term, address) of every term, scoped ones by the term that brings them."""
    for term, defined in context.items():
        if isinstance(defined, str):
            yield inside, term, defined
        elif isinstance(defined, dict) and not term.startswith("@"):
            yield inside, term, defined.get("@id")
            scoped = defined.get("@context")
            if isinstance(scoped, dict):
                yield from terms(scoped, f"{inside}/{term}")


def test_rules_of_a_credential_have_one_name_each():
    """If two terms stood for one address, a revoked credential could call its status by the other name."""
    rules = {"credentialStatus", "validFrom", "validUntil", "issuanceDate", "expirationDate", "issuer", "credentialSubject",
             "statusPurpose", "statusListIndex", "statusListCredential", "proof"}  # fmt: skip
    named = {}
    for name in set(contexts.PINNED.values()):
        for _, term, address in terms(contexts.load(name)["@context"]):
            named.setdefault(address, set()).add(term)

    shared = {address: found for address, found in named.items() if found & rules and len(found) > 1}
    assert shared == {}


@settings(deadline=None)
@given(
    st.floats(-1e6, 1e6) | st.floats(1e-5, 1e5).map(lambda value: round(value, 3)) | st.integers(-(10**15), 10**15),
    st.text(max_size=30),
)
def test_canonical_form_is_that_of_the_slow_way(number, text):
    """Numbers and characters in every spelling: pyld's quads and oxigraph's are the same."""
    document = {
        "@context": [contexts.VC_2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:x:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": text,
        "credentialSubject": {"type": "AchievementSubject", "creditsEarned": number, "role": text},
    }

    from verification.foreign import contexts as pinned

    slow = canonical.canonicalize(document, lambda address: pinned.load(pinned.PINNED[address]))
    assert linked.Linked(document).canonical == slow
