"""Applying: sent, proved, counted once; and what keeps programs and other people's names out."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from issuers import clock
from issuers.tenancy import across_issuers, scope
from recipients import applying, links, sending
from recipients.models import Application, ApplicationForm, OutgoingEmail
from recipients.questions import Kind
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import publish

pytestmark = pytest.mark.django_db
HER = "ines@example.org"


@pytest.fixture
def issuer(db):
    return factories.IssuerFactory(slug="north", name="North College")


@pytest.fixture
def form(issuer):
    """A form with two questions, open, answered by staff."""
    version = publish(issuer, name="Library Guide")
    made = factories.ApplicationFormFactory(issuer=issuer, achievement=version.achievement)
    factories.QuestionFactory(issuer=issuer, form=made, key="aaaaaaaa", label="Where?")
    factories.QuestionFactory(issuer=issuer, form=made, key="bbbbbbbb", kind=Kind.NUMBER, label="How often?")
    return made


def address(form, name="apply"):
    return reverse(name, args=[form.issuer.slug, form.achievement.slug])


def opened(client, form, *, waited=10):
    """The hidden fields of a page that was opened `waited` seconds ago."""
    with clock.at(timezone.now() - timedelta(seconds=waited)):
        page = client.get(address(form)).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("stamp", "edits")}


def filled(client, form, **said):
    said = {"name": "Ines Li", "email": HER, "q_aaaaaaaa": "In the old library", "q_bbbbbbbb": "12", **said}
    return {**opened(client, form), **said}


def send(client, form, **said):
    return client.post(address(form), filled(client, form, **said))


def mails(kind="application"):
    with across_issuers("a test reads mails"):
        return list(OutgoingEmail.objects.filter(kind=kind).order_by("pk"))


def code():
    return mails()[-1].context["code"]


def deliver():
    """Mails leave; the database's now is that of the test's one transaction."""
    with across_issuers("a test delivers"):
        OutgoingEmail.objects.update(not_before=timezone.now() - timedelta(hours=1))
    while sending.send_chunk():
        continue


def sent():
    with across_issuers("a test looks"):
        return list(Application.objects.order_by("pk"))


def link_of(application):
    return reverse("application-link", args=[links.application_token(application)])


def test_c9_application_counts_once_its_address_is_proved(client, form):
    """Nobody applies in another’s name: a form counts once the mailbox behind its address was proved."""
    answer = send(client, form)

    assert answer.url == address(form, "apply-code")
    (application,) = sent()
    assert application.proved_at is None
    assert client.get(reverse("application", args=[application.public_id])).status_code == 404
    wrong = client.post(answer.url, {"code": "000000" if code() != "000000" else "111111"})
    assert wrong.status_code == 422
    right = client.post(answer.url, {"code": f"{code()[:3]} {code()[3:]}"})
    assert right.url == reverse("application", args=[application.public_id])
    assert sent()[0].proved_at is not None
    page = client.get(right.url).content.decode()
    assert "It is being looked at" in page
    assert "In the old library" in page


def test_every_fault_stands_at_its_field_and_nothing_is_lost(client, form):
    answer = send(client, form, email="ines@example", q_bbbbbbbb="often", q_aaaaaaaa="Ünïcode <b>place</b>")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == 2
    assert "“often” is no number" in page or "often is no number" in page
    assert "no ending" in page
    assert 'value="Ünïcode &lt;b&gt;place&lt;/b&gt;"' in page
    assert sent() == []


def test_pressing_twice_sends_once(client, form):
    said = filled(client, form)
    for _press in range(2):
        assert client.post(address(form), said).status_code == 302

    assert len(sent()) == len(mails()) == 1
    mended = {**said, "email": "ines.li@example.org"}
    client.post(address(form), mended)
    assert [row.address for row in sent()] == ["ines.li@example.org"]
    assert [mail.to for mail in mails()] == ["ines.li@example.org"]


def test_link_that_went_to_one_address_proves_no_other(client, form):
    said = filled(client, form, email="mallory@example.org")
    client.post(address(form), said)
    own = link_of(sent()[0])
    client.get(own)
    client.post(address(form), {**said, "email": HER})

    (hers,) = sent()
    again = client.get(own, follow=True)
    assert again.status_code == 404
    assert client.post(reverse("application-proof", args=[hers.public_id])).status_code == 404
    assert sent()[0].proved_at is None


def test_mail_is_made_once_and_holds_no_code_afterwards(client, form):
    send(client, form)
    deliver()

    (mail,) = mails()
    assert mail.sent_at is not None, mail.response
    assert mail.context == {}
    (message,) = outbox.outbox
    assert link_of(sent()[0]) in message.body
    assert link_of(sent()[0]) in message.alternatives[0][0]
    assert re.search(r"\b\d{6}\b", message.subject)


def test_link_in_the_mail_proves_by_a_button_and_not_by_looking(client, form):
    send(client, form)
    (application,) = sent()
    scanner = Client()
    page = scanner.get(link_of(application), follow=True).content.decode()

    assert "One press, and it counts" in page
    assert "old library" not in page
    assert sent()[0].proved_at is None
    scanner.post(reverse("application-proof", args=[application.public_id]))
    assert sent()[0].proved_at is not None
    assert Client().get(reverse("application-link", args=["x" * 43])).status_code == 404


def test_whoever_is_signed_in_with_the_address_needs_no_code(form):
    user = factories.UserFactory(email=HER, name="Ines Li")
    client = signed_in(user)

    answer = send(client, form)

    (application,) = sent()
    assert answer.url == reverse("application", args=[application.public_id])
    assert application.proved_at is not None
    assert [mail.context for mail in mails()] == [{}]
    assert "Library Guide" in client.get(reverse("wallet-applications")).content.decode()
    other = signed_in(factories.UserFactory())
    assert other.get(answer.url).status_code == 404


def test_somebody_elses_address_is_not_proved_by_being_signed_in(form):
    client = signed_in(factories.UserFactory(email="mallory@example.org"))

    assert send(client, form).url == address(form, "apply-code")
    assert sent()[0].proved_at is None


def test_second_application_leads_to_the_first_and_only_the_mailbox_learns_it(client, form):
    earlier = factories.ApplicationFactory(issuer=form.issuer, form=form, address=HER)
    known, unknown = send(client, form), send(Client(), form, email="nobody@example.org")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    with across_issuers("a test reads a mail"):
        his = OutgoingEmail.objects.get(to=HER).context["code"]
    answer = client.post(known.url, {"code": his}, follow=True)
    assert answer.redirect_chain[0][0] == reverse("application", args=[earlier.public_id])
    assert "You have applied for this before" in answer.content.decode()
    assert [row.address_key for row in sent()] == [HER, "nobody@example.org"]


def test_each_person_applies_as_often_as_the_form_says(client, form):
    factories.ApplicationFactory(
        issuer=form.issuer, form=form, address=HER, decision="declined", decided_at=timezone.now()
    )
    send(client, form)

    answer = client.post(address(form, "apply-code"), {"code": code()}, follow=True)

    assert "Each person may apply once for this" in answer.content.decode()
    assert len(sent()) == 1


def test_code_page_says_the_same_for_every_address(form):
    pages = []
    factories.ApplicationFactory(issuer=form.issuer, form=form, address=HER)
    for who in (HER, "a.stranger@example.org"):
        client = Client()
        send(client, form, email=who)
        page = client.get(address(form, "apply-code")).content.decode()
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).replace(who, "WHO"))

    assert pages[0] == pages[1]


# Programs


def test_field_that_nobody_sees_catches_programs(client, form):
    answer = send(client, form, homepage="https://casino.example")

    assert answer.status_code == 422
    assert "fill in everything" in answer.content.decode()
    assert sent() == []


def test_page_that_was_sent_at_once_is_shown_again_with_everything_in_it(client, form):
    quick = {**filled(client, form), **opened(client, form, waited=1)}
    answer = client.post(address(form), quick)

    assert answer.status_code == 422
    assert "That was quick" in answer.content.decode()
    assert 'value="Ines Li"' in answer.content.decode()
    assert sent() == []


@pytest.mark.parametrize("stamp", ["", "forged", "eyJh:1abc:def"])
def test_page_that_we_did_not_make_sends_nothing(client, form, stamp):
    answer = client.post(address(form), {**filled(client, form), "stamp": stamp})

    assert answer.status_code == 422
    assert sent() == []


def test_stamp_of_another_form_does_not_fit(client, form):
    other = factories.ApplicationFormFactory(issuer=form.issuer, achievement=publish(form.issuer, "Other").achievement)
    answer = client.post(address(form), {**filled(client, form), "stamp": opened(client, other)["stamp"]})

    assert answer.status_code == 422
    assert sent() == []


def test_one_address_gets_three_codes_an_hour_whoever_asks(form):
    pages = {send(Client(), form, email=HER).url for _try in range(5)}

    assert pages == {address(form, "apply-code")}
    assert len(mails()) == 3


def test_many_forms_from_one_connection_are_kept_for_later(client, form):
    said = [send(client, form, email=f"p{number}@example.org").status_code for number in range(21)]

    assert said == [302] * 20 + [429]
    late = send(client, form, email="p@example.org")
    assert late["Retry-After"]
    assert 'value="In the old library"' in late.content.decode()


def test_five_tries_a_code(client, form):
    send(client, form)
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        client.post(address(form, "apply-code"), {"code": wrong})

    assert client.post(address(form, "apply-code"), {"code": right}).status_code == 422
    assert sent()[0].proved_at is None


def test_code_is_good_for_a_quarter_of_an_hour(client, form):
    send(client, form)
    with clock.at(timezone.now() + timedelta(minutes=16)):
        assert client.post(address(form, "apply-code"), {"code": code()}).status_code == 422


def test_what_nobody_proved_is_forgotten(form):
    old = timezone.now() - timedelta(days=3)
    factories.ApplicationFactory(issuer=form.issuer, form=form, proved_at=None, submitted_at=old)
    kept = factories.ApplicationFactory(issuer=form.issuer, form=form, submitted_at=old)

    assert applying.forget_unproved() == 1
    assert sent() == [kept]


# The form meanwhile


def test_form_that_changed_meanwhile_is_shown_again_with_the_answers(client, form):
    said = filled(client, form)
    with scope(form.issuer):
        ApplicationForm.objects.update(edits=7)
        form.questions.filter(key="bbbbbbbb").update(label="How many evenings?")
    answer = client.post(address(form), said)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The questions were changed while you wrote" in page
    assert "How many evenings?" in page
    assert 'value="In the old library"' in page
    assert client.post(address(form), {**said, "edits": "7"}).status_code == 302
    assert sent()[0].answered()[1].asked.label == "How many evenings?"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closed_at": timezone.now()}, "takes no applications"),
        ({"opens_on": "2999-01-01"}, "You can apply from"),
        ({"closes_on": "2000-01-01"}, "The last day to apply was"),
    ],
)
def test_closed_form_says_so_and_takes_nothing(client, form, change, words):
    said = filled(client, form)
    with scope(form.issuer):
        ApplicationForm.objects.update(**change)

    assert words in client.get(address(form)).content.decode()
    assert client.post(address(form), said).status_code == 409
    assert sent() == []


def test_form_that_was_never_opened_is_no_page(client, form):
    with scope(form.issuer):
        ApplicationForm.objects.update(opened_at=None)

    assert client.get(address(form)).status_code == 404
    public = reverse("achievement", args=[form.issuer.slug, form.achievement.slug])
    assert "Apply for it" not in client.get(public).content.decode()


def test_public_page_leads_to_the_open_form(client, form):
    public = client.get(reverse("achievement", args=[form.issuer.slug, form.achievement.slug])).content.decode()

    assert address(form) in public


def test_withdrawn_application_can_be_sent_anew(client, form):
    application = factories.ApplicationFactory(issuer=form.issuer, form=form, address=HER)
    client.get(link_of(application))
    client.post(reverse("application-withdrawal", args=[application.public_id]))
    client.post(reverse("application-withdrawal", args=[application.public_id]))
    assert sent()[0].withdrawn_at is not None

    send(client, form)
    client.post(address(form, "apply-code"), {"code": code()})
    assert [row.state for row in sent()] == ["withdrawn", "waiting"]
