"""Mails that are filled are those that the ordinary builder writes; what cannot be filled, it writes."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy, quoprimime
from email.charset import Charset
from email.header import Header
from email.utils import formatdate

import pytest
from django.conf import settings as given
from hypothesis import given as for_any
from hypothesis import settings as quickly
from hypothesis import strategies as st

from recipients import emails, filling
from recipients.charsets import QUOTED, folded, quoted
from recipients.emails import Personal

NOW = formatdate(1_800_000_000)
NAMES = [
    "Amal Student",
    "Zoë García-Ñandú",
    "Đặng Thị Hồng Ánh",
    "Владимир Владимирович",
    "Ελένη Παπαδοπούλου",
    "محمد بن عبد الله",
    "שרה כהן",
    "राजेश कुमार",
    "ณัฐวุฒิ ศรีสุข",
    "李小龍",
    "山田 太郎",
    "김민수",
    "ნინო ბერიძე",
    "👩‍🎓 Ada 🎉",
    'O\'Neil, "Mac" <b>Øre</b> & Söhne',
    "=?utf-8?q?Not_encoded?=",
    "{name} {achievement} %(name)s {{ name }}",
    "N" * 200,
    "名" * 200,
    "x",
    "Ana  Two   Spaces",
    "non\u00a0breaking\u2028line",
    ".",
    "trailing ",
]


def common(**changes):
    return {
        "issuer": {"name": "Northmoor University", "email": "badges@northmoor.example"},
        "credential": {"offer_expires_at": datetime(2027, 1, 1, tzinfo=UTC), "expires_at": None},
        "achievement": "Community Mentor",
        "description": "Guided five new students.",
        "badge_url": "http://localhost:8000/media/public/aa/b.png",
        "badge_alt": "A shield",
        "logo_url": "",
        "dark_logo_url": "",
        "wallet_url": "http://localhost:8000/wallet/",
        "words": {},
        "said": {},
        **emails._colours("#1f5c45"),
        **changes,
    }


def personal(name, number=7, to="amal@example.org"):
    stop = f"{number}.{'s' * 22}"
    return Personal(name, emails.masked(to), to, f"<{number:032}@localhost>", f"{number:043}", stop)


@pytest.fixture(autouse=True)
def _anew():
    filling.forget()
    yield
    filling.forget()


def both(kind, told, person):
    sketch = filling.Sketch(kind, told)
    return sketch.fill(person, NOW), sketch.slowly(person, NOW)


KINDS = ["offer", "corrected", "revoked", "suspended", "reinstated"]
WORDS = {"greeting": "Dear {name},", "sentence": "Für {name}: {achievement}! " * 12, "footer": "{name}\r\nHäfen 1"}


@pytest.mark.parametrize("name", NAMES)
def test_filled_mail_is_the_ordinary_one_byte_for_byte(name):
    for words in ({}, WORDS):
        told = common(words=words, achievement="Médiateur “A” <b>", description=".\n..\nfrom here")
        filled, ordinary = both("offer", told, personal(name))
        assert filled == ordinary

    message = message_from_bytes(filled, policy=policy.default)
    plain, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert f"Dear {name}," in plain
    assert filled.isascii() and max(map(len, filled.split(b"\r\n"))) <= 80  # Django counts the space
    assert f"/claim/{7:043}/" in plain and f"/claim/{7:043}/" in html


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_about_a_credential_can_be_filled(kind):
    told = common(said={"reason": "Handed in twice: <i>Größe</i>"})
    for name in NAMES:
        filled, ordinary = both(kind, told, personal(name))
        assert filled == ordinary


def test_every_kind_that_batches_have_is_among_those():
    elsewhere = {"links", "address_code", "application", "answer", "assess", "not_yet", "digest"}
    row = emails.OutgoingEmail
    batches = {kind.value for kind in row.Kind if emails.is_about_credential(row(kind=kind, credential_id=1))}
    assert set(KINDS) <= batches
    for kind in batches - elsewhere:
        assert filling.Sketch(kind, common()).holds(*filling.TRIALS), kind


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=120)


@quickly(max_examples=60, deadline=None)
@for_any(text, text, text, st.integers(0, 10**17))
def test_whatever_people_and_kits_are_called_the_two_agree(name, achievement, greeting, number):
    told = common(achievement=achievement, words={"greeting": greeting, "sentence": "{name}" + greeting, "footer": ""})
    filled, ordinary = both("offer", told, personal(name, number))
    assert filled == (ordinary if name else None)


@quickly(max_examples=300, deadline=None)
@for_any(text, st.sampled_from(["Subject", "From", "X-Long-Name-Of-A-Header"]))
def test_encoded_words_are_those_of_the_standard_library(value, name):
    plain = Charset("utf-8")
    assert Header(value, QUOTED, header_name=name).encode() == Header(value, plain, header_name=name).encode()
    assert Header(value, QUOTED).encode() == Header(value, plain).encode()


@quickly(max_examples=300, deadline=None)
@for_any(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=260),
    st.sampled_from(["", " ", "\t", "  "]),
)
def test_lines_of_bodies_are_those_of_the_standard_library(line, end):
    line += end
    whole = quoprimime.body_encode(line.encode().decode("latin-1"), eol="\r\n")
    assert folded(quoted(line)) == whole


@pytest.mark.parametrize("name", ["Ana\r\nBcc: x@example.org", "Ana\nBcc: x@example.org", "a\0b", "half \ud83c"])
def test_name_that_would_end_a_line_is_not_filled_and_reaches_no_header(name):
    sketch = filling.Sketch("offer", common())
    assert sketch.fill(personal(name), NOW) is None
    if name.isprintable() or "\n" in name:
        made = message_from_bytes(emails.write("offer", common(), personal(name)).message().as_bytes())
        assert made["Bcc"] is None


def test_name_that_is_the_boundary_of_the_parts_is_not_filled():
    sketch = filling.Sketch("offer", common())
    assert sketch.fill(personal(f"--{sketch.boundary}"), NOW) is None


def test_address_beyond_ascii_is_left_to_the_builder():
    assert filling.Sketch("offer", common()).fill(personal("Ana", to="ana@bücher.example"), NOW) is None


def test_no_mark_is_left_in_a_mail(monkeypatch):
    stems = []
    make = filling.secrets.token_hex
    monkeypatch.setattr(filling.secrets, "token_hex", lambda size: stems.append(make(size)) or stems[-1])
    filled, _ordinary = both("offer", common(words=WORDS), personal("Ana"))
    assert stems
    assert not any(stem[:6].encode() in filled for stem in stems)
    assert b"hole" not in filled


HOSTILE = [
    "name|upper",
    "name|truncatechars:12",
    "name|urlencode",
    "name|slugify",
    "name|title",
    "name|length",
    "name|safe",
]


@pytest.mark.parametrize("shown", HOSTILE)
def test_template_that_does_something_to_a_name_is_not_filled(shown, tmp_path, settings, caplog):
    (tmp_path / "emails").mkdir()
    for form in ("subject.txt", "txt", "html"):
        (tmp_path / "emails" / f"odd.{form}").write_text(f"For {{{{ {shown} }}}} and {{{{ name }}}}")
    settings.TEMPLATES = [{**given.TEMPLATES[0], "DIRS": [tmp_path, *given.TEMPLATES[0]["DIRS"]]}]
    told = common()
    key = filling.key_of("odd", told)

    assert filling.fill(key, "odd", told, personal("Ana María"), NOW) is None
    assert filling.known(key)
    assert "mail_not_filled" in caplog.text


def test_what_differs_beside_the_person_makes_another_sketch():
    first = filling.key_of("offer", common())
    assert first == filling.key_of("offer", common())
    others = [common(achievement="Else"), common(words=WORDS), common(said={"n": 1}), common(logo_url="x")]
    keys = {first, filling.key_of("revoked", common()), *(filling.key_of("offer", told) for told in others)}
    assert len(keys) == 6


def test_mail_that_differs_stops_the_filling_of_its_batch(monkeypatch, caplog):
    monkeypatch.setattr(filling, "SAMPLE", 3)
    told = common()
    key = filling.key_of("offer", told)
    assert filling.fill(key, "offer", told, personal("Ana"), NOW)
    sketch = filling._sketches[key]
    sketch.parts[0] = sketch.parts[0].replace(b"multipart", b"multifart")

    made = [filling.fill(key, "offer", told, personal("Ana"), NOW) is not None for _ in range(5)]
    # The second and the third are not looked at; the fourth is, and nothing after it is filled.
    assert made == [True, True, False, False, False]
    assert caplog.text.count("mail_filled_wrongly") == 1
    assert "Ana" not in re.sub("Northmoor.*", "", caplog.text)


def test_few_sketches_are_kept():
    for number in range(filling.KEPT + 3):
        told = common(achievement=f"Number {number}")
        filling._sketches[filling.key_of("offer", told)] = None
    told = common()
    filling.fill(filling.key_of("offer", told), "offer", told, personal("Ana"), NOW)
    assert len(filling._sketches) <= filling.KEPT + 3
