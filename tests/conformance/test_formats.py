"""Every format that we publish is accepted, and every altered copy refused, by two implementations that are not ours."""

import base64
import json

import pikepdf
import pytest

from badges.openbadges import baking
from tests.conformance.altering import CHANGES, copies
from tests.conformance.asking import ORACLES, ask_all, get
from tests.conftest import COMMITTED

pytestmark = [COMMITTED, pytest.mark.slow]
FORMS = {"json": ".json", "jwt": ".jwt", "png": ".png", "svg": ".svg", "pdf": ".pdf", "hosted": "/ob2.json"}
BY_OPENVC = {form: rest for form, rest in FORMS.items() if form != "hosted"}


@pytest.fixture
def files(credential):
    """What stands at the public addresses, by form."""
    return {form: get(credential.url + rest) for form, rest in FORMS.items()}


@pytest.mark.parametrize(("oracle", "forms"), [("openvc", BY_OPENVC), ("openbadgeslib", FORMS)])
def test_every_format_is_accepted(oracle, forms, site, files):
    asked = [(form, files[form]) for form in forms]

    answers = dict(zip(forms, ask_all(oracle, site, asked), strict=True))

    assert {form: answer["why"] for form, answer in answers.items() if not answer["valid"]} == {}


def _refused(oracle, site, altered):
    """Asks about named, altered copies; the names of those that passed, and every reason."""
    answers = ask_all(oracle, site, [(form, body) for _, form, body in altered])
    passed = [name for (name, _, _), answer in zip(altered, answers, strict=True) if answer["valid"]]
    return passed, [answer["why"] for answer in answers]


@pytest.mark.parametrize("oracle", ORACLES)
def test_altered_documents_are_refused_with_a_field_added_at_any_depth(oracle, site, text):
    altered = [(name, "json", made) for name, made in copies(text)]

    passed, reasons = _refused(oracle, site, altered)

    assert len(altered) >= 25
    assert passed == []
    assert [why for why in reasons if "is not of this site" in why] == []


@pytest.mark.parametrize("oracle", ORACLES)
def test_altered_pictures_are_refused(oracle, site, files, text):
    png, svg = files["png"], files["svg"].decode()
    altered = [(name, "png", baking.bake_png(png, made)) for name, made in copies(text)]
    altered += [(name, "svg", baking.bake_svg(svg, made)) for name, made in copies(text)]

    passed, _ = _refused(oracle, site, altered)

    assert passed == []


def _with_attachment(folder, pdf, text):
    path = folder / "altered.pdf"
    path.write_bytes(pdf)
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        (name,) = opened.attachments
        opened.attachments[name] = pikepdf.AttachedFileSpec(opened, text.encode(), filename=name)
        opened.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("oracle", ORACLES)
def test_altered_attachments_of_certificates_are_refused(oracle, site, files, text, tmp_path):
    altered = [(name, "pdf", _with_attachment(tmp_path, files["pdf"], made)) for name, made in copies(text)]

    passed, _ = _refused(oracle, site, altered)

    assert passed == []


def _encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _tokens(token):
    """Altered copies of a token: its document, its claims, its header, its signature."""
    head, body, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    claims = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    for name, made in copies(claims):
        yield name, f"{head}.{_encoded(json.loads(made))}.{signature}"
    for name, change in {"none": {"alg": "none"}, "hs256": {"alg": "HS256"}, "crit": {"crit": ["b64"]}}.items():
        yield name, f"{_encoded({**header, **change})}.{body}.{signature}"
    yield "unsigned", f"{_encoded({**header, 'alg': 'none'})}.{body}."
    yield "other_signature", f"{head}.{body}.{signature[::-1]}"
    yield "later", f"{head}.{_encoded({**json.loads(claims), 'exp': 4_000_000_000})}.{signature}"


@pytest.mark.parametrize("oracle", ORACLES)
def test_altered_tokens_are_refused(oracle, site, files):
    altered = [(name, "jwt", made) for name, made in _tokens(files["jwt"].decode())]

    passed, _ = _refused(oracle, site, altered)

    assert len(altered) >= len(CHANGES) + 10
    assert passed == []


def test_altered_hosted_badges_are_refused(site, files, credential):
    """What a copy says is compared with what stands at its address; what is not compared is read from there alone."""
    assertion = json.loads(files["hosted"])
    other = "sha256$" + "0" * 64
    changes = {
        "other person": {"recipient": {**assertion["recipient"], "identity": other}},
        "other salt": {"recipient": {**assertion["recipient"], "salt": "other"}},
        "other badge": {"badge": assertion["badge"].replace("/1/", "/2/")},
        "earlier": {"issuedOn": "2001-01-01T00:00:00Z"},
        "no end": {"expires": "2099-01-01T00:00:00Z"},
        "unknown id": {"id": f"{site}/c/{'1' * 22}/ob2.json"},
        "other host": {"id": assertion["id"].replace("localhost", "127.0.0.1")},
        "signed": {"verification": {"type": "SignedBadge"}},
        "no verification": {"verification": {}},
        "other context": {"@context": "https://example.org/v2"},
        "other type": {"type": "BadgeClass"},
        "no recipient": {"recipient": None},
    }
    altered = [(name, "hosted", json.dumps({**assertion, **change})) for name, change in changes.items()]

    passed, _ = _refused("openbadgeslib", site, altered)

    assert passed == []
