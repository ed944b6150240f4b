"""Designs as files: what goes round comes round, nothing of the lender goes along, and every fault is told by its place."""

import base64
import copy
import json
import string

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from badges import designing, exchanging, keeping, lending
from badges.exchanging import Design, NotADesign
from badges.forms.exchange import SAID
from badges.forms.words import TYPES, languages
from badges.models import Achievement, CertificateDesign
from badges.rendering import certificate as paper
from issuers import media
from issuers.models import AuditEvent, Role
from issuers.tenancy import scope
from tests.badges.rendering import hostile_drawings, hostile_images
from tests.badges.test_achievement_pages import at, summary
from tests.factories import IssuerFactory, MembershipFactory

# ---- the format by itself

PRINTABLE = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="@")
LINE = st.text(PRINTABLE, min_size=1, max_size=40)
HEX = st.text("0123456789abcdef", min_size=6, max_size=6).map(lambda text: f"#{text}")
TEXTS = st.dictionaries(st.text(string.ascii_lowercase, min_size=1, max_size=10), LINE, max_size=4)
AMOUNT = st.one_of(st.none(), st.integers(0, 99_999).map(str), st.decimals(0, 999, places=1).map(str))
WORDS = st.fixed_dictionaries(
    {
        "achievement_type": st.sampled_from([code for code, _label in TYPES]),
        "description": st.one_of(st.just(""), LINE),
        "criteria": st.one_of(st.just(""), LINE),
        "tags": st.lists(LINE, max_size=4),
        "language": st.sampled_from([code for code, _label in languages()]),
        "field_of_study": st.one_of(st.just(""), LINE),
        "credits": AMOUNT,
        "hours": AMOUNT,
        "valid_months": st.one_of(st.none(), st.integers(1, 1200)),
        "suspendable": st.booleans(),
    }
)
SKILL = st.fixed_dictionaries(
    {
        "target_name": LINE,
        "target_url": st.just("https://example.org/s/1"),
        "target_framework": LINE,
        "target_code": LINE,
    }
)
DRAWN = st.fixed_dictionaries(
    {
        "starter": st.sampled_from(["shield", "seal"]),
        "choices": st.fixed_dictionaries(
            {"texts": TEXTS}, optional={"level": st.lists(st.integers(0, 5), min_size=2, max_size=2), "accent": HEX}
        ),
    }
)
LAID = st.fixed_dictionaries({"starter": st.just("classic"), "choices": st.fixed_dictionaries({"texts": TEXTS})})
DESIGNS = st.builds(
    Design, name=LINE, words=WORDS, skills=st.lists(SKILL, max_size=3), brand=HEX, badge=DRAWN, certificate=LAID
)


def cleaned(design):
    try:
        return exchanging.read(exchanging.write(design))
    except NotADesign as error:
        # A form would refuse such a text as well: unassigned characters, five accents on a letter.
        assert {problem.code for problem in error.problems} <= {
            "unassigned-character",
            "too-many-marks",
            "required",
            "too-long",
        }
        return None


@settings(deadline=None, max_examples=60)
@given(DESIGNS, st.lists(st.binary(max_size=50), max_size=2))
def test_design_that_was_read_is_written_as_it_was_read(design, pictures):
    if pictures:
        badge = {"picture": "picture:p1", "alt": "A picture"}
        layout = {"laurel": "certificate/1", "page": {}, "theme": {}, "elements": [{"picture": "picture:p2"}]}
        names = {f"p{n}": data for n, data in enumerate(pictures, 1)}
        certificate = {"layout": layout} if len(pictures) == 2 else design.certificate
        design = Design(design.name, design.words, design.skills, design.brand, badge, certificate, names)
    once = cleaned(design)
    if once is None:
        return

    assert exchanging.read(exchanging.write(once)) == once
    assert exchanging.write(exchanging.read(exchanging.write(once))) == exchanging.write(once)
    assert (once.words["hours"], once.brand, once.pictures) == (design.words["hours"], design.brand, design.pictures)


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
        ).map(lambda v: json.dumps(v).encode()),
    )
)
def test_anything_else_is_refused_by_name(data):
    with pytest.raises(NotADesign) as refused:
        exchanging.read(data)

    assert refused.value.problems


PLAIN = {
    "laurel": "laurel-design/1",
    "name": "Community Mentor",
    "words": {
        "achievement_type": "Badge",
        "description": "Guided five.",
        "criteria": "Meet **five**.",
        "tags": ["mentoring"],
        "language": "en",
        "field_of_study": "",
        "credits": None,
        "hours": "40",
        "valid_months": 24,
        "suspendable": False,
    },
    "skills": [],
    "colours": {"brand": "#123456"},
    "badge": {"starter": "shield", "choices": {"texts": {"role": "Guide"}, "symbol": "peaks"}},
    "certificate": {"starter": "classic", "choices": {"size": "Letter"}},
    "pictures": {},
}
FREE = {**copy.deepcopy(paper.starter("minimal")), "signers": []}
KEY = "public/ab/" + "0" * 40 + ".png"


def changed(**parts):
    made = copy.deepcopy(PLAIN)
    for path, value in parts.items():
        *steps, last = path.split("__")
        holder = made
        for step in steps:
            holder = holder[step]
        holder[last] = value
    return made


def deep(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


FAULTS = {
    "another kind": (changed(laurel="laurel-design/2"), "/laurel", "not-a-design"),
    "no name": ({k: v for k, v in PLAIN.items() if k != "name"}, "/name", "missing"),
    "an own key": (changed(issuer="northmoor"), "/issuer", "unknown-key"),
    "an unknown word": (changed(words__secret="x"), "/words/secret", "unknown-key"),
    "a long name": (changed(name="x" * 121), "/name", "too-long"),
    "a name of nothing": (changed(name="\u200b"), "/name", "required"),
    "a sentence of two lines": (changed(words__description="a\nb"), "/words/description", "control-character"),
    "hours in words": (changed(words__hours="many"), "/words/hours", "wrong-form"),
    "no end of months": (changed(words__valid_months=99999), "/words/valid_months", "out-of-range"),
    "twenty-one skills": (changed(words__tags=["x"] * 21), "/words/tags", "too-many"),
    "a skill that runs": (
        changed(
            skills=[
                {"target_name": "x", "target_url": "javascript:alert(1)", "target_framework": "", "target_code": ""}
            ]
        ),
        "/skills/0/target_url",
        "invalid-url",
    ),
    "a colour of CSS": (changed(colours__brand="red;}"), "/colours/brand", "wrong-form"),
    "a level of floats": (changed(badge__choices__level=[1.5, 2]), "/badge/choices/level/0", "wrong-type"),
    "somebody's picture": (changed(badge={"picture": KEY, "alt": "x"}), "/badge/picture", "wrong-form"),
    "somebody's picture in a layout": (
        changed(certificate={"layout": {**FREE, "background": {"image": {"picture": KEY}}}}),
        "/certificate/layout/background/image/picture",
        "foreign-picture",
    ),
    "a file as a picture": (
        changed(certificate={"layout": {**FREE, "background": {"image": {"picture": "file:///etc/passwd"}}}}),
        "/certificate/layout/background/image/picture",
        "unknown-picture",
    ),
    "a picture that is not there": (
        changed(badge={"picture": "picture:p1", "alt": "x"}),
        "/badge/picture",
        "unknown-picture",
    ),
    "a picture that nothing shows": (changed(pictures={"p1": {"data": ""}}), "/pictures/p1", "unused-picture"),
    "a picture that is none": (
        changed(badge={"picture": "picture:p1", "alt": "x"}, pictures={"p1": {"data": "%%%"}}),
        "/pictures/p1/data",
        "not-base64",
    ),
    "a signatory": (
        changed(certificate={"layout": {**FREE, "signers": [{"name": "Dr Ada"}]}}),
        "/certificate/layout/signers",
        "too-many",
    ),
    "three hundred elements": (
        changed(certificate={"layout": {**FREE, "elements": [{}] * 300}}),
        "/certificate/layout/elements",
        "too-many",
    ),
    "too deep": (changed(words__tags=deep(60)), None, "too-deep"),
    "too many values": (changed(words__tags=["x"] * 30_000), "", "too-many"),
    "a NUL": (changed(words__criteria="a\x00b"), "/words/criteria", "no-text"),
    "half a character": (changed(words__criteria="\ud800"), "/words/criteria", "no-text"),
}
# Those that only drawing finds out.
UNDRAWABLE = {
    "an unknown design": (changed(badge__starter="skull"), "/badge/starter", "unknown-starter"),
    "an unknown paper": (changed(certificate__starter="skull"), "/certificate/starter", "unknown-starter"),
    "a word too long": (changed(badge__choices__texts={"role": "x" * 90}), "/badge/choices", "out-of-range"),
    "a layout of nonsense": (
        changed(certificate={"layout": {**FREE, "elements": [{"type": "iframe"}]}}),
        "/certificate/layout/elements/0",
        None,
    ),
    "an element out of range": (
        changed(certificate={"layout": {**FREE, "elements": [{**FREE["elements"][0], "box": [0, 0, 1e9, 1]}]}}),
        "/certificate/layout/elements/0",
        None,
    ),
    "a bomb as picture": (
        changed(
            badge={"picture": "picture:p1", "alt": "x"},
            pictures={"p1": {"data": base64.b64encode(hostile_images.png_of(50_000, 50_000)).decode()}},
        ),
        "/pictures/p1/data",
        "too-many-pixels",
    ),
    "a drawing of letters as picture": (
        changed(
            badge={"picture": "picture:p1", "alt": "x"},
            pictures={"p1": {"data": base64.b64encode(hostile_drawings.svg("<text>A</text>")).decode()}},
        ),
        "/pictures/p1/data",
        "svg-text",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_of_a_file_is_told_by_its_place(name):
    document, pointer, code = FAULTS[name]

    with pytest.raises(NotADesign) as refused:
        exchanging.read(json.dumps(document).encode())

    told = [(problem.pointer, problem.code) for problem in refused.value.problems]
    assert code in {told_code for _pointer, told_code in told}
    assert pointer is None or pointer in {told_pointer for told_pointer, _code in told}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"laurel": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{}",
        b'{"laurel": ' + b"9" * 6000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(data):
    with pytest.raises(NotADesign):
        exchanging.read(data)


def test_file_that_is_too_large_is_not_parsed():
    with pytest.raises(NotADesign) as refused:
        exchanging.read(b" " * (exchanging.MOST_BYTES + 1))

    assert refused.value.problems[0].code == "too-large"


def test_every_code_of_the_reader_has_its_sentence():
    assert set(exchanging._CODES.values()) <= set(SAID)


# ---- between two institutions


@pytest.fixture
def lent(issuer, owner):
    """A draft with everything of its institution in it that could leak."""
    with scope(issuer):
        issuer.name = "Northmoor University"
        issuer.brand = "#6d1733"
        issuer.save()
        draft = designing.begin(issuer, owner, name="Community Mentor")
        words = {
            "description": "Guided five new students.",
            "criteria": "Meet **five** students; ask jane.roe@northmoor.example if you cannot.",
            "human_code": "NM-201",
            "tags": ["mentoring"],
        }
        draft.refresh_from_db()
        draft = designing.save_words(draft, owner, edits=draft.edits, **words)
        texts = {"role": "Guide", "institution": "Northmoor University", "name": "Mentor"}
        designing.dress_badge(draft, starter="seal", choices={"texts": texts, "brand": "#004488", "symbol": "heart"})
        signature = keeping.keep_signature(issuer, owner, hostile_images.png((200, 80)), "Dr Oluwaseun Canary")
        signers = [{"name": "Dr Oluwaseun Canary", "title": "Dean", "picture": signature}]
        designing.dress_certificate(
            draft, starter="editorial", choices={"size": "Letter", "signatories": signers, "accent": "#aa3300"}
        )
        return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


@pytest.mark.django_db
def test_file_holds_nothing_of_the_lender(staff, issuer, owner, lent):
    answer = staff.get(at("manage-achievement-design-file", issuer, lent.public_id))

    body = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="community-mentor.laurel-design.json"'
    assert "no-store" in answer["Cache-Control"]
    told = ["Northmoor", "Canary", "Dean", "jane.roe", "NM-201", lent.public_id, issuer.slug, issuer.email, owner.email]
    told += [lent.certificate.choices["signatories"][0]["picture"], str(owner)]
    assert [word for word in told if word in body] == []
    assert exchanging.read(answer.content).badge["choices"]["texts"] == {"role": "Guide", "name": "Mentor"}


def borrow(client, other, data, colours=""):
    """Hand a file in, look at it, take it."""
    path = at("manage-design-import", other)
    handed = client.post(path, {"file": SimpleUploadedFile("x.laurel-design.json", data)})
    assert handed.status_code == 302, summary(handed)
    looked = client.get(handed["Location"] + (f"&colours={colours}" if colours else ""))
    assert "Not taken yet" in looked.content.decode()
    token = handed["Location"].partition("file=")[2]
    with scope(other):
        assert not Achievement.objects.exists()  # looking takes nothing
    return looked, client.post(at("manage-design-taking", other), {"file": token, "colours": colours})


@pytest.fixture
def other(client):
    issuer = IssuerFactory(name="Südpark Institut", brand="#007a3d")
    client.force_login(MembershipFactory(issuer=issuer, role=Role.DESIGNER).user)
    return issuer


def taken(other):
    with scope(other):
        return Achievement.objects.select_related("badge", "certificate", "issuer").get()


@pytest.mark.django_db
def test_design_is_taken_in_the_colours_and_under_the_name_of_whoever_takes_it(client, issuer, lent, other):
    with scope(issuer):
        data = exchanging.write(lending.lend(lent))

    looked, answer = borrow(client, other, data)

    made = taken(other)
    assert answer["Location"] == at("manage-achievement", other, made.public_id)
    assert "data:image/svg+xml" in looked.content.decode()
    assert (made.name, made.description, made.tags) == ("Community Mentor", lent.description, ["mentoring"])
    assert (made.badge.starter, made.badge.spec["brand"]) == ("seal", "#007a3d")
    assert "Südpark Institut" in [word["text"] for word in made.badge.spec["words"]]
    assert made.certificate.layout["theme"]["brand"] == "#007a3d"
    assert (made.certificate.choices["size"], made.certificate.layout["signers"]) == ("Letter", [])
    assert made.human_code == ""
    with scope(other):
        assert made.versions.count() == 0
        assert AuditEvent.objects.filter(action="achievement.imported", subject_id=made.public_id).exists()
    again = client.post(at("manage-design-taking", other), {"file": "0" * 32}, follow=True)
    assert "not here any more" in again.content.decode()


@pytest.mark.django_db
def test_design_is_taken_in_its_own_colours_when_told(client, issuer, lent, other):
    with scope(issuer):
        data = exchanging.write(lending.lend(lent))

    borrow(client, other, data, colours="theirs")

    made = taken(other)
    assert made.badge.spec["brand"] == "#004488"
    assert made.certificate.layout["theme"] == {
        **made.certificate.layout["theme"],
        "brand": "#6d1733",
        "accent": "#aa3300",
    }


@pytest.mark.django_db
def test_what_was_taken_is_lent_as_it_came(client, issuer, lent, other):
    with scope(issuer):
        first = lending.lend(lent)
    borrow(client, other, exchanging.write(first), colours="theirs")

    with scope(other):
        second = lending.lend(taken(other))

    assert (second.name, second.words, second.skills) == (first.name, first.words, first.skills)
    assert second.badge == first.badge
    assert second.certificate == {**first.certificate, "choices": {**first.certificate["choices"], "brand": "#6d1733"}}


@pytest.mark.django_db
def test_picture_and_free_layout_go_along_and_are_encoded_anew(client, issuer, lent, other):
    with scope(issuer):
        designing.upload_badge(lent, hostile_images.with_text(), alt="A lantern")
        layout = {**copy.deepcopy(FREE), "title": "Northmoor University: {{recipient.name}}"}
        CertificateDesign.objects.filter(achievement=lent).update(starter="", choices={"own": True}, layout=layout)
        data = exchanging.write(lending.lend(Achievement.objects.select_related("issuer").get(pk=lent.pk)))
    tampered = json.loads(data)
    assert tampered["certificate"]["layout"]["title"] == "{{issuer.name}}: {{recipient.name}}"
    tampered["pictures"]["p1"]["data"] = base64.b64encode(hostile_images.png() + b"<script>alert(1)</script>").decode()

    borrow(client, other, json.dumps(tampered).encode())

    made = taken(other)
    assert (made.badge.spec, made.badge.alt) == (None, "A lantern")
    assert b"script" not in media.fetch(made.badge.picture)
    assert made.certificate.choices == {"own": True}
    assert made.certificate.layout["theme"]["brand"] == "#007a3d"
    assert paper.check(made.certificate.layout) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*FAULTS, *UNDRAWABLE])
def test_faulty_file_is_refused_at_the_page_and_nothing_is_stored(client, other, name):
    document, pointer, code = (FAULTS | UNDRAWABLE)[name]

    answer = client.post(
        at("manage-design-import", other), {"file": SimpleUploadedFile("x.json", json.dumps(document).encode())}
    )

    assert answer.status_code == 422
    assert pointer is None or pointer in summary(answer)
    with scope(other):
        assert not Achievement.objects.exists()
        assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_file_of_another_language_or_type_than_ours_is_refused(client, other):
    for document in (changed(words__language="tlh"), changed(words__achievement_type="Trophy")):
        answer = client.post(
            at("manage-design-import", other), {"file": SimpleUploadedFile("x.json", json.dumps(document).encode())}
        )

        assert answer.status_code == 422
        assert "none of the values" in summary(answer)


@pytest.mark.django_db
def test_file_that_waits_is_there_for_its_institution_alone(client, issuer, other):
    handed = client.post(
        at("manage-design-import", other), {"file": SimpleUploadedFile("x.json", json.dumps(PLAIN).encode())}
    )
    token = handed["Location"].partition("file=")[2]
    client.force_login(MembershipFactory(issuer=issuer, role=Role.OWNER).user)

    looked = client.get(at("manage-design-import", issuer), {"file": token})
    client.post(at("manage-design-taking", issuer), {"file": token})

    assert "not here any more" in looked.content.decode()
    with scope(issuer):
        assert not Achievement.objects.exists()


@pytest.mark.django_db
def test_copy_carries_its_designs(issuer, owner, lent):
    with scope(issuer):
        made = designing.copy(lent, owner, name="Library Guide")
        made, kept = (
            Achievement.objects.select_related("badge", "certificate").get(pk=pk) for pk in (made.pk, lent.pk)
        )

    assert made.badge.choices == kept.badge.choices
    assert made.certificate.choices == kept.certificate.choices
    assert (made.badge.pk, made.certificate.pk) != (kept.badge.pk, kept.certificate.pk)
