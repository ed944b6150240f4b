"""The verification desk in a browser, as a recruiter meets it: each kind of file, a list of 200, paper, keys, no scripts."""

import json
import ssl
import urllib.request

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from issuers import clock
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import claimed, intend, people, person, publish
from tests.sink import certificate, loopback, pages, serving, sink
from tests.verification import samples
from tests.verification.public import UNKNOWN, update
from verification import desk, receipts
from verification.models import VerificationItem
from verification.picking import read_list

pytestmark = [COMMITTED, pytest.mark.browser]
NAME = "Ada Lovelace"


@pytest.fixture
def credential(site):
    version = publish(IssuerFactory(name="Northmoor University", slug="northmoor"))
    return claimed(version, person(NAME, "ada@example.org"))


@pytest.fixture
def recruiter(visitor, site):
    """A page of a browser that knows nobody, and whatever its console said."""
    page = visitor(viewport={"width": 1280, "height": 900})
    page.said = []
    page.on("console", lambda line: page.said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    # The browser reports the status of an error page in its console: that is the page's own answer.
    assert [line for line in page.said if "Failed to load resource" not in line] == []


def of(credential, suffix):
    with urllib.request.urlopen(f"{credential.url}.{suffix}", timeout=20) as answer:
        return answer.read()


def hand_in(page, site, *, name="", content=b"", text="", address=""):
    cache.clear()  # sixty a minute are for people
    page.goto(f"{site}/verify/")
    if content:
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    if text:
        page.get_by_label("Or paste a link").fill(text)
    if address:
        page.get_by_label("Email address of the person").fill(address)
    page.get_by_role("button", name="Check it").click()
    page.wait_for_load_state("load")


def verdict(page):
    return page.locator(".standing b").inner_text()


def work():
    """As workers and the sweep do; on a busy machine a link may take a second try."""
    while VerificationItem.objects.filter(finished_at=None).update(lease_until=None):
        receipts.check_chunk()


def test_every_kind_of_file_gets_its_verdict(site, credential, recruiter):
    signed = credential.signed
    handed = {
        "credential.json": (signed.encode(), "Valid"),
        "credential.jwt": (of(credential, "jwt"), "Valid"),
        "badge.png": (of(credential, "png"), "Valid"),
        "badge.svg": (of(credential, "svg"), "Valid"),
        "certificate.pdf": (of(credential, "pdf"), "Valid"),
        "changed.json": (samples.changed(signed, name="Doctorate").encode(), "This was changed after it was issued"),
        "added.json": (samples.with_a_word_more(signed).encode(), "It says things that nobody signed"),
        "stranger.json": (samples.by_a_stranger().encode(), "The signature fits, but we do not know this issuer"),
        "empty.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "No credential inside"),
    }

    found = {}
    for name, (content, _expected) in handed.items():
        hand_in(recruiter, site, name=name, content=content)
        found[name] = verdict(recruiter)

    assert found == {name: expected for name, (_content, expected) in handed.items()}
    # All of them dropped at once are one table.
    cache.clear()
    recruiter.goto(f"{site}/verify/")
    chosen = [{"name": name, "mimeType": "", "buffer": content} for name, (content, _expected) in handed.items()]
    recruiter.locator("input[type=file]").set_input_files(chosen)
    expect(recruiter.locator("[data-drop-name]")).to_contain_text("9 files,")
    recruiter.get_by_role("button", name="Check it").click()
    expect(recruiter.get_by_role("heading", level=1)).to_have_text("9 checked, 4 to look at")
    expect(recruiter.get_by_role("row", name="changed.json")).to_contain_text("Not valid")
    expect(recruiter.get_by_role("row", name="certificate.pdf")).to_contain_text("Valid")


def test_stranger_who_calls_himself_harvard_is_not_green(site, recruiter):
    hand_in(recruiter, site, name="harvard.json", content=samples.by_a_stranger("Ηarvard").encode())

    expect(recruiter.locator(".standing-unknown_issuer")).to_be_visible()
    side = recruiter.get_by_role("complementary")
    expect(side).to_contain_text("That is the name it gives itself.")
    expect(side).to_contain_text("None: a key by itself, that anybody can make")
    expect(side).to_contain_text("letters that look like others (Greek, Latin)")
    expect(recruiter.locator("main")).to_contain_text("Somebody who signs as Ηarvard recognises")


def test_paper_whose_name_was_edited_is_caught_and_the_field_is_shown(site, credential, recruiter):
    hand_in(recruiter, site, name="ada.pdf", content=samples.printed_as(credential, "Eve Impostor"))

    assert verdict(recruiter) == "This paper was changed after it was issued"
    table = recruiter.get_by_role("region", name="On this paper")
    name = table.locator("tr.altered", has_text="Name")
    expect(name.locator("ins")).to_have_text(NAME)
    expect(name.locator("del")).to_have_text("Eve Impostor")
    assert table.locator("tr.altered").count() == 1
    expect(recruiter.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(recruiter.get_by_role("link", name="Open what was issued")).to_have_attribute("href", credential.url)


def test_revoked_and_private_ones_in_hand(site, credential, recruiter):
    update(credential, revoked_at=clock.now())
    hand_in(recruiter, site, text=credential.signed)
    assert verdict(recruiter) == "Revoked"

    update(credential, visibility="private")
    hand_in(recruiter, site, text=credential.public_id)
    expect(recruiter.get_by_role("heading", level=1)).to_have_text("There is nothing to show at this address")


def test_address_of_the_person_is_compared(site, credential, recruiter):
    hand_in(recruiter, site, text=credential.url, address="ada@example.org")
    assert verdict(recruiter) == "Valid"

    hand_in(recruiter, site, text=credential.url, address="eve@example.org")
    assert verdict(recruiter) == "Issued to another address"


@pytest.fixture
def old_site(monkeypatch, tmp_path):
    """A site that hosts an Open Badge 2.0, and a guard that may go there and nowhere else."""
    file = certificate(tmp_path, "old.example.org")
    found = {}
    with sink(pages(found), tls=serving(file)) as made:
        host = f"https://old.example.org:{made.port}"
        found |= {path: json.dumps(body).encode() for path, body in samples.assertion_2(host).items()}
        trusting = ssl.create_default_context(cafile=str(file))
        for stage in (desk.look_up, desk.examine):
            monkeypatch.setitem(stage.__kwdefaults__, "guard", loopback(made, tls=trusting))
        yield host


def test_older_badge_is_read_from_the_site_that_hosts_it(site, recruiter, old_site):
    hand_in(recruiter, site, text=f"{old_site}/assertion/1")

    expect(recruiter.get_by_role("complementary")).to_contain_text("old.example.org")
    expect(recruiter.locator(".standing-unknown_issuer")).to_be_visible()
    expect(recruiter.locator("main")).to_contain_text("Old Mentor")


# Many at once


def test_200_links_become_one_table_while_one_looks(site, credential, recruiter):
    version = credential.version
    intend(version, *people(3), key="more")
    links = [credential.url, UNKNOWN, *(f"http://127.0.0.1/c/{n}" for n in range(198))]
    hand_in(recruiter, site, text="\n".join([*links, credential.public_id]))

    expect(recruiter.get_by_role("heading", level=1)).to_have_text("Checking your list")
    expect(recruiter.get_by_text("0 of 200 checked")).to_be_visible()
    receipts.check_chunk()
    expect(recruiter.get_by_text("20 of 200 checked")).to_be_visible(timeout=10_000)
    work()

    expect(recruiter.get_by_role("heading", level=1)).to_have_text("200 checked, 199 to look at", timeout=10_000)
    expect(recruiter.locator(".lede")).to_contain_text("As of")
    expect(recruiter.locator(".lede")).to_contain_text("One line named the same again")
    rows = recruiter.locator(".receipt-table tbody tr")
    assert rows.count() == 200
    expect(rows.last).to_contain_text(NAME)
    address = recruiter.url
    recruiter.get_by_role("link", name="Valid 1").click()
    expect(recruiter.locator(".receipt-table tbody tr")).to_have_count(1)
    recruiter.goto(address)
    recruiter.get_by_role("button", name="Check again").click()
    expect(recruiter.get_by_text("0 of 200 checked")).to_be_visible()
    assert recruiter.url != address


def test_receipt_prints_as_one_table_with_its_address(site, credential, recruiter, tmp_path):
    receipt = receipts.open_receipt(receipts_of(credential.url, UNKNOWN))
    work()
    recruiter.goto(f"{site}/verify/receipts/{receipt.public_id}/")
    recruiter.emulate_media(media="print")

    expect(recruiter.locator(".receipt-table")).to_be_visible()
    expect(recruiter.locator(".receipt-end .qr")).to_be_visible()
    expect(recruiter.locator(".receipt-end .mono")).to_contain_text(f"/verify/receipts/{receipt.public_id}/")
    for gone in ("nav", "button", ".tabs", "details"):
        assert recruiter.locator(gone).locator("visible=true").count() == 0, gone
    assert recruiter.pdf(path=tmp_path / "receipt.pdf")


def receipts_of(*lines):
    return read_list("\n".join(lines))


# Other ways to use it


def test_desk_works_by_keyboard(site, credential, recruiter):
    recruiter.goto(f"{site}/verify/")
    field = recruiter.get_by_label("Or paste a link")
    for _step in range(20):
        recruiter.keyboard.press("Tab")
        if recruiter.evaluate("document.activeElement.type") == "file":
            outline = recruiter.locator(".drop").evaluate("box => getComputedStyle(box).outlineStyle")
            assert outline == "solid"
        if field.evaluate("one => one === document.activeElement"):
            break
    recruiter.keyboard.insert_text(credential.signed)
    recruiter.keyboard.press("Tab")
    recruiter.keyboard.press("Tab")
    recruiter.keyboard.press("Enter")
    recruiter.wait_for_load_state("load")

    assert verdict(recruiter) == "Valid"


def test_what_is_pasted_anywhere_on_the_page_is_taken(site, credential, recruiter):
    recruiter.goto(f"{site}/verify/")
    paste = """([kind, value]) => {
        const data = new DataTransfer();
        if (kind === "text") data.setData("text/plain", value);
        else data.items.add(new File([Uint8Array.from(value)], "badge.png", { type: "image/png" }));
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }"""
    recruiter.evaluate(paste, ["text", credential.public_id])
    assert recruiter.get_by_label("Or paste a link").input_value() == credential.public_id
    assert recruiter.evaluate("document.activeElement.id") == "id_q"

    recruiter.goto(f"{site}/verify/")
    recruiter.evaluate(paste, ["file", list(of(credential, "png"))])
    expect(recruiter.locator("[data-drop-name]")).to_contain_text("badge.png")
    recruiter.get_by_role("button", name="Check it").click()
    recruiter.wait_for_load_state("load")
    assert verdict(recruiter) == "Valid"


def test_desk_works_without_scripts(site, credential, visitor):
    page = visitor(java_script_enabled=False)
    hand_in(page, site, name="credential.json", content=credential.signed.encode())
    assert verdict(page) == "Valid"

    hand_in(page, site, text=f"{credential.url}\n{UNKNOWN}")
    expect(page.get_by_text("0 of 2 checked")).to_be_visible()
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 checked, one to look at")


def test_desk_is_accessible_and_fits(site, credential, visitor):
    page = visitor()
    receipt = receipts.open_receipt(receipts_of(credential.url, UNKNOWN, "https://lab.example/" + "long" * 60))
    visits = {
        "form": lambda: page.goto(f"{site}/verify/"),
        "fault": lambda: hand_in(page, site, text="nothing"),
        "valid": lambda: hand_in(page, site, text=credential.signed),
        "changed": lambda: hand_in(page, site, text=samples.changed(credential.signed, name="x" * 300)),
        "stranger": lambda: hand_in(page, site, text=samples.by_a_stranger("Ηarvard")),
        "paper": lambda: hand_in(page, site, name="ada.pdf", content=samples.printed_as(credential, "Eve")),
        "progress": lambda: page.goto(f"{site}/verify/receipts/{receipt.public_id}/"),
    }

    wrong = []
    for name, visit in visits.items():
        visit()
        wrong += [f"{name}: {fault}" for fault in barriers_in(page)]
    work()
    page.reload()
    wrong += [f"receipt: {fault}" for fault in barriers_in(page)]

    assert wrong == []
