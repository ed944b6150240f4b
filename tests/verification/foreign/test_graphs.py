"""Added, renamed, moved: one graph, another tree (SECURITY 1.1, T5). A signature that still fits is not enough."""

import json

import pytest

from tests.verification.foreign import world
from tests.verification.foreign.trees import at, places
from tests.verification.foreign.world import LIST, OURS, SITE, examine, findings, green

DOCUMENT = json.loads(OURS)
JCS = json.dumps(world.signed(world.badge(), suite="eddsa-jcs-2022"))

SIX = [
    ((), "grade", "A+"),
    ((), "recipientName", "Somebody Else"),
    (("credentialSubject",), "grade", "A+"),
    (("credentialSubject",), "recipientName", "Somebody Else"),
    (("credentialSubject", "achievement"), "level", "PhD"),
    (("issuer",), "legalName", "Harvard"),
]
EVERY_DEPTH = [(path, "honours", "with distinction") for path in places(DOCUMENT) if path[:1] != ("@context",)]


@pytest.mark.parametrize(("path", "field", "value"), [*SIX, *EVERY_DEPTH])
@pytest.mark.parametrize("text", [OURS, JCS], ids=["rdfc", "jcs"])
def test_added_field_is_refused_and_not_shown(text, path, field, value):
    document = json.loads(text)
    at(document, path)[field] = value

    outcome = examine(document)

    assert not green(outcome)
    assert findings(outcome)["signature"][0] != "passed"
    if text is OURS:
        assert outcome.report.document is None or path == ("proof",)


LONG = {
    "credentialStatus": "https://www.w3.org/2018/credentials#credentialStatus",
    "validUntil": "https://www.w3.org/2018/credentials#validUntil",
    "narrative": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#narrative",
}


def renamed(name):
    """The same graph: the field under its long name."""
    made = json.loads(OURS)
    value = made.pop(name)
    if name == "validUntil":
        value = {"@value": value, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    return {**made, LONG[name]: value}


def inside_itself():
    """The same graph: fields of the credential moved to where its id stands again. Signed with such a place inside."""
    honest = world.changed(
        world.badge(), lambda made: made["evidence"].append({"id": made["id"], "type": ["Evidence"]})
    )
    made = world.signed(honest)
    status = made.pop("credentialStatus")
    at(made, ("evidence", -1))["credentialStatus"] = status
    return made


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("status by its long name", renamed("credentialStatus")),
        ("end by its long name", renamed("validUntil")),
        ("status inside itself", inside_itself()),
        ("index", world.changed(OURS, lambda made: made["issuer"].update({"@index": "PhD"}))),
        ("included", world.changed(OURS, lambda made: made.update({"@included": [made.pop("credentialStatus")]}))),
        ("nest", world.changed(OURS, lambda made: made.update({"@nest": {"credentialStatus": made.pop("credentialStatus")}}))),
        ("graph", {"@context": DOCUMENT["@context"], "@graph": [{k: v for k, v in DOCUMENT.items() if k != "@context"}]}),
        ("keyword that is none", world.changed(OURS, lambda made: made.update({"@grade": "A+"}))),
        ("reverse", world.changed(OURS, lambda made: made.update({"@reverse": {"related": {"id": "urn:x:1"}}}))),
        ("keyword id", world.changed(OURS, lambda made: made["issuer"].update({"@id": made["issuer"].pop("id")}))),
        ("direction", world.changed(OURS, lambda made: made.update(name={"@value": made["name"], "@direction": "rtl"}))),
        ("label", world.changed(OURS, lambda made: made["credentialSubject"]["achievement"]["alignment"][0].update(id="_:b0"))),
        ("relative type", world.changed(OURS, lambda made: made["type"].append("Doctorate"))),
        ("relative id", world.changed(OURS, lambda made: made["credentialSubject"]["achievement"]["criteria"].update(id="criteria"))),
        ("id with a space", world.changed(OURS, lambda made: made["credentialSubject"].update(id="urn:x: 1"))),
    ],
)  # fmt: skip
def test_other_tree_of_the_same_graph_is_refused(name, content):
    outcome = examine(content, SITE | {LIST: world.listed([4242])} if "status" in name else SITE)

    assert not green(outcome)
    assert outcome.report.document is None


def test_null_and_empty_lists_are_signed_by_nobody_and_not_shown():
    outcome = examine(
        world.changed(
            OURS,
            lambda made: made["credentialSubject"].update(
                role=None, result=[*made["credentialSubject"]["result"], None]
            ),
        )
    )

    assert findings(outcome)["signature"] == ("passed", "signature_fits")
    assert outcome.report.document == DOCUMENT
