"""A spliced certificate is the page that WeasyPrint draws: to the pixel, to the word, and with nothing of anybody else in it."""

import hashlib
import io
import itertools
import os
import subprocess
import sys
import zlib

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from badges.rendering import certificate, pdf
from badges.rendering.splicing import comparing
from badges.rendering.splicing.designs import SHELF, Design
from badges.rendering.splicing.refusing import CannotSplice
from tests.badges.rendering.papers import ADDRESS, MARKS, PLAIN, layout, values

FULL = os.environ.get("LAUREL_FAULTS") == "full"
PICTURES = {"badge": PLAIN, "badge-small": PLAIN}
SIGNED = '{"a":"credential","proof":{"created":"2026-11-03T10:00:00Z"}}'
NAMES = {
    "Latin": "Anna Lindqvist",
    "Latin with marks": "Łukasz Żółć-Ørsted",
    "ligatures": "Wolff O’Grifflin",
    "Vietnamese": "Nguyễn Thị Thuỳ Dương",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Анна Щербакова",
    "Arabic": "أمل بنت خالد المنصوري",
    "Hebrew": "משה כהן",
    "Devanagari": "प्रिया शर्मा",
    "Thai": "สมชาย ใจดี",
    "Japanese": "坂本 さくら",
    "Chinese": "王小明",
    "Korean": "김민준",
    "long": "Maria-Magdalena Anastasia Konstantinopolska-Wolfeschlegel von Hohenlohe",
}


def design(starter="classic", *paper, pictures=PICTURES, **how):
    return Design(layout(starter, *paper, **how), lambda: pictures)


def both(made, told):
    """The spliced file, and WeasyPrint's."""
    return made.splice(told, SIGNED).whole, pdf.render(
        made.layout, told, credential_json=SIGNED, pictures=made.pictures
    )


def extracted(data):
    """What pdftotext gives; and it has nothing to complain of."""
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    # What pdftotext puts around words that run to the left.
    return done.stdout.decode().translate({0x202B: None, 0x202C: None})


@pytest.fixture(scope="module")
def classic():
    return design()


@pytest.mark.parametrize("script", NAMES)
def test_name_is_printed_as_weasyprint_prints_it_and_read_back_from_both(classic, script):
    spliced, reference = both(classic, values(NAMES[script]))

    assert comparing.difference(spliced, reference) == ""
    assert extracted(spliced) == extracted(reference)
    assert NAMES[script].replace("-", "") in " ".join(extracted(spliced).replace("-", "").split())


# Starter, size, orientation and locale; the whole product is long.
ALL = list(itertools.product(certificate.IDS, certificate.SIZES, certificate.ORIENTATIONS, ("en", "ar")))
SOME = [case for case in ALL if FULL or hashlib.md5("".join(case).encode()).digest()[0] < 40]


@pytest.mark.parametrize(("starter", "size", "orientation", "locale"), SOME)
def test_every_starter_is_printed_as_weasyprint_prints_it_or_left_to_it(starter, size, orientation, locale):
    made = design(starter, size, orientation, locale=locale)
    for name in (NAMES["Latin with marks"], NAMES["Arabic"], NAMES["long"]) if FULL else (NAMES["long"],):
        try:
            spliced, reference = both(made, values(name))
        except CannotSplice:
            continue
        assert comparing.difference(spliced, reference) == ""


def test_sample_of_starters_is_not_all_left_to_weasyprint():
    for starter in certificate.IDS:
        design(starter).splice(values(), SIGNED)


@pytest.mark.parametrize(
    "name",
    ["Anna 🎓", "Anna أمل", "אנה Anna", "Anna\u200dLi", "O\u00adBrien"],
    ids=["emoji", "Arabic in Latin", "Latin in Hebrew", "joiner", "soft hyphen"],
)
def test_what_is_not_certain_is_left_to_weasyprint(classic, name):
    with pytest.raises(CannotSplice):
        classic.splice(values(name), SIGNED)


@pytest.mark.parametrize("name", ["\ue000nna", "\u0e00"])
def test_letter_that_no_font_has_is_refused_as_ever(classic, name):
    with pytest.raises(certificate.MissingGlyph):
        classic.splice(values(name), SIGNED)


def turned(told, element, **changed):
    copy = {**told, "elements": [{**each, **(changed if each["id"] == element else {})} for each in told["elements"]]}
    return Design(copy, lambda: PICTURES)


@pytest.mark.parametrize(
    ("element", "changed"),
    [
        ("name", {"rotate": 12}),
        ("badge", {"alt": "Badge of {{recipient.name}}"}),
        ("seal", {"text": "{{recipient.name}} · "}),
        ("sign1", {"title": "for {{ recipient.name }}"}),
    ],
)
def test_design_that_says_who_it_is_elsewhere_is_left_to_weasyprint_and_still_checked(element, changed):
    made = turned(layout("classic"), element, **changed)

    with pytest.raises(CannotSplice, match=element):
        made.splice(values(), SIGNED)
    made.check(values())
    with pytest.raises(certificate.DoesNotFit):
        made.check(values("W" * 400))


def test_turned_code_and_turned_words_of_the_design_are_spliced():
    made = turned(layout("classic"), "qr", rotate=8)
    spliced, reference = both(turned(made.layout, "lead", rotate=3), values())

    assert comparing.difference(spliced, reference) == ""


def grown(data):
    """Every byte of a file as a reader gets to see it: streams unpacked, strings decoded."""
    seen = [data]
    with pikepdf.open(io.BytesIO(data)) as document:
        for each in document.objects:
            seen.append(each.unparse(resolved=True) if not isinstance(each, pikepdf.Stream) else each.read_bytes())
            if isinstance(each, pikepdf.Stream):
                seen.append(pikepdf.Dictionary(dict(each.items())).unparse())
    return b"\n".join(seen)


def forms(word):
    utf16 = word.encode("utf-16-be")
    return (word.encode(), utf16, utf16.hex().encode(), utf16.hex().upper().encode())


@pytest.mark.parametrize("starter", ["transcript", "course", "classic"])
def test_nothing_of_one_person_is_in_the_file_of_another(starter):
    first = values(
        "Zoë Quixotic",
        awarded="31 January 2019",
        expires="30 December 2044",
        grade="Cum laude",
        license_number="LIC-99817",
        role="Helmsman",
        term="Hilary 1999",
        credits="8731.25",
        credential_url="https://laurel.example/c/ZZZZfirstZZZZ",
        public_id="ZZZZfirstZZZZ",
        results=(("Falconry", "Outstanding"), ("Heraldry", "Passing"), ("Archery", "ZenithNine")),
    )
    secret = ("Zoë", "Quixotic", "31 January", "30 December", "Cum laude", "LIC-99817", "Helmsman", "Hilary", "8731.25")
    secret += (
        "ZZZZfirstZZZZ",
        "Falconry",
        "Outstanding",
        "Heraldry",
        "Passing",
        "Archery",
        "ZenithNine",
        "attached-first",
    )
    SHELF.clear()
    made = design(starter)
    own = made.splice(first, '{"attached-first":1}')  # compiles the page that the second is printed from

    second = made.splice(values("Ben Okafor", results=(("a", "b"), ("c", "d"), ("e", "f"))), SIGNED)

    assert any(form in grown(own.whole) for form in forms("Quixotic"))
    assert second.template is own.template
    everything = grown(second.whole)
    assert [word for word in secret if any(form in everything for form in forms(word))] == []


def test_same_page_and_credential_give_the_same_bytes_in_any_process():
    program = (
        "import hashlib, sys; sys.path.insert(0, '.')\n"
        "from tests.badges.rendering import papers, test_splicing as t\n"
        "made = t.design('course')\n"
        "for name in sys.argv[1:]: last = made.splice(papers.values(name), t.SIGNED)\n"
        "print(last.digest, hashlib.sha256(last.whole).hexdigest())"
    )
    names = (("Ben Okafor",), ("محمد علي", "Wolff", "Ben Okafor"))
    found = {
        subprocess.run([sys.executable, "-c", program, *each], capture_output=True, check=True, text=True).stdout
        for each in names
    }

    (same,) = found
    assert same.split()[0] == same.split()[1]
    assert same.split()[0] == design("course").splice(values("Ben Okafor"), SIGNED).digest


def test_file_is_one_revision_of_a_tagged_archive_with_the_credential_inside(classic):
    spliced = classic.splice(values(NAMES["Arabic"]), SIGNED).whole

    assert spliced.count(b"%%EOF") == 1 and spliced.startswith(b"%PDF-1.7")
    with pikepdf.open(io.BytesIO(spliced)) as document:
        assert document.check_pdf_syntax() == []
        metadata = document.open_metadata()
        assert (metadata.pdfa_status, metadata["dc:title"]) == ("3A", str(document.docinfo.Title))
        assert document.Root.MarkInfo.Marked and str(document.Root.Lang) == "en"
        attached = document.attachments["credential.json"].get_file()
        assert (attached.read_bytes().decode(), attached.mime_type) == (SIGNED, "application/vc+ld+json")
        assert str(attached.obj.Params.ModDate) == "D:20261103100000Z"
        assert bytes(attached.obj.Params.CheckSum) == hashlib.md5(SIGNED.encode()).digest()
    for tool in (["pdfinfo", "-"], ["pdftoppm", "-r", "30", "-png", "-", os.devnull]):
        done = subprocess.run(tool, input=spliced, capture_output=True, check=False, timeout=60)
        assert done.stderr in {b"", b"pdftoppm: "} or tool[0] == "pdftoppm" and b"rror" not in done.stderr


def test_every_font_is_embedded_and_no_letter_is_a_box(classic):
    from tests.badges.rendering.papers import boxes_for_missing_letters, fonts_of

    spliced = classic.splice(values(NAMES["Japanese"]), SIGNED).whole

    assert all(fonts_of(spliced).values()) and boxes_for_missing_letters(spliced) == []


def test_code_is_read_back_at_150_dots_an_inch(classic):
    document = pypdfium2.PdfDocument(classic.splice(values(), SIGNED).whole)
    picture = document[0].render(scale=150 / 72).to_pil()
    document.close()

    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS.removeprefix("https://")]


def test_pages_of_many_shapes_come_from_few_templates():
    made, before = design("course"), len(SHELF.kept)
    for name, expires, results in itertools.product(list(NAMES.values())[:4], ("", "1 May 2030"), (MARKS, MARKS[:1])):
        made.splice(values(name, expires=expires, results=results), SIGNED)

    assert len(SHELF.kept) - before == 4


def test_shelf_of_templates_is_bounded(monkeypatch):
    from badges.rendering.splicing import designs

    monkeypatch.setattr(designs, "MOST_KEPT", 300_000)
    for starter in certificate.IDS[:4]:
        design(starter).splice(values(), SIGNED)

    assert designs.SHELF.size <= 300_000


def test_what_does_not_fit_is_told_as_certificate_fits_tells_it(classic):
    for name in ("W" * 300, "\ue000", "Ø Li", NAMES["long"], NAMES["Thai"]):
        outcomes = []
        for ask in (lambda told: certificate.fits(classic.layout, told), classic.check):
            try:
                outcomes.append(ask(values(name)))
            except (certificate.DoesNotFit, certificate.MissingGlyph) as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": "Anna Lindqvisl"}, "not the same title"),
        ({"awarded": "15 June 2026"}, "not the same letters"),
        ({"credential_url": ADDRESS[:-1] + "x"}, "not the same alternatives"),
    ],
)
def test_comparison_sees_one_wrong_letter(classic, changed, why):
    spliced = classic.splice(values("Anna Lindqvist"), SIGNED).whole
    told = values(**{"name": "Anna Lindqvist", **changed})
    reference = pdf.render(classic.layout, told, credential_json=SIGNED, pictures=PICTURES)

    assert comparing.difference(spliced, reference) == why


def test_comparison_sees_another_colour_and_another_place(classic):
    spliced = classic.splice(values(), SIGNED).whole
    moved = turned(classic.layout, "date", box=[60, 134.5, 177, 6])
    inked = turned(classic.layout, "name", style={**_style(classic.layout, "name"), "colour": "accent"})

    for other in (moved, inked):
        reference = pdf.render(other.layout, values(), credential_json=SIGNED, pictures=PICTURES)
        assert comparing.difference(spliced, reference)


def _style(told, element):
    return next(each["style"] for each in told["elements"] if each["id"] == element)


def test_part_of_a_person_is_small():
    made = design("charter")
    tail = made.splice(values(), SIGNED).tail

    assert len(tail) < 10_000
    assert len(zlib.compress(tail)) < 7_000
