"""The doctor: who has not been reached and why, and what the page offers against it."""

import csv
import io

import pytest
from django.urls import reverse

from issuers import clock
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import reaching, reminding, states
from recipients.models import AchievementCredential, Award, ClaimLink, OutgoingEmail
from tests.architecture.walk import signed_in
from tests.factories import IssuerFactory, MailStopFactory, MembershipFactory
from tests.recipients.passing import days_pass, mailed

pytestmark = pytest.mark.django_db
PAGES = ("manage-delivery", "manage-delivery-export")


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(name, args=[issuer.slug, *rest])


@pytest.fixture
def offer(issuer):
    return mailed(issuer)


def set_mail(credential, **values):
    with across_issuers("a test arranges"):
        OutgoingEmail.objects.filter(credential=credential, kind="offer").update(**values)


def set_row(credential, **values):
    with across_issuers("a test arranges"):
        AchievementCredential.objects.filter(pk=credential.pk).update(**values)


def reach_of(credential):
    with scope(credential.issuer):
        rows = states.with_state(AchievementCredential.objects.filter(pk=credential.pk))
        return reaching.with_reach(rows).get().reach


def refused(credential, answer="550 5.1.1 User unknown"):
    set_row(credential, offered_at=None)
    set_mail(credential, sent_at=None, sending_at=None, refused_at=clock.now(), response=answer)


def bounced(credential, said="550 5.1.1 User unknown"):
    set_mail(credential, bounced_at=clock.now(), diagnostic=said)


# Whom mail has reached.


@pytest.mark.parametrize(
    ("row", "mail", "reach"),
    [
        ({}, {}, "not_yet"),
        ({}, {"delivered_at": True}, "not_yet"),
        ({}, {"deferred_at": True}, "not_yet"),
        ({"followed_at": True}, {}, "reached"),
        ({"accepted_at": True}, {}, "reached"),
        ({"declined_at": True}, {}, "reached"),
        ({"accepted_at": True, "claimed_at": True}, {"bounced_at": True}, "reached"),
        ({"failed_at": True}, {}, "unreachable"),
        ({}, {"sent_at": None, "refused_at": True}, "unreachable"),
        ({}, {"sent_at": None, "failed_at": True}, "unreachable"),
        ({}, {"bounced_at": True}, "unreachable"),
        ({}, {"complained_at": True}, "unreachable"),
    ],
)
def test_reach_follows_from_what_happened(offer, row, mail, reach):
    now = clock.now()
    set_row(offer, **{name: value and now for name, value in row.items()})
    set_mail(offer, **{name: value and now for name, value in mail.items()})

    assert reach_of(offer) == reach
    with scope(offer.issuer):
        assert reaching.counted(AchievementCredential.objects.all()) == {**dict.fromkeys(reaching.REACH, 0), reach: 1}


def test_scanner_that_opened_the_link_before_it_bounced_is_no_person(offer):
    set_row(offer, followed_at="2026-01-01T00:00Z")
    bounced(offer)
    assert reach_of(offer) == "unreachable"

    set_row(offer, followed_at=clock.now())
    assert reach_of(offer) == "reached"


def test_stop_counts_for_this_institution_or_for_all(offer):
    MailStopFactory(address_key="amal@example.org", issuer=IssuerFactory())
    assert reach_of(offer) == "not_yet"

    MailStopFactory(address_key="amal@example.org", issuer=None)
    assert reach_of(offer) == "unreachable"


def test_what_was_taken_back_is_nobodys_trouble(offer):
    bounced(offer)
    set_row(offer, cancelled_at=clock.now())
    with scope(offer.issuer):
        assert sum(reaching.counted(AchievementCredential.objects.all()).values()) == 0


# The list.


def test_list_names_reason_and_remedy_and_nobody_elses_people(staff, to, offer):
    refused(offer, "552 5.2.2 Mailbox full")
    other = mailed(offer.issuer, address="bo@example.org", name="Bo Well")
    foreign = mailed(address="far@example.org", name="Far Away")
    refused(foreign)

    page = staff.get(to("manage-delivery")).content.decode()

    assert "The mailbox is full." in page
    assert "send it again when there is room" in page
    assert "Amal Student" in page
    assert "Bo Well" not in page
    assert "Far Away" not in page
    assert "Bo Well" in staff.get(to("manage-delivery") + "?reach=not_yet").content.decode()
    assert other.name == "Bo Well"


def test_list_is_searched_narrowed_to_a_batch_and_paged(staff, to, offer):
    bounced(offer)
    mine = [mailed(offer.issuer, address=f"p{n}@example.org", name=f"Person {n:02}") for n in range(55)]
    for one in mine:
        bounced(one)
    page = staff.get(to("manage-delivery")).content.decode()
    assert page.count('class="row-link"') == 50
    assert "before=" in page

    found = staff.get(to("manage-delivery") + "?q=amal").content.decode()
    assert found.count('class="row-link"') == 1
    batch = staff.get(f"{to('manage-delivery')}?award={mine[3].award.public_id}").content.decode()
    assert "Person 03" in batch
    assert batch.count('class="row-link"') == 1


@pytest.mark.parametrize(
    "query", ["?reach=nobody", "?before=x&q=%25", "?award=zzz", "?q=" + "a" * 3000, "?reach=&after=0"]
)
def test_list_answers_whatever_is_asked(staff, to, offer, query):
    for name in PAGES:
        assert staff.get(to(name) + query).status_code == 200


def test_list_costs_as_many_queries_for_fifty_as_for_one(staff, to, offer, django_assert_max_num_queries):
    bounced(offer)
    for number in range(30):
        bounced(mailed(offer.issuer, address=f"p{number}@example.org"))
    with django_assert_max_num_queries(20):
        staff.get(to("manage-delivery"))


def test_list_as_csv_says_the_same_and_the_trail_that_it_was_taken(staff, to, offer):
    refused(offer, "=cmd|5.1.1 gone")
    answer = staff.get(to("manage-delivery-export"))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[1][:2] == ["Amal Student", "amal@example.org"]
    assert rows[1][5] == "Cannot be reached"
    assert "nobody has this address" in rows[1][6]
    assert rows[1][8] == "'=cmd|5.1.1 gone"
    with scope(offer.issuer):
        assert AuditEvent.objects.get(action="credential.exported").details == {"people": 1}


# The page of one person.


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        (lambda row: refused(row), "says that nobody has this address"),
        (lambda row: bounced(row, "550 5.7.26 unauthenticated"), "SPF, DKIM, DMARC"),
        (lambda row: bounced(row, ""), "could not be delivered"),
        (lambda row: set_mail(row, complained_at=clock.now()), "called the mail spam"),
        (lambda row: MailStopFactory(address_key="amal@example.org", issuer=row.issuer), "asked for no more mails"),
        (lambda row: set_row(row, failed_at=clock.now(), failure="The key is gone."), "The key is gone."),
        (lambda row: set_row(row, offer_expires_at=clock.now()), "The offer has ended"),
        (lambda row: set_row(row, followed_at=clock.now()), "The link was opened"),
        (lambda row: set_row(row, accepted_at=clock.now()), "stopped before it was in their wallet"),
        (lambda row: set_mail(row, deferred_at=clock.now(), diagnostic="452 full"), "has not taken it yet: 452 full"),
        (lambda row: set_mail(row, delivered_at=clock.now()), "The mail is in their mailbox"),
        (lambda row: set_mail(row, sent_at=None, response="450 wait", attempts=2), "did not take it yet: 450 wait"),
        (
            lambda row: set_mail(row, sent_at=None, cancelled_at=clock.now(), response="withdrawn"),
            "did not leave: withdrawn",
        ),
        (lambda row: set_mail(row, sent_at=None, response=""), "about to leave"),
        (lambda row: set_row(row, rendered_at=None), "being signed and printed"),
        (lambda row: set_row(row, declined_at=clock.now()), "does not want it"),
        (lambda row: set_row(row, revoked_at=clock.now()), "It was taken back"),
        (lambda row: None, "took the mail, and the link was not opened"),
    ],
    ids=range(18),
)
def test_page_says_why_in_one_sentence(staff, to, offer, arrange, sentence):
    arrange(offer)

    page = staff.get(to("manage-credential-delivery", offer.public_id)).content.decode()

    assert sentence in page


def test_page_tells_the_whole_story_of_every_mail(staff, to, offer):
    days_pass(3)
    reminding.write_due()
    with across_issuers("a test arranges"):
        OutgoingEmail.objects.filter(kind="reminder").update(sent_at=clock.now(), response="250 2.0.0 queued as AB12")
    bounced(offer)

    page = staff.get(to("manage-credential-delivery", offer.public_id)).content.decode()

    for sentence in (
        "Mail handed over: claim link",
        "Mail handed over: reminder of an offer",
        "Came back:",
        "queued as AB12",
    ):
        assert sentence in page


def test_page_offers_what_helps_to_whom_may_do_it(staff, to, offer):
    bounced(offer)
    page = staff.get(to("manage-credential-delivery", offer.public_id)).content.decode()
    assert "Print a claim slip" in page
    assert "Correct the address" in page
    assert "Tell them in another way" in page

    viewer = signed_in(MembershipFactory(issuer=offer.issuer, role=Role.VIEWER).user)
    page = viewer.get(to("manage-credential-delivery", offer.public_id)).content.decode()
    assert "says that nobody has this address" in page
    assert "Print a claim slip" not in page
    assert "Correct the address" not in page


def test_words_to_tell_carry_no_link_that_claims(staff, to, offer):
    bounced(offer)
    page = staff.get(to("manage-credential-delivery", offer.public_id)).content.decode()

    assert "/find/" in page
    assert "/claim/" not in page
    with across_issuers("a test looks"):
        assert not ClaimLink.objects.exists()


def test_operator_gets_the_number_of_the_mail(staff, to, offer):
    bounced(offer, "554 5.7.1 blocked using zen.spamhaus.org")
    page = staff.get(to("manage-credential-delivery", offer.public_id)).content.decode()

    with across_issuers("a test looks"):
        number = OutgoingEmail.objects.get(credential=offer, kind="offer").message_id.strip("<>")
    assert number in page
    assert "Ask the operator" in page


# The batch.


def test_batch_counts_whom_it_has_reached(staff, to, offer):
    bounced(offer)
    page = staff.get(to("manage-award", offer.award.public_id)).content.decode()

    assert f"award={offer.award.public_id}&amp;reach=unreachable" in page
    assert "Has it reached them?" in page


def test_batch_stops_its_reminders_and_goes_on(staff, to, offer):
    address = to("manage-award-reminders", offer.award.public_id)
    days_pass(3)
    staff.post(address, {"on": "0"})
    staff.post(address, {"on": "0"})
    assert reminding.write_due() == 0

    staff.post(address, {"on": "1"})
    assert reminding.write_due() == 1
    with scope(offer.issuer):
        assert Award.objects.get().reminders_stopped_at is None
        trail = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert trail == ["award.reminders_stopped", "award.reminders_resumed"]
