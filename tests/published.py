"""Published achievements and issued credentials, made by the stages that the product uses."""

from dataclasses import replace
from datetime import date

from badges import designing, laying_out, publishing
from badges.models import Achievement
from issuers import cleaning, keys
from issuers.models import SigningKey
from issuers.tenancy import across_issuers, scope
from recipients import claiming, delivering, issuing, sending
from recipients.importing import Evidence, Person
from recipients.models import AchievementCredential, Award
from tests.factories import IssuerFactory, UserFactory


def issuer_with_keys(**values):
    issuer = IssuerFactory(**values)
    with scope(issuer):
        keys.create(issuer, None)
    return issuer


def publish(issuer, name="Community Mentor", picture=None, starter="minimal", **words):
    """A published version: begun, worded, dressed (or given a picture) and frozen as staff do it.

    The plainest certificate is printed in a third of the time of the first one on offer.
    """
    with scope(issuer):
        if not SigningKey.objects.exists():
            keys.create(issuer, None)
        by = UserFactory()
        begun = designing.begin(issuer, by, name=name)
        laying_out.from_starter(begun, starter=starter, choices={})
        edits = Achievement.objects.get(pk=begun.pk).edits
        words = {
            "name": name,
            "achievement_type": "Certificate",
            "description": "Guided five new students through their first year.",
            "criteria": "Meet **five** new students every week for one term.",
            **words,
        }
        achievement = designing.save_words(begun, by, edits=edits, **words)
        if picture:
            designing.upload_badge(achievement, picture, alt="A shield")
        return publishing.publish(Achievement.objects.get(pk=achievement.pk), by)


def person(name="Amal Student", address="amal@example.org", line=2, **values):
    return Person(line=line, name=name, address=cleaning.address(address), **values)


FULL = person(
    name="Amal bint Khalid Al-Mansoori",
    student_id="S00001",
    issued_on=date(2026, 11, 20),
    evidence=Evidence("https://example.org/poster/1", "Poster", "A poster session."),
    narrative="Guided all five to the end.",
    grade="A",
    custom={"Seminar room": "B 12"},
)


def people(count, start=0):
    return [person(f"Person {n}", f"p{n}@example.org", line=n + 2) for n in range(start, start + count)]


def intend(version, *who, key="request", **options):
    options = {"source": Award.Source.FILE, "by": None, "skip_undo": True, **options}
    with scope(version.issuer):
        return issuing.intend(version.issuer, version, list(who) or [FULL], request_key=key, **options)


def deliver():
    """Everything that waits is signed, printed and sent, as workers do."""
    while delivering.sign_chunk() or delivering.render_chunk() or sending.send_chunk():
        continue


def issued(version=None, *who, **options):
    """One credential that has been signed, printed and mailed."""
    version = version or publish(IssuerFactory())
    award = intend(version, *who, **options)
    deliver()
    with across_issuers("a test looks"):
        return AchievementCredential.objects.listed().select_related("status_list").get(award=award)


def claimed(version=None, *who, visibility="public", user=None, **options):
    """One credential that its person has accepted and claimed."""
    made = issued(version, *who, **options)
    user = user or UserFactory()
    with across_issuers("a test claims"):
        assert claiming.accept(made)
        assert claiming.claim(made, user, visibility=visibility)
        return AchievementCredential.objects.listed().select_related("status_list", "holder").get(pk=made.pk)


def reread(credential):
    with across_issuers("a test looks"):
        return AchievementCredential.objects.listed().select_related("status_list", "holder").get(pk=credential.pk)


def renamed(who, name):
    return replace(who, name=name)
