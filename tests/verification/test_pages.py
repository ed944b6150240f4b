"""What the public sees at /c/ and /i/: every state as a sentence, every signed field, and nothing where nothing is shown."""

import json
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.formats import date_format

from issuers import clock
from issuers.cleaning import address
from issuers.tenancy import across_issuers, scope
from recipients import correcting, delivering, holding
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, UserFactory
from tests.published import FULL, claimed, issued, person, publish, reread
from tests.verification.public import UNKNOWN, bar, path, text, update
from verification import counting
from verification.models import PublicView

pytestmark = COMMITTED


@pytest.fixture
def credential():
    return claimed(publish(IssuerFactory(name="Northmoor University", description="On the coast.")), FULL)


# States


def test_page_is_green_when_every_check_passes(client, credential):
    answer = client.get(path(credential))
    family, said = bar(answer)
    assert answer.status_code == 200
    assert family == "standing"
    assert said.startswith("Valid All 5 checks passed,")
    words = text(answer)
    for wanted in (
        "Written correctly",
        "Unchanged since it was signed",
        "Signed by Northmoor University",
        "Not revoked",
    ):
        assert f"Passed: {wanted}" in words


def test_page_says_revoked_with_the_reason_when_it_was_taken_back(client, credential):
    with scope(credential.issuer):
        correcting.revoke(reread(credential), reason="Issued to the <wrong> person.", by=None)

    answer = client.get(path(credential))

    family, said = bar(answer)
    assert family == "standing standing-revoked"
    assert said.startswith("Revoked on ")
    assert "Issued to the <wrong> person." in said
    assert "<wrong>" not in answer.content.decode()
    assert "plate-void" in answer.content.decode()
    assert "Failed: Revoked by the issuer" in text(answer)


def test_page_says_suspended_until_reinstated_when_it_is_on_hold(client):
    credential = claimed(publish(IssuerFactory(), status_purpose="suspension"), person())
    with scope(credential.issuer):
        correcting.suspend(reread(credential), reason="Under review.", by=None)
    held = client.get(path(credential))
    with scope(credential.issuer):
        correcting.reinstate(reread(credential), by=None)
    freed = client.get(path(credential))

    assert bar(held)[0] == "standing standing-suspended"
    assert "Under review." in bar(held)[1]
    assert "Failed: Suspended by the issuer" in text(held)
    assert bar(freed)[0] == "standing"
    assert "Under review." not in text(freed)


def test_page_says_expired_and_keeps_the_other_checks_when_its_time_is_over(client, monkeypatch):
    ends = clock.now().date() + timedelta(days=30)
    credential = claimed(publish(IssuerFactory()), person(expires_on=ends))
    later = clock.now() + timedelta(days=60)
    monkeypatch.setattr(clock, "now", lambda: later)

    answer = client.get(path(credential))

    assert bar(answer)[0] == "standing standing-expired"
    assert bar(answer)[1].startswith(f"Expired on {date_format(ends, 'j F Y')} It was genuine and valid until then.")
    assert "Past its date: Past its end date" in text(answer)
    assert "Passed: Unchanged since it was signed" in text(answer)
    assert "Failed:" not in text(answer)


def test_page_says_corrected_and_shows_the_new_name_when_it_was(client, credential):
    with scope(credential.issuer):
        correcting.correct(
            reread(credential), name="Amal Al-Mansoori", address=address("amal@example.org"), by=None, reason="Spelling"
        )
    while delivering.sign_chunk():
        continue

    answer = client.get(path(credential))
    assert "Amal Al-Mansoori" in text(answer)
    assert "Khalid" not in text(answer)
    assert "Corrected" in text(answer)
    assert bar(answer)[0] == "standing"


def test_page_is_not_green_when_a_letter_of_the_signed_text_was_changed(client, credential):
    update(credential, signed=credential.signed.replace("Khalid", "Kaled"))
    answer = client.get(path(credential))
    assert bar(answer)[0] == "standing standing-failed"
    assert "Failed: Changed after it was signed" in text(answer)


# What it shows


def leaves(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in {"@context", "proof"}:
                yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield str(value).lower() if isinstance(value, bool) else str(value)


def test_page_shows_every_signed_field_when_opened(client, credential):
    words = text(client.get(path(credential)))
    signed = list(leaves(json.loads(credential.signed)))
    assert len(signed) > 30
    missing = [value for value in signed if " ".join(value.split()) not in words]
    assert missing == []


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu", "Pacific/Kiritimati"])
def test_page_shows_the_days_of_the_institution_when_the_reader_is_elsewhere(client, zone):
    ends = clock.now().date() + timedelta(days=400)
    earned = person(issued_on=date(2026, 11, 20), expires_on=ends)
    credential = claimed(publish(IssuerFactory(time_zone=zone)), earned)
    words = text(client.get(path(credential)))
    assert "Awarded 20 November 2026" in words
    assert f"Valid until {date_format(ends, 'j F Y')}" in words
    assert f"to {date_format(ends, 'j F Y')}" in words


def test_page_leaves_out_evidence_when_its_holder_hides_it(client, credential):
    assert "https://example.org/poster/1" in client.get(path(credential)).content.decode()
    with across_issuers("a test hides evidence"):
        credential.evidence.update(shown=False)

    page = client.get(path(credential)).content.decode()

    assert "poster" not in page.lower()


def test_page_has_its_preview_for_networks_when_opened(client, credential):
    page = client.get(path(credential)).content.decode()
    assert f'<link rel="canonical" href="{credential.url}">' in page
    assert f'<meta property="og:image" content="{credential.url}/card.png">' in page
    assert 'name="robots"' not in page
    assert client.get(path(credential, "/card.png"))["Content-Type"] == "image/png"


def test_page_escapes_what_a_file_said_when_it_is_markup(client):
    hostile = claimed(publish(IssuerFactory()), person('Eve <script>alert("x")</script>'))
    page = client.get(path(hostile)).content.decode()
    assert '<script>alert("x")' not in page
    assert "&lt;script&gt;" in page


def test_page_is_not_indexed_when_it_is_for_those_with_the_link(client, credential):
    update(credential, visibility="link")
    answer = client.get(path(credential))
    assert answer["X-Robots-Tag"] == "noindex"
    assert bar(answer)[0] == "standing"


def test_looks_are_counted_by_day_and_without_persons_when_strangers_look(client, credential):
    client.get(path(credential))
    client.get(path(credential))
    own = Client()
    own.force_login(credential.holder)
    own.get(path(credential))
    assert counting.write_down() == 2
    with across_issuers("a test looks"):
        assert PublicView.objects.get(credential=credential).count == 2


# Nothing to see


def bare(answer, public_id):
    body = answer.content.decode().replace(public_id, UNKNOWN)
    own = {"Content-Length", "X-Request-ID"}
    heads = {name: value for name, value in answer.headers.items() if name not in own}
    return answer.status_code, heads, re.sub(r'value="[A-Za-z0-9]{64}"', "", body)


PLACES = ("", "/", "/embed/", "/card.png", ".json", ".jwt", ".png", ".pdf", ".svg")


def hide(credential, why):
    if why == "private":
        update(credential, visibility="private")
    elif why == "cancelled":
        update(credential, cancelled_at=clock.now())
    elif why == "erased":
        holding.forget(credential.holder)


@pytest.mark.parametrize("why", ["private", "unclaimed", "cancelled", "erased"])
def test_answer_is_the_one_for_an_unknown_address_when_there_is_nothing_to_show(why):
    version = publish(IssuerFactory())
    credential = issued(version, person()) if why == "unclaimed" else claimed(version, person())
    hide(credential, why)

    for rest in PLACES:
        hidden = bare(Client().get(path(credential, rest)), credential.public_id)
        unknown = bare(Client().get(f"/c/{UNKNOWN}{rest}"), UNKNOWN)
        assert hidden == unknown, rest
        assert hidden[0] == 404


def test_answer_to_machines_is_the_one_for_an_unknown_address_when_private(client, credential):
    update(credential, visibility="private")
    hidden = client.get(path(credential), headers={"accept": "application/vc"})
    unknown = client.get(f"/c/{UNKNOWN}", headers={"accept": "application/vc"})
    assert bare(hidden, credential.public_id) == bare(unknown, UNKNOWN)


def test_private_page_opens_for_its_holder_only_when_signed_in(credential):
    update(credential, visibility="private")
    holder, other = Client(), Client()
    holder.force_login(credential.holder)
    other.force_login(UserFactory())

    mine = holder.get(path(credential))

    assert mine.status_code == 200
    assert "no-store" in mine["Cache-Control"]
    assert "Only you can open this page" in text(mine)
    assert other.get(path(credential)).status_code == 404
