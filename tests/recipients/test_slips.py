"""Slips of paper: what is printed, what they open, and what they do not."""

import re
import threading

import pypdfium2
import pytest
import zxingcpp
from django.db import connections
from django.test import Client
from django.urls import reverse

from issuers import clock
from issuers.cleaning import address
from issuers.models import AuditEvent, Issuer, Role
from issuers.tenancy import across_issuers, scope
from recipients import claiming, correcting, handing_out, links
from recipients.models import AchievementCredential, ClaimLink, Recipient
from recipients.views import slip as slip_pages
from tests.architecture.walk import signed_in
from tests.conftest import COMMITTED
from tests.factories import MembershipFactory, UserFactory
from tests.published import issued, reread
from tests.recipients.passing import mailed

pytestmark = pytest.mark.django_db
NAMES = (
    "Amal bint Khalid Al-Mansoori",
    "مريم الفارسي",
    "佐藤 陽菜",
    "김서연",
    "आरव शर्मा",
    "สมชาย ใจดี",
    "אורלי כהן",
    "Zoë O’Neil-Świątek",
)


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(name, args=[issuer.slug, *rest])


@pytest.fixture
def offer(issuer):
    return mailed(issuer)


def printed(credential, by=None):
    with scope(credential.issuer):
        (slip,) = handing_out.print_slips([credential], by=by or UserFactory())
    return slip


def change(credential, **values):
    with across_issuers("a test changes"):
        AchievementCredential.objects.filter(pk=credential.pk).update(**values)


def opened(code, client=None):
    client = client or Client()
    return client, client.get(reverse("slip", args=[code]))


def claims(code, user):
    client = signed_in(user)
    opened(code, client)
    client.post(reverse("offer-acceptance"))
    return client.post(reverse("offer-visibility"), {"visibility": "link"})


def codes_of(sheet):
    return [
        found.text
        for page in pypdfium2.PdfDocument(sheet)
        for found in zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    ]


# The sheet.


@pytest.mark.parametrize(("paper", "width"), [("A4", 595), ("Letter", 612)])
def test_sheet_has_eight_names_in_every_script_with_codes_that_open_their_own_offer(staff, to, issuer, paper, width):
    offers = [mailed(issuer, address=f"p{n}@example.org", name=name) for n, name in enumerate(NAMES)]

    answer = staff.post(to("manage-slips"), {"credential": [one.public_id for one in offers], "paper": paper})

    assert answer["Content-Type"] == "application/pdf"
    sheet = pypdfium2.PdfDocument(answer.content)
    assert (len(sheet), round(sheet[0].get_width())) == (1, width)
    text = sheet[0].get_textpage().get_text_bounded()
    for name in ("Amal bint Khalid", "佐藤 陽菜", "김서연", "Zoë O’Neil-Świątek"):
        assert name in text
    found = codes_of(answer.content)
    assert len(set(found)) == 8
    with across_issuers("a test looks"):
        opens = {links.find_slip(re.search(r"/slip/([^/]+)/$", url)[1]).credential_id for url in found}
    assert opens == {one.pk for one in offers}


def test_code_below_the_square_is_the_one_in_it_and_is_stored_nowhere(staff, to, offer):
    answer = staff.post(to("manage-slips"), {"credential": offer.public_id, "paper": "A4"})

    (url,) = codes_of(answer.content)
    code = url.rsplit("/", 2)[1]
    assert code in pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_bounded()
    assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){3}[2-9A-HJKMNP-TV-Z]{4}", code)
    with across_issuers("a test looks"):
        assert code not in str(list(ClaimLink.objects.values())) + str(list(AuditEvent.objects.values()))


def test_name_of_two_hundred_letters_stays_on_its_slip(staff, to, issuer):
    long = mailed(issuer, name=("Wolfeschlegelsteinhausenbergerdorff " * 6)[:200].strip())
    answer = staff.post(to("manage-slips"), {"credential": long.public_id, "paper": "A4"})

    assert answer.status_code == 200
    assert len(codes_of(answer.content)) == 1


def test_trail_names_who_printed_whose(staff, to, offer, owner):
    staff.post(to("manage-slips"), {"credential": offer.public_id, "paper": "A4"})

    with scope(offer.issuer):
        event = AuditEvent.objects.get(action="credential.slip_printed")
        assert (event.actor, event.subject_id) == (owner, offer.public_id)
        assert ClaimLink.objects.slips().get().printed_by == owner
    assert "printed a claim slip for" in staff.get(to("manage-audit")).content.decode()


def test_offer_is_open_for_its_full_time_again(staff, to, offer):
    change(offer, offer_expires_at=clock.now())
    staff.post(to("manage-slips"), {"credential": offer.public_id, "paper": "A4"})

    assert (reread(offer).offer_expires_at - clock.now()).days in {offer.issuer.offer_days - 1, offer.issuer.offer_days}


@pytest.mark.parametrize(
    "moment", ["claimed_at", "declined_at", "cancelled_at", "revoked_at", "unsigned", "unprinted", "waits"]
)
def test_no_slip_for_what_cannot_be_taken(staff, to, offer, moment):
    values = {"unsigned": {"signed_at": None}, "unprinted": {"rendered_at": None}, "waits": {}}.get(
        moment, {moment: clock.now()}
    )
    change(offer, accepted_at=clock.now(), **values)
    if moment == "waits":
        with across_issuers("a test changes"):
            type(offer.award).objects.update(release_at="2999-01-01T00:00Z")

    answer = staff.post(to("manage-slips"), {"credential": offer.public_id, "paper": "A4"})

    assert answer.status_code == 302
    asked = staff.post(to("manage-selection"), {"deed": "slip", "credential": offer.public_id}).content.decode()
    assert "Without a slip" in asked
    with across_issuers("a test looks"):
        assert not ClaimLink.objects.exists()


def test_selection_asks_first_and_prints_nothing(staff, to, offer):
    page = staff.post(to("manage-selection"), {"deed": "slip", "credential": offer.public_id}).content.decode()

    assert "Print 1 slip" in page
    assert f'value="{offer.public_id}"' in page
    with across_issuers("a test looks"):
        assert not ClaimLink.objects.exists()


def test_many_are_printed_in_parts(staff, to, issuer, monkeypatch):
    monkeypatch.setattr(handing_out, "MOST", 3)
    for number in range(7):
        mailed(issuer, address=f"p{number}@example.org", name=f"Person {number}")
    page = staff.post(to("manage-selection"), {"deed": "slip", "all": "1", "reach": "not_yet"}).content.decode()

    assert re.findall(r"Print (Person \d) to (Person \d)", page) == [
        ("Person 0", "Person 2"), ("Person 3", "Person 5"), ("Person 6", "Person 6"),
    ]  # fmt: skip


def test_nobody_prints_for_another_institution(staff, to, offer):
    foreign = mailed(address="far@example.org", name="Far Away")
    answer = staff.post(to("manage-slips"), {"credential": [foreign.public_id, offer.public_id], "paper": "A4"})

    assert len(codes_of(answer.content)) == 1
    with across_issuers("a test looks"):
        assert not ClaimLink.objects.filter(credential=foreign).exists()


@pytest.mark.parametrize(
    "data", [{}, {"paper": "A4"}, {"credential": "x", "paper": "A4"}, {"credential": "x", "paper": "A9"}]
)
def test_sheet_for_nobody_or_no_paper_is_not_printed(staff, to, offer, data):
    assert staff.post(to("manage-slips"), data).status_code == 302


def test_viewer_prints_nothing(issuer, to, offer):
    viewer = signed_in(MembershipFactory(issuer=issuer, role=Role.VIEWER).user)

    assert viewer.post(to("manage-slips"), {"credential": offer.public_id, "paper": "A4"}).status_code == 403


# What a slip opens.


def test_whoever_holds_the_slip_claims_with_any_address_they_prove(offer):
    slip = printed(offer)
    user = UserFactory(email="works@example.net")

    answer = claims(slip.code, user)

    assert answer.url == reverse("share", args=[offer.public_id])
    assert reread(offer).holder == user


def test_code_leaves_the_address_and_the_referrer(offer):
    slip = printed(offer)
    client, answer = opened(slip.code)

    assert (answer.status_code, answer.url, answer["Referrer-Policy"]) == (303, reverse("offer"), "same-origin")
    assert reread(offer).followed_at
    assert "Amal Student" in client.get(reverse("offer")).content.decode()


@pytest.mark.parametrize(
    "how", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code.replace('-', '')} "]
)
def test_code_may_be_typed_as_people_type(offer, client, how):
    slip = printed(offer)

    answer = client.post(reverse("slip-code"), {"code": how(slip.code)})

    assert answer.url == reverse("offer")


def test_claim_by_slip_brings_nothing_else_of_that_address(offer):
    mailed(offer.issuer)
    user = UserFactory(email="finder@example.net")
    claims(printed(offer).code, user)

    with across_issuers("a test looks"):
        assert list(claiming.offers_of(user)) == []
        assert Recipient.objects.get(pk=offer.recipient_id).user is None


def test_slip_is_used_up_by_the_claim_of_either_kind(offer):
    first, second = printed(offer), printed(offer)
    owner, late = UserFactory(), UserFactory()
    claims(first.code, owner)

    assert claims(second.code, late).url == reverse("offer")
    assert claims(first.code, late).url == reverse("offer")
    assert reread(offer).holder == owner


@pytest.mark.parametrize("moment", ["cancelled_at", "revoked_at", "declined_at"])
def test_slip_of_what_was_taken_back_says_so(offer, moment):
    slip = printed(offer)
    change(offer, **{moment: clock.now()})

    assert claims(slip.code, UserFactory()).url == reverse("offer")
    assert reread(offer).claimed_at is None


def test_slip_ends_with_the_offer(offer):
    slip = printed(offer)
    change(offer, offer_expires_at=clock.now())
    client, _answer = opened(slip.code)

    assert "This offer has ended" in client.get(reverse("offer")).content.decode()


def test_lost_slip_is_withdrawn_and_mailed_links_stay(staff, to, offer):
    slip = printed(offer)
    with across_issuers("a test arranges"):
        mail = offer.emails.get()
        token = links.remember(mail, offer.pk, offer.issuer_id)
    client, _answer = opened(slip.code)
    staff.post(to("manage-credential-slips-withdrawal", offer.public_id))

    assert client.get(reverse("offer")).status_code == 404
    assert opened(slip.code)[1].status_code == 404
    assert Client().get(reverse("claim", args=[token])).status_code == 303
    with scope(offer.issuer):
        assert AuditEvent.objects.get(action="credential.slips_withdrawn").details == {"slips": 1}


def test_corrected_address_ends_slips_too():
    offer = issued()
    slip = printed(offer)
    with scope(offer.issuer):
        correcting.correct(offer, name=offer.name, address=address("amal@new.example.org"), by=None)

    assert opened(slip.code)[1].status_code == 404


@pytest.mark.parametrize("code", ["x", "AAAA-AAAA-AAAA-AAAA", "%00", "-", "é" * 40, "A" * 3000])
def test_unknown_code_is_answered_with_help(offer, client, code):
    printed(offer)
    answer = client.get(f"/slip/{code}/")

    assert answer.status_code in {400, 404}
    assert client.post(reverse("slip-code"), {"code": code}).status_code in {400, 404, 422}


def test_code_of_a_slip_is_no_mailed_link_and_a_mailed_link_no_slip(offer, client):
    slip = printed(offer)
    with across_issuers("a test arranges"):
        token = links.remember(offer.emails.get(), offer.pk, offer.issuer_id)

    assert client.get(reverse("claim", args=[slip.code])).status_code == 404
    assert client.get(reverse("slip", args=[token])).status_code == 404


def test_guessing_is_slowed_down(offer, client, monkeypatch):
    monkeypatch.setattr(slip_pages, "UNKNOWN", slip_pages.Limit("slip-unknown", most=2, seconds=60))
    answers = [opened("AAAA-AAAA-AAAA-AAA" + letter, client)[1].status_code for letter in "2345"]

    assert answers == [404, 404, 429, 429]
    assert opened(printed(offer).code, client)[1].status_code == 303


# With the student number.


@pytest.fixture
def numbered(offer):
    with across_issuers("a test arranges"):
        Issuer.objects.filter(pk=offer.issuer_id).update(slip_number=True)
        Recipient.objects.filter(pk=offer.recipient_id).update(student_id="S 00-1a")
    return reread(offer)


def test_slip_asks_for_the_number_before_it_shows_anything(numbered):
    client, answer = opened(printed(numbered).code)

    assert answer.url == reverse("slip-number")
    assert client.get(reverse("offer")).status_code == 404
    page = client.get(reverse("slip-number")).content.decode()
    assert "Amal Student" not in page
    assert "S 00-1a" not in page


@pytest.mark.parametrize("typed", ["S 00-1a", "s00-1A", " S00-1a "])
def test_right_number_opens_it(numbered, typed):
    client, _answer = opened(printed(numbered).code)

    assert client.post(reverse("slip-number"), {"number": typed}).url == reverse("offer")
    assert client.get(reverse("offer")).status_code == 200


def test_five_wrong_numbers_end_the_slip_for_everybody(numbered):
    slip = printed(numbered)
    client, _answer = opened(slip.code)
    answers = [client.post(reverse("slip-number"), {"number": f"S0{n}"}).status_code for n in range(6)]

    assert answers == [422, 422, 422, 422, 403, 403]
    other, _answer = opened(slip.code)
    assert other.post(reverse("slip-number"), {"number": "S 00-1a"}).status_code == 403
    assert other.get(reverse("offer")).status_code == 404
    fresh, _answer = opened(printed(numbered).code)
    assert fresh.post(reverse("slip-number"), {"number": "S 00-1a"}).url == reverse("offer")


def test_person_without_a_number_is_not_asked(offer):
    with across_issuers("a test arranges"):
        Issuer.objects.filter(pk=offer.issuer_id).update(slip_number=True)

    assert opened(printed(reread(offer)).code)[1].url == reverse("offer")


def test_number_page_without_a_slip_leads_to_the_code(client):
    assert client.get(reverse("slip-number")).url == reverse("slip-code")
    assert client.post(reverse("slip-number"), {"number": "1"}).url == reverse("slip-code")


@COMMITTED
def test_two_hands_with_one_slip_claim_it_once():
    offer = mailed()
    slip = printed(offer)
    users, start, wrong = [UserFactory() for _ in range(6)], threading.Barrier(6), []

    def take(user):
        try:
            start.wait()
            claims(slip.code, user)
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    with scope(offer.issuer):
        assert AuditEvent.objects.filter(action="credential.claimed").count() == 1
    assert reread(offer).holder in users
