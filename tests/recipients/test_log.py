"""People tell hours and help; staff confirm or refuse; what waits is no fact, and nobody tells in another's name."""

from datetime import timedelta

import pytest
from django.urls import reverse

from badges.models import Opportunity
from issuers import clock
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import holding, recording
from recipients.models import Activity, Recipient
from tests import factories
from tests.architecture.walk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return factories.UserFactory(email="ana@example.org", name="Ana Li")


@pytest.fixture
def known(issuer, ana):
    """The institution knows her by her address; she has claimed nothing yet."""
    return factories.RecipientFactory(issuer=issuer, name="Ana Li", address="ana@example.org")


@pytest.fixture
def wallet(ana, known):
    return signed_in(ana)


def _said(**more):
    day = clock.now() - timedelta(days=1)
    said = {
        "kind": "volunteering",
        "what": "Food bank",
        "day": f"{day:%Y-%m-%d}",
        "hours": "2,5",
        "place": "Harbour Street",
        "note": "Sorted 40 crates.\nThen drove.",
        "evidence_url": "https://example.org/rota",
        "request_key": "key-" + more.get("what", "1").replace(" ", "-").lower().ljust(8, "x"),
    }
    return {**said, **more}


def _tell(client, issuer, **more):
    return client.post(reverse("wallet-log-new", args=[issuer.slug]), _said(**more))


def _rows(**conditions):
    with across_issuers("a test looks"):
        return list(Activity.objects.filter(**conditions).select_related("recipient").order_by("pk"))


def _decide(client, issuer, deed, **said):
    return client.post(reverse(f"manage-told-{deed}", args=[issuer.slug]), said, follow=True)


def test_a29_what_is_told_waits_and_counts_once_staff_confirm(wallet, staff, issuer, owner, known):
    """Invisible work becomes visible, and counts once staff have looked at it."""
    assert _tell(wallet, issuer)["Location"] == reverse("wallet-log")
    _tell(wallet, issuer)  # pressed twice
    (row,) = _rows()
    assert (row.source, row.recipient_id, str(row.value), row.unit) == ("log", known.pk, "2.5000", "hours")
    assert (row.confirmed_at, row.recorded_by) == (None, None)
    with across_issuers("a test looks"):
        assert not Opportunity.objects.exists()  # nothing that rules could ask for yet

    page = staff.get(reverse("manage-told", args=[issuer.slug])).content.decode()
    assert "Sorted 40 crates." in page
    assert 'href="https://example.org/rota"' in page
    assert "1 entry counts now." in _decide(staff, issuer, "confirmation", one=row.pk).content.decode()
    (row,) = _rows()
    assert (row.confirmed_by, row.evaluated_at) == (owner, None)

    log = wallet.get(reverse("wallet-log")).content.decode()
    assert "Confirmed" in log
    assert "2.5 hours" in log
    with across_issuers("a test looks"):
        assert Opportunity.objects.get().key == "Food bank"


def test_a30_hours_that_were_confirmed_add_up(wallet, staff, issuer):
    """Confirmed hours of several evenings add up for the rule that asks for them."""
    _tell(wallet, issuer)
    _tell(wallet, issuer, what="Reading hour", hours="1")
    _tell(wallet, issuer, what="Help with proofs", kind="help", hours="", peer="Jo Kim")
    _tell(wallet, issuer, what="Not looked at yet", hours="8")
    told = [row.pk for row in _rows()][:3]
    _decide(staff, issuer, "confirmation", activity=told)

    page = wallet.get(reverse("wallet-log")).content.decode()
    assert '<span class="big-num">3.5</span>' in page
    assert _rows(kind="help")[0].fact().peer == "Jo Kim"
    with across_issuers("a test looks"):
        assert AuditEvent.objects.get(action="activity.confirmed").details == {"activities": 3}


def test_nobody_confirms_what_they_told_themselves(wallet, staff, issuer, ana, owner):
    factories.MembershipFactory(issuer=issuer, user=ana, role=Role.AWARDER)
    _tell(wallet, issuer)
    (row,) = _rows()
    assert "nobody confirms their own" in _decide(wallet, issuer, "confirmation", one=row.pk).content.decode()
    assert _rows()[0].confirmed_at is None

    _decide(staff, issuer, "confirmation", one=row.pk)
    assert _rows()[0].confirmed_by == owner


def test_refusal_needs_a_reason_which_the_person_reads(wallet, staff, issuer):
    _tell(wallet, issuer)
    (row,) = _rows()
    assert _decide(staff, issuer, "refusal", activity=row.pk).status_code == 422
    _decide(staff, issuer, "refusal", activity=row.pk, reason="Nobody at the food bank knows of it.")

    page = wallet.get(reverse("wallet-log-entry", args=[row.public_id])).content.decode()
    assert "Nobody at the food bank knows of it." in page
    _tell(wallet, issuer, request_key="another-time")
    assert len(_rows(refused_at__isnull=True)) == 1


def test_changed_entry_waits_anew_so_that_nobody_confirms_what_they_have_not_seen(wallet, staff, issuer):
    _tell(wallet, issuer)
    (seen,) = _rows()
    entry = reverse("wallet-log-entry", args=[seen.public_id])
    assert 'value="2.5"' in wallet.get(entry).content.decode()
    wallet.post(entry, _said(hours="20", request_key="changed-1"))

    assert (
        "changed, taken back or decided meanwhile"
        in _decide(staff, issuer, "confirmation", one=seen.pk).content.decode()
    )
    (now,) = _rows(withdrawn_at__isnull=True)
    assert (str(now.value), now.confirmed_at) == ("20.0000", None)
    assert wallet.get(entry).status_code == 404


def test_entry_is_taken_back_while_it_waits_and_not_after(wallet, issuer, owner):
    _tell(wallet, issuer)
    _tell(wallet, issuer, what="Other")
    first, second = _rows()
    wallet.post(reverse("wallet-log-removal", args=[first.public_id]))
    with scope(issuer):
        recording.confirm(issuer, [second.pk], owner)
    wallet.post(reverse("wallet-log-removal", args=[second.public_id]))

    first, second = _rows()
    assert first.withdrawn_at
    assert not second.withdrawn_at


def test_nobody_tells_in_anothers_name_or_where_they_are_not_known(wallet, issuer, known):
    stranger = factories.RecipientFactory(issuer=issuer, name="Bo Berg", address="bo@example.org")
    _tell(wallet, issuer, recipient=stranger.pk, email="bo@example.org", name="Bo Berg", confirmed_at="2026-01-01")
    assert [(row.recipient_id, row.confirmed_at) for row in _rows()] == [(known.pk, None)]

    other = factories.IssuerFactory()
    assert _tell(wallet, other).status_code == 404
    factories.RecipientFactory(issuer=other, address="bo@example.org")
    assert _tell(wallet, other).status_code == 404


def test_address_that_somebody_merely_typed_opens_no_log(issuer, known):
    liar = factories.UserFactory(email="liar@example.org")
    liar.emailaddress_set.create(email="ana@example.org", verified=False, primary=False)

    assert _tell(signed_in(liar), issuer).status_code == 404


def test_log_of_another_person_is_not_there(wallet, issuer):
    _tell(wallet, issuer)
    (row,) = _rows()
    other = factories.UserFactory(email="bo@example.org")
    factories.RecipientFactory(issuer=issuer, address="bo@example.org")
    for name in ("wallet-log-entry", "wallet-log-removal"):
        assert signed_in(other).post(reverse(name, args=[row.public_id]), _said()).status_code == 404

    assert _rows()[0].withdrawn_at is None


def test_staff_decide_over_their_own_institution_only(wallet, issuer, staff):
    elsewhere = factories.ActivityFactory(source="log", confirmed_at=None)
    _decide(staff, issuer, "confirmation", activity=elsewhere.pk)
    _decide(staff, issuer, "refusal", activity=elsewhere.pk, reason="No")

    (row,) = _rows()
    assert (row.confirmed_at, row.refused_at) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2999-01-01"}, "lies in the future"),
        ({"day": "31.02."}, "date"),
        ({"hours": "25"}, "up to 24"),
        ({"hours": "-1"}, "outside 0 to"),
        ({"hours": "two"}, "no number"),
        ({"hours": ""}, "How long was it"),
        ({"what": " "}, "required"),
        ({"kind": "session"}, "valid choice"),
        ({"evidence_url": "http://127.0.0.1/x"}, "not a web address"),
        ({"evidence_url": "javascript:alert(1)"}, "not a web address"),
    ],
)
def test_wrong_entry_is_said_and_nothing_is_written(wallet, issuer, wrong, said):
    answer = _tell(wallet, issuer, **wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert _rows() == []


def test_known_thing_and_own_kind_are_counted_as_what_they_are(wallet, issuer, owner):
    factories.ActivityKindFactory(issuer=issuer, key="garden_day", name="Garden day")
    factories.OpportunityFactory(
        issuer=issuer, kind="garden_day", key="spring", title="Spring planting", tags=["green"]
    )
    _tell(wallet, issuer, kind="garden_day", what="spring PLANTING", hours="")

    (row,) = _rows()
    assert (row.kind, row.key, row.tags) == ("garden_day", "spring", ["green"])


def test_queue_finds_people_and_kinds(wallet, staff, issuer):
    _tell(wallet, issuer)
    _tell(wallet, issuer, what="Help with proofs", kind="help", hours="")
    url = reverse("manage-told", args=[issuer.slug])

    assert "Help with proofs" not in staff.get(url, {"kind": "volunteering"}).content.decode()
    assert "Food bank" in staff.get(url, {"q": "ana li"}).content.decode()
    assert "Food bank" not in staff.get(url, {"q": "bo"}).content.decode()


def test_person_who_tells_is_known_with_their_account_from_then_on(wallet, issuer, ana, known):
    _tell(wallet, issuer)

    with across_issuers("a test looks"):
        assert Recipient.objects.get(pk=known.pk).user == ana


def test_log_goes_along_in_the_export_and_is_forgotten_with_its_person(wallet, issuer, ana, known):
    _tell(wallet, issuer, peer="Jo Kim")
    told = holding.everything_about(ana)["activities"]
    assert [(row["key"], row["note"], row["peer"]) for row in told] == [
        ("Food bank", "Sorted 40 crates.\nThen drove.", "Jo Kim")
    ]

    holding.forget(ana)
    (row,) = _rows()
    assert (row.key, row.place, row.peer, row.note, row.evidence_url) == ("erased", "", "", "", "")
    assert row.withdrawn_at
    assert row.external_id == f"erased-{row.pk}"


def test_everything_on_a_page_is_confirmed_together(wallet, staff, issuer):
    _tell(wallet, issuer)
    _tell(wallet, issuer, what="Reading hour", hours="1")
    shown = [row.pk for row in _rows()]

    assert "2 entries count now." in _decide(staff, issuer, "confirmation", all="1", shown=shown).content.decode()
