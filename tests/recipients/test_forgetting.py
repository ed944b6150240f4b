"""Whoever asks to be forgotten is named nowhere afterwards, and takes nobody else along."""

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from issuers.tenancy import across_issuers
from recipients import artefacts, awarding, clearing, holding, submitting
from recipients.models import Activity, Application, Earning, Marking, Recipient, ReviewerInvite, Submission
from tests import factories
from tests import handed_in as files
from tests.assessed import publish_assessed
from tests.handed_in import begin, handed_in

pytestmark = pytest.mark.django_db
HER, NOW = "ana@example.org", timezone.now()


@pytest.fixture
def ana():
    return factories.UserFactory(email=HER, name="Ana Li")


def _forget(user):
    with across_issuers("a test forgets"):
        clearing.forget(user)
        holding.forget(user)


def _stored(model):
    with across_issuers("a test looks"):
        return str(list(model.objects.values()))


def test_person_is_named_in_no_row_of_theirs_and_none_of_others(issuer, ana):
    unlinked = factories.RecipientFactory(issuer=issuer, name="Ana Li", address=HER)
    factories.ActivityFactory(issuer=issuer, recipient=unlinked, note="Ana was late", refusal="Ana lied")
    factories.ActivityFactory(issuer=issuer, kind="help", peer=HER)
    factories.EarningFactory(
        issuer=issuer, recipient=unlinked, refused_at=timezone.now(), settled_at=timezone.now(), refusal="Ana lied"
    )

    number = ana.pk

    _forget(ana)

    for model in (Activity, Earning, Recipient):
        assert not {word for word in (HER, "Ana ") if word in _stored(model)}, model
    with across_issuers("a test looks"):
        assert Activity.objects.get(kind="help").peer == f"erased-{number}"


def test_assessor_leaves_what_they_found_and_not_their_name(ana):
    version = publish_assessed(factories.IssuerFactory())
    work = handed_in(version, factories.UserFactory())
    invite = factories.ReviewerInviteFactory(
        issuer=version.issuer,
        submission=work,
        turn="first",
        address="Ana@example.org",
        expires_at=timezone.now() + timezone.timedelta(days=3),
    )
    factories.MarkingFactory(issuer=version.issuer, submission=work, turn="first", invite=invite, name="Ana Li")

    _forget(ana)

    assert HER not in _stored(ReviewerInvite).lower()
    assert "Ana Li" not in _stored(Marking)
    with across_issuers("a test looks"):
        assert not ReviewerInvite.objects.open().exists()


def test_nobody_is_forgotten_with_somebody_who_merely_typed_their_address_or_holds_their_link(issuer, ana):
    liar = factories.UserFactory(email="liar@example.org")
    liar.emailaddress_set.create(email=HER, verified=False, primary=False)
    known = factories.RecipientFactory(issuer=issuer, name="Ana Li", address=HER, user=ana)
    factories.CredentialFactory(issuer=issuer, recipient=known, holder=liar, accepted_at=NOW, claimed_at=NOW)
    factories.ApplicationFactory(issuer=issuer, address=HER, name="Ana Li")

    _forget(liar)

    with across_issuers("a test looks"):
        assert Recipient.objects.get(pk=known.pk).name == "Ana Li"
        assert Application.objects.get().name == "Ana Li"


def test_nobody_who_was_forgotten_is_awarded_anything(ana):
    version = publish_assessed(factories.IssuerFactory())
    work = handed_in(version, ana)
    with across_issuers("a test decides"):
        Submission.objects.filter(pk=work.pk).update(decided_at=timezone.now(), demonstrated_at=timezone.now())
    assert awarding.waiting()

    _forget(ana)

    assert not awarding.waiting()
    assert awarding.demonstrated() == []


def test_file_goes_with_the_last_work_that_has_it(django_capture_on_commit_callbacks, ana):
    version, others = publish_assessed(factories.IssuerFactory()), factories.UserFactory()
    kept = artefacts.examine(files.pdf())
    with across_issuers("a test adds"):
        key = [submitting.add_file(begin(version, who), kept, name="Plan").key for who in (ana, others)][0]

    left = []
    for user in (ana, others):
        with django_capture_on_commit_callbacks(execute=True):
            _forget(user)
        left.append(default_storage.exists(key))

    assert left == [True, False]
