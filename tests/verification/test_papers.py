"""PDFs at the desk: the credential attached to one, and whether what is printed is what was signed."""

import io
import json
import zlib
from functools import cache

import pikepdf
import pytest

from issuers import cleaning
from issuers.tenancy import scope
from recipients import correcting, printing
from tests.factories import IssuerFactory
from tests.published import claimed, person, publish, reread
from tests.verification.public import update
from tests.verification.samples import printed_as
from tests.verification.test_desk import HERMIT, findings, green, results
from verification import desk
from verification.foreign import comparing, papers
from verification.sandbox import client
from verification.sandbox.client import NotExamined

AMAL, ANNA = "Amal bint Khalid Al-Mansoori", "Anna Smith"


def saved(document, **options):
    buffer = io.BytesIO()
    document.save(buffer, **options)
    return buffer.getvalue()


def edited(pdf, change, **options):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        return saved(document, **options)


def carrying(text, name="credential.json"):
    """A change: this attachment in place of those that are there."""

    def change(document):
        for old in list(document.attachments):
            del document.attachments[old]
        if text is not None:
            document.attachments[name] = pikepdf.AttachedFileSpec(document, text.encode(), filename=name)

    return change


def drawn_over(content):
    """A change: this drawn on top of the first page."""

    def change(document):
        document.pages[0].contents_add(b"q\n", prepend=True)
        document.pages[0].contents_add(f"\nQ q {content} Q\n".encode())

    return change


def paper(outcome):
    return next(check for check in outcome.report.checks if check.key == "paper")


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


@pytest.fixture
def credential(version):
    return claimed(version, person(AMAL))


@pytest.fixture
def pdf(credential):
    return printing.fetch(credential.pdf)


def test_certificate_as_issued_passes_everything(credential, pdf):
    outcome = desk.examine(pdf, guard=HERMIT)

    assert outcome.envelope == "pdf" and green(outcome), findings(outcome)
    assert results(outcome)["paper"] == "passed"


def test_certificate_that_was_saved_again_still_says_the_same(pdf):
    again = edited(pdf, lambda document: None, linearize=True)
    assert again != pdf

    outcome = desk.examine(again, guard=HERMIT)

    assert green(outcome) and paper(outcome).facts["look"] == "same"
    assert {"issued": AMAL, "printed": AMAL, "altered": False} in paper(outcome).facts["lines"]


@pytest.mark.parametrize(
    ("issued", "put"),
    [
        (AMAL, ANNA),
        ("أمل بنت خالد", "آنا سميث"),
        ("李小龍", "李小明"),
        ("अमल शर्मा", "Anna"),
        ("שרה כהן", "שרה לוי"),
        ("Zoë Ødegård", "Zoe Odegard"),
    ],
)
def test_edited_name_is_caught_and_shown_beside_the_signed_one(version, issued, put):
    credential = claimed(version, person(issued, "one@example.org"), key="one")

    outcome = desk.examine(printed_as(credential, put), guard=HERMIT)

    assert results(outcome)["paper"] == "failed" and findings(outcome)["paper"] == "paper_altered"
    assert results(outcome)["signature"] == "passed"
    lines = paper(outcome).facts["lines"]
    altered = [line for line in lines if line["altered"]]
    assert any(line["issued"] == issued for line in altered), altered
    assert not put.isascii() or any(line["printed"] == put for line in altered), altered
    assert "Community Mentor" in [line["issued"] for line in lines if not line["altered"]]


@pytest.mark.parametrize(
    "cover",
    [
        "1 1 1 rg 150 360 540 50 re f",  # paint over the name
        "0 0 0 rg 400 385 60 3 re f",  # a stroke through it
        "0.9 g 20 20 80 80 re f",  # a seal in the corner
    ],
)
def test_shape_over_the_words_is_seen(pdf, cover):
    outcome = desk.examine(edited(pdf, drawn_over(cover)), guard=HERMIT)

    assert findings(outcome)["paper"] == "paper_covered" and results(outcome)["paper"] == "failed"
    places = paper(outcome).facts["regions"]
    assert places and all(0 <= side <= 1.01 for place in places for side in place["box"])
    if "360" in cover or "385" in cover:
        assert any(place["near"] == AMAL for place in places), places


def _stamped(document):
    """A note laid over the page, as PDF readers offer to add."""
    look = pikepdf.Stream(document, b"1 1 1 rg 0 0 540 50 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    look.BBox = pikepdf.Array([0, 0, 540, 50])
    stamp = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[150, 360, 690, 410], F=4, AP={"/N": look}
    )
    document.pages[0].obj["/Annots"] = pikepdf.Array([document.make_indirect(stamp)])


def test_note_over_the_name_is_seen(pdf):
    outcome = desk.examine(edited(pdf, _stamped), guard=HERMIT)

    assert results(outcome)["paper"] == "failed", findings(outcome)


def test_words_that_were_added_are_shown(pdf):
    def change(document):
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        document.pages[0].add_resource(font, pikepdf.Name.Font, pikepdf.Name.Added)
        drawn_over("BT /Added 14 Tf 360 150 Td (with distinction) Tj ET")(document)

    outcome = desk.examine(edited(pdf, change), guard=HERMIT)

    assert findings(outcome)["paper"] == "paper_altered"
    assert {"issued": "", "printed": "with distinction", "altered": True} in paper(outcome).facts["lines"]


def test_second_page_is_seen(pdf):
    outcome = desk.examine(edited(pdf, lambda document: document.add_blank_page()), guard=HERMIT)

    assert results(outcome)["paper"] == "failed" and paper(outcome).facts["regions"][0]["page"] == 2


def test_paper_that_was_made_anew_is_never_green(pdf):
    """Printed to PDF again: the same words, another size of the page. Its look cannot be compared."""

    def smaller(document):
        page = document.pages[0]
        page.contents_add(b"q 0.9 0 0 0.9 30 30 cm\n", prepend=True)
        page.contents_add(b"\nQ")

    outcome = desk.examine(edited(pdf, smaller), guard=HERMIT)

    assert findings(outcome)["paper"] in {"paper_made_anew", "paper_covered"} and not green(outcome)


def test_paper_without_its_credential_is_compared_by_the_address_printed_on_it(credential, pdf):
    outcome = desk.examine(edited(pdf, carrying(None)), guard=HERMIT)

    found = results(outcome)
    assert findings(outcome)["form"] == "pdf_detached"
    assert found.pop("paper") == "passed" and set(found.values()) == {"unknown"}
    assert paper(outcome).facts["url"] == credential.url


def test_edited_paper_without_its_credential_is_caught(credential):
    outcome = desk.examine(edited(printed_as(credential, ANNA), carrying(None)), guard=HERMIT)

    assert results(outcome)["paper"] == "failed"
    assert {"issued": AMAL, "printed": ANNA, "altered": True} in paper(outcome).facts["lines"]


def test_private_credential_is_not_shown_to_who_only_names_it(credential, pdf):
    update(credential, visibility="private")

    outcome = desk.examine(edited(pdf, carrying(None)), guard=HERMIT)

    assert findings(outcome)["form"] == "pdf_empty" and "paper" not in findings(outcome)
    assert AMAL not in str(outcome.as_json())
    assert results(desk.examine(pdf, guard=HERMIT))["paper"] == "passed"  # whoever has the signed text has the words


def test_paper_of_a_replaced_revision_is_not_compared_with_the_new_one(credential, pdf):
    with scope(credential.issuer):
        correcting.correct(
            credential, name=ANNA, address=cleaning.address("amal@example.org"), by=None, reason="misspelt"
        )
    assert reread(credential).revision == 2

    outcome = desk.examine(pdf, guard=HERMIT)

    assert results(outcome)["status"] == "failed" and findings(outcome)["paper"] == "paper_values"
    assert ANNA not in str(paper(outcome).facts)


def test_altered_credential_vouches_for_no_paper(credential, pdf):
    document = json.loads(credential.signed)
    document["credentialSubject"]["identifier"][1]["identityHash"] = ANNA

    outcome = desk.examine(edited(pdf, carrying(json.dumps(document))), guard=HERMIT)

    assert results(outcome)["signature"] == "failed" and findings(outcome)["paper"] == "paper_unproved"


# What strangers hand in (SECURITY §4 P). Each gets a clear refusal, none takes longer than its child may.


@cache
def small():
    """A certificate of nobody's, with a credential attached."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(400, 300))
        carrying('{"id": 1}')(document)
        return saved(document)


def acting(**keys):
    return lambda document: document.Root.update({f"/{name}": value for name, value in keys.items()})


def action(kind, **more):
    return pikepdf.Dictionary(
        {"/Type": pikepdf.Name.Action, "/S": pikepdf.Name(f"/{kind}"), **{f"/{k}": v for k, v in more.items()}}
    )


def on_page(key, value):
    return lambda document: document.pages[0].obj.__setitem__(key, value)


def linked(action):
    return lambda document: document.pages[0].obj.__setitem__(
        "/Annots",
        pikepdf.Array(
            [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)]
        ),
    )


def streamed(data, **keys):
    """A change: a stream with these raw bytes, reachable from the page."""

    def change(document):
        made = pikepdf.Stream(document, b"")
        made.write(data, filter=pikepdf.Name.FlateDecode) if "Filter" not in keys else made.write(data)
        for name, value in keys.items():
            made.stream_dict[f"/{name}"] = value
        document.pages[0].obj["/Extra"] = document.make_indirect(made)

    return change


def _many_pages(document):
    page = document.pages[0]
    for _ in range(10_000):
        document.pages.append(page)


def _circular(pdf):
    return edited(pdf, lambda document: document.Root.Pages.Kids.append(document.Root.Pages))


def _bomb(document):
    streamed(zlib.compress(b"0" * 150_000_000, 9))(document)


def attach(document, name):
    document.attachments[name] = pikepdf.AttachedFileSpec(document, b'{"id": 2}', filename=name)


def pinned(document):
    """A file that no list names and only a mark on the page holds."""
    spec = pikepdf.AttachedFileSpec(document, b'{"id": 2}', filename="credential.json")
    box = pikepdf.Array([0, 0, 20, 20])
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=box, FS=spec.obj)
    document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])


def changed(change, **options):
    return lambda: edited(small(), change, **options)


HANDED_IN = {
    "P1 script on opening": (changed(acting(OpenAction=action("JavaScript", JS="app.alert(1)"))), "pdf_active"),
    "P1 script by name": (changed(acting(Names=pikepdf.Dictionary({"/JavaScript": pikepdf.Dictionary()}))), "pdf_active"),
    "P2 launch": (changed(linked(action("Launch", F="cmd.exe"))), "pdf_active"),
    "P3 program inside": (changed(carrying("MZ", name="setup.exe")), "pdf_active"),
    "P4 action of a page": (changed(on_page("/AA", pikepdf.Dictionary({"/O": action("JavaScript", JS="1")}))), "pdf_active"),
    "P5 XFA": (changed(acting(AcroForm=pikepdf.Dictionary({"/XFA": "x", "/Fields": pikepdf.Array()}))), "pdf_active"),
    "form": (changed(acting(AcroForm=pikepdf.Dictionary({"/Fields": pikepdf.Array()}))), "pdf_active"),
    "layers": (changed(acting(OCProperties=pikepdf.Dictionary())), "pdf_active"),
    "P6 encrypted": (changed(lambda d: None, encryption=pikepdf.Encryption(owner="o", user="u")), "pdf_encrypted"),
    "P6 encrypted without a password": (changed(lambda d: None, encryption=pikepdf.Encryption(owner="o", user="")), "pdf_encrypted"),
    "P7 10,000 pages": (changed(_many_pages), "pdf_too_long"),
    "P8 bomb": (changed(_bomb), "pdf_too_dense"),
    "P9 circular pages": (lambda: _circular(small()), "pdf_damaged"),
    "P10 entities": (changed(streamed(zlib.compress(b'<!DOCTYPE x [<!ENTITY a "b">]>'), Type=pikepdf.Name.Metadata, Filter=pikepdf.Name.FlateDecode)), "pdf_active"),
    "P11 truncated": (lambda: small()[: len(small()) // 2], "pdf_damaged"),
    "P11 nothing after its start": (lambda: b"%PDF-1.7\n", "pdf_damaged"),
    "P12 HTML": (lambda: b"<!DOCTYPE html><title>certificate.pdf</title>", "pdf_none"),
    "P13 start at 900": (lambda: b" " * 900 + small(), "pdf_none"),
    "P14 JBIG2": (changed(streamed(b"x", Filter=pikepdf.Name.JBIG2Decode)), "pdf_active"),
    "P15 script in a link": (changed(linked(action("URI", URI="javascript:alert(1)"))), "pdf_active"),
    "two credentials": (changed(lambda d: attach(d, "other.json")), "pdf_twice"),
    "a thousand": (changed(lambda d: [attach(d, f"{n}.json") for n in range(1000)]), "pdf_twice"),
    "one more, pinned to a page": (changed(pinned), "pdf_twice"),
    "nothing attached": (changed(carrying(None)), "pdf_empty"),
    "no text attached": (changed(lambda d: d.attachments.__setitem__("credential.json", pikepdf.AttachedFileSpec(d, b"\xff\xfe", filename="credential.json"))), "pdf_damaged"),
    "attachment bomb": (changed(carrying("0" * 3_000_000)), "pdf_too_dense"),
    "picture bomb": (changed(streamed(b"x", Filter=pikepdf.Name.DCTDecode, Width=60_000, Height=60_000)), "pdf_too_dense"),
}  # fmt: skip


@pytest.mark.parametrize("name", HANDED_IN)
def test_every_bad_pdf_gets_its_reason(name):
    make, code = HANDED_IN[name]
    pdf = make()

    with pytest.raises(papers.NotReadable) as caught:
        papers.attached(pdf)
    assert caught.value.code == code
    try:
        assert client.attached(pdf) == ("", code)
    except NotExamined as error:  # the child's own limits may come first
        assert error.code in {"too_slow", "too_big"} and "bomb" in name


def test_small_certificate_is_read():
    assert papers.attached(small()) == client.attached(small())[0] == '{"id": 1}'


def test_refusal_at_the_desk_has_its_words():
    for name in ("P1 script on opening", "P6 encrypted", "P11 truncated", "P7 10,000 pages"):
        outcome = desk.examine(HANDED_IN[name][0](), guard=HERMIT)

        assert results(outcome)["form"] == "failed" and findings(outcome)["form"] == HANDED_IN[name][1]


def test_comparison_with_itself_finds_nothing():
    found = comparing.compare(small(), small(), [])

    assert found == {"lines": [], "look": "same", "regions": []}
