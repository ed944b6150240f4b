"""What staff read where mails wait, were put off, or may have arrived."""

from datetime import timedelta

import pytest
from django.urls import reverse

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import pausing
from recipients.models import OutgoingEmail, Trouble
from recipients.views.mail_words import TROUBLES
from tests.conftest import COMMITTED
from tests.published import publish
from tests.recipients.test_moods import ready
from tests.recipients.test_pipeline import mails

pytestmark = COMMITTED


@pytest.fixture
def award(issuer):
    return ready(publish(issuer), *(f"p{n}" for n in range(6)))


def update(mail, **values):
    with across_issuers("a test arranges"):
        OutgoingEmail.objects.filter(pk=mail.pk).update(**values)


def page_of(staff, issuer, award, query=""):
    return staff.get(reverse("manage-award", args=[issuer.slug, award.public_id]) + query).content.decode()


def test_batch_says_nothing_of_mails_that_go_their_way(staff, issuer, award):
    page = page_of(staff, issuer, award)
    assert "Emails wait since" not in page and "not now" not in page and "not known" not in page


@pytest.mark.parametrize("why", list(Trouble))
def test_batch_says_why_its_mails_wait_and_not_what_the_server_said(staff, issuer, award, why):
    pausing.pause(why, "535 5.7.8 secret words of mail.internal")
    page = page_of(staff, issuer, award)
    assert str(TROUBLES[why]) in page
    assert "secret words" not in page

    pausing.resume()
    assert "Emails wait since" not in page_of(staff, issuer, award)


def test_batch_that_is_done_does_not_speak_of_a_server_that_is_away(staff, issuer, award):
    for mail in mails():
        update(mail, sent_at=clock.now())
    pausing.pause(Trouble.UNREACHABLE, "no route")
    assert "Emails wait since" not in page_of(staff, issuer, award)


def test_batch_counts_mails_that_were_put_off_and_says_when_they_are_tried_again(staff, issuer, award):
    for minutes, mail in zip((9, 4), mails()[:2], strict=True):
        update(mail, deferred_since=clock.now(), not_before=clock.now() + timedelta(minutes=minutes))
    page = page_of(staff, issuer, award)
    assert "2 mailboxes said “not now”." in page


def test_mail_that_may_have_arrived_is_found_explained_and_sent_again(staff, issuer, award):
    unknown, refused = mails()[:2]
    update(unknown, failed_at=clock.now(), unsure_at=clock.now(), response="who knows")
    update(refused, refused_at=clock.now(), unsure_at=clock.now(), response="550 gone")

    page = page_of(staff, issuer, award)
    assert "Of 1 mail it is not known whether it arrived." in page and "1 address refused the mail." in page
    listed = page_of(staff, issuer, award, "?state=unknown")
    assert "p0@example.org" in listed and "p1@example.org" not in listed
    with across_issuers("a test looks"):
        public_id = unknown.credential.public_id
    story = staff.get(reverse("manage-credential", args=[issuer.slug, public_id])).content.decode()
    assert "Not known whether this arrived" in story and "Next: the mail leaves" not in story

    staff.post(reverse("manage-credential-resend", args=[issuer.slug, public_id]))
    again = mails(to="p0@example.org")
    assert len(again) == 2 and again[1].failed_at is None and again[1].message_id != unknown.message_id
    story = staff.get(reverse("manage-credential", args=[issuer.slug, public_id])).content.decode()
    assert "Next: the mail leaves" in story
