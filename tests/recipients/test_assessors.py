"""Assessors: who has what in hand, what a decision needs, two of them, a moderator, somebody from outside."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import assessing, sending, tasks
from recipients.models import Award, Marking, OutgoingEmail, ReviewerInvite, Submission
from tests import handed_in as files
from tests.architecture.walk import signed_in
from tests.assessed import publish_assessed
from tests.factories import IssuerFactory, MembershipFactory, UserFactory
from tests.handed_in import begin, handed_in, seen

pytestmark = pytest.mark.django_db
PASSED = {"level_0": "1", "level_1": "2", "role": "Lecturer", "method": "read it", "decision": "demonstrated"}
FAILED = {**PASSED, "level_1": "0", "note_1": "Let others finish.", "feedback": "Listen longer.", "decision": "not_yet"}


@pytest.fixture
def learner():
    return UserFactory(email="amal@example.org")


@pytest.fixture
def version():
    return publish_assessed(IssuerFactory())


def _member(issuer, role=Role.REVIEWER, **told):
    return MembershipFactory(issuer=issuer, role=role, **told).user


def _send():
    """What waits leaves; to the database a test is one moment."""
    with across_issuers("a test sends"):
        OutgoingEmail.objects.update(not_before=timezone.now() - timedelta(hours=1))
    sending.send_chunk()


def _at(work, name, *more):
    return reverse(f"manage-submission{name}", args=[work.issuer.slug, work.public_id, *more])


def _take(work, user):
    client = signed_in(user)
    client.post(_at(work, "-taking"))
    return client


def _mark(work, user, told, page="-marking"):
    return _take(work, user).post(_at(work, page), told)


def test_b3_demonstrated_needs_every_criterion(version, learner):
    """An assessor cannot decide “demonstrated” while one criterion stays below its level."""
    work, by = handed_in(version, learner), _member(version.issuer)

    short = _mark(work, by, {**PASSED, "level_1": "0"})
    assert (short.status_code, "Not every criterion reaches its level" in short.content.decode()) == (409, True)
    assert seen(work).state == "handed_in"

    assert _mark(work, by, PASSED).status_code == 302
    assert seen(work).state == "demonstrated"


def test_b9_not_yet_needs_words_and_returns_them(version, learner):
    """“Not yet” comes with feedback, and the learner works on from it."""
    work, by = handed_in(version, learner), _member(version.issuer)
    assert "Say what is missing" in _mark(work, by, {**FAILED, "feedback": ""}).content.decode()
    assert "has no level yet" in _mark(work, by, {**FAILED, "level_0": ""}).content.decode()
    assert "Every criterion reaches" in _mark(work, by, {**FAILED, "level_1": "2"}).content.decode()

    _mark(work, by, FAILED)
    _send()
    page = signed_in(learner).get(reverse("work", args=[work.public_id])).content.decode()

    assert seen(work).state == "not_demonstrated"
    assert "Listen longer." in page
    assert "Let others finish." in page
    assert f"/wallet/work/{work.public_id}/" in mail.outbox[-1].body
    tasks.award_assessed()
    with across_issuers("a test looks"):
        assert not Award.objects.filter(source="assessed").exists()


def test_saved_marks_are_nobody_elses_to_see(version, learner):
    work, by = handed_in(version, learner), _member(version.issuer)
    _mark(work, by, {**FAILED, "decision": ""})

    assert seen(work).state == "handed_in"
    assert "Listen longer." in signed_in(by).get(_at(work, "")).content.decode()
    for other in (learner, _member(version.issuer, Role.OWNER)):
        path = reverse("work", args=[work.public_id]) if other == learner else _at(work, "")
        assert "Listen longer." not in signed_in(other).get(path).content.decode()


def test_b2_credential_says_mastery_with_levels_evidence_role_and_method(version, learner):
    """What was assessed says so where employers look: mastery, the level of each criterion, who assessed and how."""
    work, by = handed_in(version, learner), _member(version.issuer)
    _mark(work, by, PASSED)
    for _again in range(3):
        tasks.award_assessed()

    with across_issuers("a test looks"):
        award = Award.objects.get(source="assessed")
        credential = award.credentials.get()
    document = json.loads(credential.document)
    subject = document["credentialSubject"]
    described = {item["id"]: item for item in subject["achievement"]["resultDescription"]}
    told = [
        (described[row["resultDescription"]]["name"], row["value"], row.get("achievedLevel", "").rpartition("#")[2])
        for row in subject["result"]
    ]
    assert (award.made_by, credential.award_key, seen(work).credential) == (by, "once", credential)
    assert told == [
        ("Rests on", "Mastery", ""),
        ("Everybody speaks", "Demonstrated", "criterion-1-level-2"),
        ("Listens", "Beyond", "criterion-2-level-3"),
    ]
    assert "**Rests on mastery:**" in subject["achievement"]["criteria"]["narrative"]
    assert subject["achievement"]["alignment"][0]["targetName"] == "Leads a discussion in which everybody speaks"
    how, lesson = document["evidence"]
    assert how["description"] == (
        "First assessor: Lecturer, read it. 2 pieces of evidence were assessed. Named here: 1."
    )
    assert lesson["id"] == "https://example.org/lesson"
    assert "Secret thoughts" not in credential.document
    assert str(by) not in credential.document


def test_levels_stay_away_where_the_learner_says_so(version, learner):
    work, by = begin(version, learner), _member(version.issuer)
    own = signed_in(learner)
    own.post(reverse("work-plan", args=[work.public_id]), {"name": "Amal", "route": "A recorded lesson"})
    own.post(reverse("work-texts", args=[work.public_id]), {"name": "A", "text": "a"})
    own.post(reverse("work-submission", args=[work.public_id]))
    _mark(seen(work), by, PASSED)
    tasks.award_assessed()

    told = json.loads(seen(work).credential.document)["credentialSubject"]["result"]
    assert [row["value"] for row in told] == ["Mastery"]


def test_nobody_assesses_their_own_work(version):
    both = _member(version.issuer)
    work = handed_in(version, both)

    assert "somebody else assesses it" in signed_in(both).get(_at(work, "")).content.decode()
    _mark(work, both, PASSED)
    with scope(version.issuer):
        assert assessing.distribute(version.issuer) == 0
    assert (seen(work).assessor, seen(work).state) == (None, "handed_in")


def test_work_goes_fairly_oldest_first(version):
    issuer = version.issuer
    first, second = _member(issuer), _member(issuer)
    busy = handed_in(version, UserFactory())
    _take(busy, first)
    works = [handed_in(version, UserFactory()) for _n in range(3)]
    owner = signed_in(_member(issuer, Role.OWNER))

    owner.post(reverse("manage-submissions-distribution", args=[issuer.slug]))

    assert [seen(work).assessor for work in works] == [second, first, second]
    listed = owner.get(reverse("manage-submissions", args=[issuer.slug])).content.decode()
    assert "Who has how much" in listed
    signed_in(second).post(_at(works[0], "-return"))
    assert seen(works[0]).assessor is None


def test_new_work_is_given_out_at_once_where_asked(learner):
    version = publish_assessed(IssuerFactory(), distributed=True)
    by = _member(version.issuer)
    work = begin(version, learner)
    own = signed_in(learner)
    own.post(reverse("work-texts", args=[work.public_id]), {"name": "A", "text": "a"})
    own.post(reverse("work-submission", args=[work.public_id]))

    assert seen(work).assessor == by


def test_two_cannot_have_it_in_hand_and_only_the_holder_marks(version, learner):
    work = handed_in(version, learner)
    first, second = _member(version.issuer), _member(version.issuer)
    _take(work, first)

    assert _mark(work, second, PASSED).status_code == 409
    assert (seen(work).assessor, seen(work).state) == (first, "handed_in")
    _mark(work, first, PASSED)
    assert _mark(work, first, FAILED).status_code == 409
    assert seen(work).state == "demonstrated"


def test_queue_says_age_and_filters(version, learner):
    old, new = handed_in(version, learner, name="Old Work"), handed_in(version, UserFactory(), name="New Work")
    with across_issuers("a test makes it old"):
        Submission.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(days=20))
    client = _take(new, _member(version.issuer))
    path = reverse("manage-submissions", args=[version.issuer.slug])

    home = client.get(reverse("manage-home", args=[version.issuer.slug])).content.decode()
    assert "2 pieces of work wait" in home
    assert "20 days ago" in client.get(path).content.decode()
    assert "Old Work" not in client.get(f"{path}?state=mine").content.decode()
    assert "New Work" not in client.get(f"{path}?state=unassigned").content.decode()
    assert "Old Work" in client.get(f"{path}?q=old").content.decode()


def test_second_assessor_who_differs_calls_a_moderator(learner):
    version = publish_assessed(IssuerFactory(), second_assessor=True)
    issuer = version.issuer
    work, moderator = handed_in(version, learner), _member(issuer, Role.AWARDER)
    first, second = _member(issuer), _member(issuer)

    _mark(work, first, PASSED)
    assert (seen(work).turn, seen(work).state) == ("second", "handed_in")
    assert _mark(work, first, PASSED).status_code == 409
    client = _take(work, second)
    assert "read it" not in client.get(_at(work, "")).content.decode()
    client.post(_at(work, "-marking"), FAILED)
    assert (seen(work).turn, seen(work).state) == ("moderator", "handed_in")

    assert _mark(work, second, PASSED).status_code == 409
    page = _take(work, moderator).get(_at(work, "")).content.decode()
    assert "Listen longer." in page
    signed_in(moderator).post(_at(work, "-moderation"), PASSED)
    assert seen(work).state == "demonstrated"
    tasks.award_assessed()
    assert "Moderator: Lecturer" in seen(work).credential.document


def test_two_who_agree_decide_and_the_lower_level_counts(learner):
    version = publish_assessed(IssuerFactory(), second_assessor=True)
    work = handed_in(version, learner)
    for level in ("2", "1"):
        _mark(work, _member(version.issuer), {**PASSED, "level_1": level})
    tasks.award_assessed()

    values = [row["value"] for row in json.loads(seen(work).credential.document)["credentialSubject"]["result"]]
    assert values == ["Mastery", "Demonstrated", "Demonstrated"]


def test_sample_is_moderated_and_chance_says_the_same_again(learner):
    everything, nothing = (publish_assessed(IssuerFactory(), sample_percent=share) for share in (100, 0))
    looked_at, passed = handed_in(everything, learner), handed_in(nothing, learner)
    for work in (looked_at, passed):
        _mark(work, _member(work.issuer), PASSED)

    assert (seen(looked_at).turn, seen(looked_at).state) == ("moderator", "handed_in")
    assert seen(passed).state == "demonstrated"
    half = [Submission(public_id=f"{n:022}", version=everything) for n in range(400)]
    everything.content["assessment"]["sample_percent"] = 50
    drawn = [assessing.sampled(work) for work in half]
    assert drawn == [assessing.sampled(work) for work in half]
    assert 150 < sum(drawn) < 250


# Somebody from outside


@pytest.fixture
def manager(version):
    return signed_in(_member(version.issuer, Role.ADMIN))


def _invite(work, manager, address="expert@example.net"):
    answer = manager.post(_at(work, "-invitations"), {"email": address})
    _send()
    return answer


def _link():
    return re.search(r"http\S+(/assess/\S+/)", str(mail.outbox[-1].body))[1]


def test_outside_assessor_decides_by_a_mailed_link(version, learner, manager):
    work = begin(version, learner)
    signed_in(learner).post(
        reverse("work-files", args=[work.public_id]), {"file": _upload(files.pdf()), "name": "Plan"}
    )
    signed_in(learner).post(reverse("work-submission", args=[work.public_id]))
    other = handed_in(version, UserFactory())
    _invite(seen(work), manager)
    link, outside = _link(), Client()
    assert "Read the work" in mail.outbox[-1].body

    assert Client().get("/assess/").status_code == 404
    assert outside.get(link).url == "/assess/"
    page = outside.get("/assess/").content.decode()
    plan = re.search(r"/assess/files/(\w+)/", page)[1]
    assert outside.get(f"/assess/files/{plan}/")["Content-Security-Policy"] == "sandbox; default-src 'none'"
    with across_issuers("a test looks"):
        foreign = other.artefacts.first().public_id
    assert outside.get(f"/assess/files/{foreign}/").status_code == 404
    assert Client().get(f"/assess/files/{plan}/").status_code == 404
    assert link.split("/")[2] not in page

    assert outside.post("/assess/marking/", {**PASSED, "role": ""}).status_code == 422
    assert outside.post("/assess/marking/", {**PASSED, "name": "Dr. Expert", "role": "Inspector"}).status_code == 302
    assert seen(work).state == "demonstrated"
    for path in ("/assess/", f"/assess/files/{plan}/"):
        assert outside.get(path).status_code == 410
    assert outside.post("/assess/marking/", {**FAILED, "name": "Dr. Expert"}).status_code == 410
    tasks.award_assessed()
    text = seen(work).credential.document
    assert "First assessor: Inspector, read it" in text
    assert "Dr. Expert" not in text


def _upload(content):
    return SimpleUploadedFile("plan.pdf", content)


@pytest.mark.parametrize("ended", ["withdrawn", "lapsed", "decided", "taken back"])
def test_link_that_has_ended_says_so(version, learner, manager, ended):
    work = handed_in(version, learner)
    _invite(work, manager)
    outside = Client()
    outside.get(_link())
    with across_issuers("a test ends it"):
        invite = ReviewerInvite.objects.get()
        if ended == "lapsed":
            ReviewerInvite.objects.update(expires_at=timezone.now() - timedelta(days=1))
    if ended == "withdrawn":
        manager.post(_at(work, "-invitation-withdrawal", invite.pk))
    if ended == "taken back":
        signed_in(learner).post(reverse("work-withdrawal", args=[work.public_id]))
    if ended == "decided":
        owner = MembershipFactory(issuer=version.issuer, role=Role.OWNER)
        manager.post(_at(work, "-assessor"), {"member": owner.pk})
        signed_in(owner.user).post(_at(work, "-marking"), PASSED)

    answer = outside.get("/assess/")

    said = {"lapsed": "This link has ended"}.get(ended, "This link was withdrawn")
    assert (answer.status_code, said in answer.content.decode()) == (410, True)
    assert work.name not in answer.content.decode()
    assert outside.post("/assess/marking/", {**FAILED, "name": "X"}).status_code == 410
    with across_issuers("a test looks"):
        assert not Marking.objects.filter(invite=invite).exists()


def test_link_is_kept_as_its_hash_and_the_newest_alone_is_good(version, learner, manager):
    work = handed_in(version, learner)
    _invite(work, manager)
    first = _link()
    _invite(work, manager, "second@example.net")
    second = _link()
    old = Client()
    old.get(first)

    with across_issuers("a test looks"):
        stored = str(list(ReviewerInvite.objects.values()) + list(OutgoingEmail.objects.values()))
    assert second.split("/")[2] not in stored
    assert old.get("/assess/").status_code == 410
    assert Client().get("/assess/" + "x" * 43 + "/").status_code == 404


def test_learner_is_not_invited_to_assess_themselves(version, learner, manager):
    work = handed_in(version, learner)

    answer = _invite(work, manager, "AMAL@example.org")

    assert (answer.status_code, "Nobody assesses themselves" in answer.content.decode()) == (409, True)
    learner.emailaddress_set.create(email="amal@home.example", verified=True, primary=False)
    assert _invite(work, manager, "amal@home.example").status_code == 409


def test_first_assessor_is_not_invited_to_be_the_second(learner):
    version = publish_assessed(IssuerFactory(), second_assessor=True)
    work, first = handed_in(version, learner), _member(version.issuer, Role.ADMIN)
    _mark(work, first, PASSED)

    assert "has assessed it before" in _invite(seen(work), signed_in(first), first.email).content.decode()


def test_trail_tells_of_it_in_sentences(version, learner):
    work = handed_in(version, learner)
    _mark(work, _member(version.issuer), FAILED)
    owner = signed_in(_member(version.issuer, Role.OWNER))

    page = owner.get(reverse("manage-audit", args=[version.issuer.slug])).content.decode()

    with across_issuers("a test looks"):
        actions = set(AuditEvent.objects.filter(subject_kind="submission").values_list("action", flat=True))
    assert actions == {"submission.begun", "submission.handed_in", "submission.marked"}
    assert "submission." not in re.sub(r'(value|href|action)="[^"]*"', "", page)
    assert "not yet" in page
