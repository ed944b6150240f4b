"""The compiled canonical form: the eight rules of its soundness, and 2,000 credentials against two slow canonicalizers."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from badges.openbadges import documents, validate
from issuers.signing import multikey, proofs, rechecking
from issuers.signing.canonical import NotCanonical, canonicalize
from issuers.signing.compiled import EACH, Kind, NotCompiled, compile_shape, cut
from issuers.signing.rechecking import normalized
from issuers.signing.shapes import Canonicalizer
from tests.openbadges_samples import CREDENTIAL, DID, SITE, credential, smallest

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
METHOD = f"{DID}#{multikey.encode(KEY.public_key())}"
CREATED = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)


def slow(document):
    return canonicalize(document, validate.load_context)


def compiled_from(document, places=validate.PLACES):
    return compile_shape(document, places, validate.load_context)


def filled(shape, document, places=validate.PLACES):
    return shape.fill(cut(document, places).values)


# The eight rules (STANDARDS 15). Rule 7 has as many ways to fail as there are tests of compiling.


def people(number):
    """Credentials of one shape that differ in every slot."""
    return [
        credential(
            id=f"{SITE}/c/{n:022}",
            subject_id=f"urn:uuid:6f9c2a3e-1111-4222-8333-{n:012}",
            name=f"Person {n}",
            salt=f"salt{n:012}",
            student_id=f"S{n}",
            results=(("Grade", f"{n} points"), ("Seminar room", f"B {n * 7 % 5}")),
            status=replace(CREDENTIAL.status, index=n),
            evidence=(documents.EvidenceFacts("", f"Poster {n}", f"Text {n}"),),
        )
        for n in range(number)
    ]


def label(canonical_form, text):
    """The label of the one blank node that says this text."""
    return re.search(rf'(_:c14n\d+) <[^>]*> "{re.escape(text)}"', canonical_form)[1]


def test_rule_1_labels_are_worked_out_again_for_every_person():
    shape, orders = compiled_from(people(1)[0]), set()
    for number, document in enumerate(people(40)):
        made = filled(shape, document)
        assert made == slow(document)
        orders.add(tuple(label(made, text) for text in (f"Person {number}", f"S{number}", f"Poster {number}")))
    assert len(orders) > 10


def test_rule_2_alike_nodes_go_to_the_whole_algorithm():
    pieces = tuple(documents.EvidenceFacts("", name) for name in ("First", "Second"))
    shape = compiled_from(credential(evidence=pieces))
    alike = credential(evidence=(pieces[0], pieces[0]))

    assert filled(shape, alike) is None
    preparer = validate.Preparer()
    for document in (credential(evidence=pieces), alike, credential(evidence=pieces[::-1])):
        assert preparer.prepare(document).canonical == slow(document) == normalized(document, validate.load_context)


def test_rule_3_lines_are_sorted_by_code_point_and_doubles_dropped():
    one, other = (
        documents.EvidenceFacts("https://example.org/1", "One"),
        documents.EvidenceFacts("https://example.org/2", "Two"),
    )
    shape = compiled_from(credential(evidence=(one, other)))
    # The same piece twice: every quad about it stands twice, and is one.
    twice = credential(evidence=(one, one))
    made = filled(shape, twice)

    assert made == slow(twice)
    assert made.count("<https://example.org/1> <http") == len(
        {line for line in made.split("\n") if line.startswith("<https://example.org/1> ")}
    )
    for name in ("\uff5e", "\U0001f600", "é", "Z", "a"):
        document = credential(evidence=(replace(one, name=name), replace(one, name="\U00010000")))
        assert filled(shape, document) == slow(document)
        assert filled(shape, document).split("\n")[:-1] == sorted(slow(document).split("\n")[:-1])


@pytest.mark.parametrize(
    "change",
    [
        {"credits": Decimal(4)},
        {"credits": None},
        {"narrative": ""},
        {"role": "Mentor"},
        {"valid_until": None},
        {"student_id": ""},
        {"results": (("Grade", "A"),)},
        {"results": (("Mark", "A"), ("Seminar room", "B 12"))},
        {"evidence": ()},
        {"evidence": (documents.EvidenceFacts("", "Poster", "A poster session."),)},
        {"status": replace(CREDENTIAL.status, purpose="suspension")},
    ],
    ids=str,
)
def test_rule_4_whatever_changes_the_structure_is_another_shape(change):
    assert cut(credential(**change), validate.PLACES).digest != cut(credential(), validate.PLACES).digest


@pytest.mark.parametrize(
    "change",
    [
        {"name": 7},
        {"name": {"en": "Mentor"}},
        {"name": None},
        {"type": ["OpenBadgeCredential", "VerifiableCredential"]},
        {"id": None},
        {"id": ["https://example.org/"]},
        {"validUntil": ""},
        {"awardedDate": {}},
    ],
    ids=str,
)
def test_rule_4_no_other_json_is_taken_for_a_text(change):
    document = credential(valid_until=None)

    assert cut({**document, **change}, validate.PLACES).digest != cut(document, validate.PLACES).digest


def test_rule_4_documents_of_one_shape_differ_in_their_slots_alone():
    one, other = people(2)

    assert cut(one, validate.PLACES).digest == cut(other, validate.PLACES).digest
    assert len(cut(one, validate.PLACES).values) == len(cut(one, validate.PLACES).kinds) == 17


@pytest.mark.parametrize(
    "text", [r"back\slash", 'quo"te', "li\nne", "re\rturn", "ta\tb", "\u2028", "\x85", "%s", "\U0010ffff"]
)
def test_rule_5_literals_are_escaped_as_canonical_n_quads(text):
    document = credential(name=text, narrative=text * 2, student_id=text)
    made = filled(compiled_from(credential()), document)

    assert made == slow(document) == normalized(document, validate.load_context)


@pytest.mark.parametrize("text", ["\0", "\x08", "\x0b", "\x1f", "\x7f", "\ud800", "\udfff", "\ufffe", "\uffff"])
def test_rule_5_a_text_that_implementations_write_differently_is_not_filled(text):
    assert filled(compiled_from(credential()), credential(narrative=f"a{text}b")) is None


@pytest.mark.parametrize(
    "iri",
    [
        "",
        "relative",
        "/c/1",
        "//example.org/1",
        "#1",
        "_:b0",
        "@type",
        "https://example.org/a b",
        "https://example.org/a\n",
        "https://example.org/<b>",
        "https://example.org/100%",
        "https://example.org/[1]",
        "https://example.org:port/",
        "https://[::1]/",
        "ex:1",
        "schema:name",
        "ext:Thing",
        "did:web:example.org",
        "urn:",
        "https://example.org/\ud800",
        "javascript:alert(1)",
    ],
)
def test_rule_5_an_address_that_is_not_plain_is_not_filled(iri):
    document = credential()
    shape = compiled_from(document)

    assert filled(shape, {**document, "id": iri}) is None


@pytest.mark.parametrize(
    "moment", ["", "2026", "2026-11-01", "2026-11-01T10:00:00", "2026-13-01T10:00:00Z", "2026-11-01T10:00:00Z\n", "x"]
)
def test_rule_5_a_date_that_is_none_is_not_filled(moment):
    document = credential()

    assert filled(compiled_from(document), {**document, "validFrom": moment}) is None


def test_rule_6_a_value_may_look_like_another_slot():
    shape = compiled_from(credential())
    sentinels = [f"urn:slot:{shape_token}:1" for shape_token in ("", "0" * 24)]
    document = credential(name=sentinels[0], narrative=sentinels[1] + "%s%%", student_id="%(x)s", salt='\\%s"')

    assert filled(shape, document) == slow(document)


def test_rule_6_a_value_may_be_the_sentinel_itself(monkeypatch):
    monkeypatch.setattr("issuers.signing.compiled.secrets.token_hex", lambda _bytes: "known")
    shape = compiled_from(credential())
    document = credential(name="urn:slot:known:3", narrative="urn:slot:known:0", student_id="urn:slot:known:5")

    assert filled(shape, document) == slow(document)


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ({"type": {EACH: Kind.IRI}}, "is in no context"),
        ({"credentialSubject": {"type": {EACH: Kind.TEXT}}}, "is in no context"),
        ({"@context": {EACH: Kind.IRI}}, "not one of ours"),
        ({"id": Kind.TEXT}, "should be text"),
        ({"name": Kind.IRI}, "should be iri"),
        ({"name": Kind.MOMENT}, "should be moment"),
        ({"validFrom": Kind.TEXT}, "should be text"),
        ({"evidence": {EACH: {"id": Kind.MOMENT}}}, "should be moment"),
        # The issuer's name stands in the creator too; they are one node, and would have two names.
        ({"credentialSubject": {"achievement": {"inLanguage": Kind.IRI}}}, "should be iri"),
    ],
)
def test_rule_7_compiling_fails_when_a_slot_is_not_where_it_should_be(places, why):
    with pytest.raises((NotCompiled, NotCanonical), match=why):
        compiled_from(credential(), places)


def load_with_json(url):
    return {
        "@context": {
            "data": {"@id": "https://example.org/data", "@type": "@json"},
            "two": "https://example.org/two",
            "said": {"@id": "https://example.org/said", "@language": "en"},
            "graph": {"@id": "https://example.org/graph", "@container": "@graph"},
            "twice": "https://example.org/twice",
        }
    }


@pytest.mark.parametrize(
    ("document", "places", "why"),
    [
        ({"data": {"x": "slot"}}, {"data": {"x": Kind.TEXT}}, "whole term"),
        ({"graph": {"said": "slot"}}, {"graph": {"said": Kind.TEXT}}, "no plain triple"),
    ],
)
def test_rule_7_compiling_fails_when_a_slot_is_a_part_of_a_term_or_in_another_graph(document, places, why):
    with pytest.raises(NotCompiled, match=why):
        compile_shape(
            {"@context": "https://example.org/", "@id": "https://example.org/1", **document}, places, load_with_json
        )


def test_rule_7_a_text_with_a_language_keeps_it():
    document = {"@context": "https://example.org/", "@id": "https://example.org/1", "said": "slot"}
    shape = compile_shape(document, {"said": Kind.TEXT}, load_with_json)

    assert shape.fill(['o"ne']) == '<https://example.org/1> <https://example.org/said> "o\\"ne"@en .\n'


def test_rule_7_a_document_that_cannot_be_compiled_goes_the_slow_way(caplog):
    canonicalizer = Canonicalizer({"id": Kind.TEXT}, validate.load_context)

    for _ in range(2):
        assert canonicalizer(credential(), validate.load_context) == slow(credential())
    assert caplog.text.count("was not compiled") == 1


def test_rule_7_proof_options_are_one_node_in_a_fixed_order():
    signed = json.loads(proofs.sign(validate.prepare(credential()), KEY, METHOD, CREATED))
    options = {key: value for key, value in signed["proof"].items() if key != "proofValue"}
    document = {"@context": signed["@context"], **options}

    assert proofs._options("2026-11-01T10:00:00Z", METHOD) == normalized(document, validate.load_context)


def test_rule_8_first_of_each_shape_and_one_in_two_hundred_are_verified_by_another_road(monkeypatch):
    looked = []
    real = rechecking.verify
    monkeypatch.setattr(
        rechecking, "verify", lambda signed, *rest: looked.append(json.loads(signed)["id"]) or real(signed, *rest)
    )
    preparer = validate.Preparer()
    for document in people(402):
        proofs.sign(preparer.prepare(document), KEY, METHOD, CREATED)

    # The one that the shape was compiled from, the first that was filled, and every 200th after that.
    assert [int(name[-22:]) for name in looked] == [0, 1, 201, 401]


# Other promises of shapes.


def test_unchanged_documents_give_the_slow_form_and_refusals_stay_refusals():
    canonicalizer = Canonicalizer(validate.PLACES, validate.load_context)
    for document in (credential(), smallest(), credential(), smallest()):
        assert canonicalizer(document, validate.load_context) == slow(document)
    for change in ({"grade": "A"}, {"id": "relative"}, {"@context": ["https://example.org/evil"]}):
        with pytest.raises(NotCanonical):
            canonicalizer({**credential(), **change}, validate.load_context)


def test_other_contexts_are_not_answered_from_what_ours_said():
    canonicalizer = Canonicalizer({"said": Kind.TEXT}, validate.load_context)
    document = {"@context": "https://example.org/", "@id": "https://example.org/1", "said": "one"}

    assert canonicalizer(document, load_with_json).endswith('"one"@en .\n')


def test_proofs_verify_quickly_and_catch_every_change():
    canonicalizer = Canonicalizer(validate.PLACES, validate.load_context)
    preparer = validate.Preparer()
    for document in people(3):
        signed = json.loads(proofs.sign(preparer.prepare(document), KEY, METHOD, CREATED))
        proofs.verify(signed, KEY.public_key(), validate.load_context, canonicalizer)
        for change in ({"validFrom": "2026-11-01T10:00:01Z"}, {"id": "https://example.org/"}, {"name": "Other"}):
            with pytest.raises(proofs.ProofError):
                proofs.verify({**signed, **change}, KEY.public_key(), validate.load_context, canonicalizer)


def test_only_so_many_shapes_are_kept():
    canonicalizer = Canonicalizer(validate.PLACES, validate.load_context, most=2)
    found = []
    for number in range(3):
        document = credential(results=tuple((f"Result {n}", "1") for n in range(number)))
        canonicalizer(document, validate.load_context)
        found.append(cut(document, validate.PLACES))

    assert [canonicalizer.known(one) is not None for one in found] == [False, True, True]
