"""Staff's pages of issuing, as their users press them: lists, batches, credentials, selections, the export."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from issuers import clock
from issuers.models import AuditEvent, Issuer, Role
from issuers.tenancy import across_issuers
from recipients import checking
from recipients.models import AchievementCredential, Award, OutgoingEmail, RecipientList
from tests.conftest import COMMITTED
from tests.factories import MembershipFactory
from tests.published import claimed, deliver, intend, people, person, publish, reread

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[1] / "samples"


@pytest.fixture
def version(issuer):
    return publish(issuer)


@pytest.fixture
def to(issuer):
    """Address of a staff page of `issuer`."""
    return lambda name, *rest: reverse(name, args=[issuer.slug, *rest])


def _count(model=AchievementCredential, **conditions):
    with across_issuers("a test counts"):
        return model.objects.filter(**conditions).count()


def _list():
    with across_issuers("a test looks"):
        return RecipientList.objects.latest("id")


def _award():
    with across_issuers("a test looks"):
        return Award.objects.latest("id")


def _upload(staff, to, version, data, name="people.csv"):
    page = to("manage-issue-to", version.achievement.public_id)
    return staff.post(page, {"tab": "file", "file": SimpleUploadedFile(name, data)})


def _confirm(staff, to, number, **more):
    page = to("manage-list-confirmation", _list().public_id)
    return staff.post(page, {"people": number, **more})


# One person


def _one(staff, to, version, **values):
    sent = {"tab": "person", "recipient_name": "Ana Li", "email": "ana@example.org", "request_key": "k" * 16, **values}
    return staff.post(to("manage-issue-to", version.achievement.public_id), sent)


def test_one_person_is_awarded_by_three_fields(staff, to, version):
    answer = _one(staff, to, version, grade="with distinction")

    assert answer.status_code == 302
    assert _count(name="Ana Li", values__grade="with distinction") == 1


def test_pressing_twice_awards_one_person_once(staff, to, version):
    first, second = _one(staff, to, version), _one(staff, to, version)

    assert first.url == second.url
    assert _count() == 1


def test_person_who_has_it_is_told_and_not_awarded_again(staff, to, version):
    _one(staff, to, version)

    answer = _one(staff, to, version, request_key="another-key-of-the-form")

    assert answer.status_code == 422
    assert "has it already" in answer.content.decode()
    assert _count() == 1


def test_wrong_address_is_named_at_its_field_and_nothing_is_written(staff, to, version):
    answer = _one(staff, to, version, email="ana-at-example.org")

    assert answer.status_code == 422
    assert "There is no @ in this address" in answer.content.decode()
    assert _count() == _count(Award) == 0


def test_institution_that_waits_for_approval_issues_nothing(staff, to, version, issuer):
    Issuer.objects.filter(pk=issuer.pk).update(approved_at=None)

    answer = _one(staff, to, version)

    assert "has not approved your institution yet" in answer.content.decode()
    assert _count() == 0


# Lists


def test_file_is_shown_row_by_row_before_anything_is_written(staff, to, version):
    answer = _upload(staff, to, version, (SAMPLES / "faulty.csv").read_bytes(), "faulty.csv")
    page = staff.get(answer.url).content.decode()

    assert "noah-at-example.org" in page
    assert "invalid_email" in page
    assert "The same address stands in line 2" in page
    assert _count() == _count(Award) == 0


def test_confirming_click_names_the_number_and_awards(staff, to, version):
    _upload(staff, to, version, (SAMPLES / "resume-workshop-24.csv").read_bytes())

    answer = _confirm(staff, to, 24)

    assert answer.url == to("manage-award", _award().public_id)
    assert _count() == 24
    assert _award().release_at > clock.now()


def test_confirming_twice_awards_once(staff, to, version):
    _upload(staff, to, version, (SAMPLES / "resume-workshop-24.csv").read_bytes())

    first, second = _confirm(staff, to, 24), _confirm(staff, to, 24)

    assert first.url == second.url
    assert _count() == 24
    assert _count(Award) == 1


def test_number_that_has_changed_is_asked_again(staff, to, version):
    _upload(staff, to, version, b"name,email\nAna,ana@example.org\nBo,bo@example.org\n")
    intend(version, person("Ana", "ana@example.org"), key="meanwhile")

    answer = _confirm(staff, to, 2)

    assert answer.url == to("manage-list", _list().public_id)
    assert _count() == 1


def test_same_file_again_awards_nobody_and_says_who_has_it(staff, to, version):
    data = (SAMPLES / "resume-workshop-24.csv").read_bytes()
    _upload(staff, to, version, data)
    _confirm(staff, to, 24)

    answer = staff.get(_upload(staff, to, version, data).url)

    assert answer.context["already"] == 24
    assert answer.context["new"] == 0
    assert "nothing to issue" in answer.content.decode()


def test_columns_can_be_read_differently(staff, to, version):
    _upload(staff, to, version, b"Wer,Wohin\nAna Li,ana@example.org\n")
    assert _list().report["people"] == []

    answer = staff.post(
        to("manage-list-columns", _list().public_id),
        {"column_0": "recipient_name", "column_1": "email", "date_order": ""},
    )

    assert answer.status_code == 302
    assert [row["name"] for row in _list().report["people"]] == ["Ana Li"]


def test_one_field_from_two_columns_is_refused_with_both_named(staff, to, version):
    _upload(staff, to, version, b"A,B\nAna Li,ana@example.org\n")

    answer = staff.post(to("manage-list-columns", _list().public_id), {"column_0": "email", "column_1": "email"})

    assert answer.status_code == 422
    assert "goes there already" in answer.content.decode()


def test_rows_to_mend_can_be_downloaded_and_carry_no_formula(staff, to, version):
    _upload(staff, to, version, b"name,email\n=HYPERLINK(1),nobody\n")

    text = staff.get(to("manage-list-faulty", _list().public_id)).content.decode("utf-8-sig")

    assert "'=HYPERLINK(1)" in text
    assert "There is no @ in this address" in text


def test_large_file_is_checked_by_a_worker_and_the_page_polls(staff, to, version):
    rows = "".join(f"Person {n},person{n}@example.org,{'x' * 60}\n" for n in range(1_000))
    answer = _upload(staff, to, version, f"name,email,note\n{rows}".encode())
    assert 'hx-trigger="every 1500ms"' in staff.get(answer.url).content.decode()

    assert checking.check_next()

    assert staff.get(answer.url).context["new"] == 1_000


def test_file_that_is_no_table_is_refused_and_not_kept(staff, to, version):
    answer = _upload(staff, to, version, b"%PDF-1.7 nothing", "people.csv")

    assert answer.status_code == 422
    assert _count(RecipientList) == 0


def test_pasted_list_is_checked_like_a_file(staff, to, version):
    page = to("manage-issue-to", version.achievement.public_id)
    answer = staff.post(page, {"tab": "paste", "text": "Ana Li <ana@example.org>\nbo@example.org Bo Ek\n"})

    assert staff.get(answer.url).context["new"] == 2


# Batches


def test_batch_can_be_taken_back_whole_while_mails_wait(staff, to, version):
    award = intend(version, *people(3), skip_undo=False)

    staff.post(to("manage-award-cancellation", award.public_id))
    deliver()

    assert _count(cancelled_at__isnull=False) == 3
    assert _count(OutgoingEmail, sent_at__isnull=False) == 0


@COMMITTED
def test_waiting_mails_leave_at_once_when_staff_say_so(staff, to, version, mailoutbox):
    award = intend(version, *people(2), skip_undo=False)
    deliver()
    assert mailoutbox == []

    staff.post(to("manage-award-release", award.public_id))
    deliver()

    assert len(mailoutbox) == 2


@COMMITTED
def test_progress_counts_each_step_and_stops_asking_when_all_is_done(staff, to, version):
    award = intend(version, *people(3))
    page = to("manage-award-progress", award.public_id)
    assert "every 2s" in staff.get(page, headers={"HX-Request": "true"}).content.decode()

    deliver()

    text = staff.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in text
    assert len(re.findall(r"3 <span class=\"quiet\">of 3", text)) == 4


# Credentials


def test_credentials_are_found_by_name_address_and_state(staff, to, version):
    intend(version, person("Zoë García", "zoe@example.org"), person("Bo Ek", "bo@example.org"))

    for query in ("q=zoë", "q=zoe@example.org", "state=queued&q=garcía"):
        page = staff.get(f"{to('manage-credentials')}?{query}")
        assert [row.name for row in page.context["page"].rows] == ["Zoë García"]
    assert staff.get(f"{to('manage-credentials')}?state=claimed").context["page"].rows == []


def test_pages_of_a_long_list_show_everybody_once(staff, to, version):
    intend(version, *people(120))
    seen, address = [], to("manage-credentials")

    for _page in range(3):
        page = staff.get(address).context["page"]
        seen += [row.name for row in page.rows]
        address = to("manage-credentials") + page.older

    assert sorted(seen) == sorted(f"Person {n}" for n in range(120))


def test_export_carries_no_formula_and_stands_in_the_trail(staff, to, version):
    intend(version, person("=cmd|' /C calc'!A0", "bo@example.org"))

    text = b"".join(staff.get(to("manage-export"))).decode("utf-8-sig")

    assert "'=cmd" in text
    assert _count(AuditEvent, action="credential.exported", details={"people": 1}) == 1


DEEDS = [
    ("manage-credential-revocation", {"revoke-reason": "By mistake"}, "revoked_at"),
    ("manage-credential-cancellation", {}, "cancelled_at"),
    ("manage-credential-correction", {"name": "Bo Corrected", "address": "bo@example.org"}, "corrected_at"),
]


@pytest.mark.parametrize(("name", "sent", "moment"), DEEDS)
def test_deed_on_one_credential_is_done_and_told(staff, to, version, name, sent, moment):
    intend(version, person("Bo Ek", "bo@example.org"))
    deliver()
    with across_issuers("a test looks"):
        credential = AchievementCredential.objects.get()

    answer = staff.post(to(name, credential.public_id), sent)

    assert answer.status_code == 302
    assert getattr(reread(credential), moment) is not None


def test_revoking_without_a_reason_is_refused_at_its_field(staff, to, version):
    credential = claimed(version)

    answer = staff.post(to("manage-credential-revocation", credential.public_id), {"revoke-reason": " "})

    assert answer.status_code == 422
    assert reread(credential).revoked_at is None


def test_suspending_is_refused_where_the_achievement_does_not_allow_it(staff, to, version):
    credential = claimed(version)

    staff.post(to("manage-credential-suspension", credential.public_id), {"suspend-reason": "Check"})

    assert reread(credential).suspended_at is None


def test_suspension_and_reinstatement_where_it_is_allowed(staff, to, issuer):
    credential = claimed(publish(issuer, name="Safety", status_purpose="suspension"))

    staff.post(to("manage-credential-suspension", credential.public_id), {"suspend-reason": "Check"})
    assert reread(credential).suspended_at is not None
    staff.post(to("manage-credential-reinstatement", credential.public_id))

    assert reread(credential).suspended_at is None


# Selections


def _chosen():
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.order_by("pk"))


def test_selection_asks_first_and_does_it_when_the_number_is_confirmed(staff, to, version):
    intend(version, *people(3))
    ticked = [row.public_id for row in _chosen()[:2]]
    sent = {"deed": "revoke", "credential": ticked}

    question = staff.post(to("manage-selection"), sent)
    assert "Revoke for 2 people" in question.content.decode()
    assert _count(revoked_at__isnull=False) == 0
    staff.post(to("manage-selection"), {**sent, "people": 2, "reason": "Wrong group"})

    assert _count(revoked_at__isnull=False, revocation_reason="Wrong group") == 2


def test_selection_of_everything_a_search_finds(staff, to, version):
    intend(version, *people(60))

    staff.post(to("manage-selection"), {"deed": "cancel", "all": "1", "q": "person", "people": 60})

    assert _count(cancelled_at__isnull=False) == 60


def test_names_of_a_selection_are_corrected_where_they_differ(staff, to, version):
    intend(version, *people(2))
    deliver()
    one, two = _chosen()
    sent = {"deed": "correct", "credential": [one.public_id, two.public_id], "people": 2}
    for row, name in ((one, "Right Name"), (two, two.name)):
        sent |= {f"{row.public_id}-name": name, f"{row.public_id}-address": f"p{row.name[-1]}@example.org"}

    staff.post(to("manage-selection"), sent)

    assert (reread(one).name, reread(one).revision) == ("Right Name", 2)
    assert reread(two).revision == 1


def test_selection_needs_the_permission_of_its_deed(client, to, version, issuer):
    client.force_login(MembershipFactory(issuer=issuer, role=Role.VIEWER).user)

    assert client.post(to("manage-selection"), {"deed": "revoke"}).status_code == 403
