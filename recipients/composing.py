"""The unsigned document of one credential, from the rows that say what was earned. Written once, signed as it is."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from badges import rubric
from badges.models import AchievementVersion
from badges.openbadges import documents, rubrics, validate
from badges.rubric import Rubric
from issuers import keys, media
from issuers.models import Issuer, StatusList
from recipients.importing import Person
from recipients.models import AchievementCredential, Evidence


def absolute(path: str) -> str:
    """A path of this site as it stands in documents and mails."""
    return f"{settings.SITE_URL}{path}" if path else ""


def status_list_url(issuer: Issuer, status_list: StatusList) -> str:
    """Address of a status list, for ever."""
    return absolute(reverse("status-list", args=[issuer.slug, status_list.purpose, status_list.number]))


def profile(issuer: Issuer) -> documents.ProfileFacts:
    """The issuer as its credentials describe it."""
    return documents.ProfileFacts(
        did=keys.did(issuer),
        name=issuer.name,
        url=issuer.public_url,
        email=issuer.email,
        image=absolute(media.url(issuer.logo)),
        description=issuer.description,
    )


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def achievement(issuer: Issuer, version: AchievementVersion) -> documents.AchievementFacts:
    """The published version as its credentials describe it."""
    words = version.words
    return documents.AchievementFacts(
        id=absolute(reverse("achievement", args=[issuer.slug, version.achievement.slug])),
        achievement_type=words["achievement_type"],
        name=words["name"],
        description=words["description"],
        criteria="\n\n".join(filter(None, (words["criteria"], resting_on(version)))),
        image=absolute(media.url(version.badge_picture)),
        image_alt=version.content["badge"]["alt"],
        version=str(version.number),
        tags=tuple(words["tags"]),
        alignments=(*_competency(issuer, version), *_alignments(version)),
        language=words["language"],
        human_code=words["human_code"],
        field_of_study=words["field_of_study"],
        credits=_decimal(words["credits"]),
        rubric=_rubric(version),
    )


def resting_on(version: AchievementVersion) -> str:
    """What the credential rests on, as its criteria end; '' where the institution does not say (PRODUCT B2)."""
    basis = version.content.get("basis", "")
    with override(version.words["language"]):
        if basis == rubric.ATTENDANCE:
            return gettext("**Rests on attendance:** taking part was what it took.")
        if basis != rubric.MASTERY:
            return ""
        found = Rubric.of(version.content)
        if found is None:
            return gettext("**Rests on mastery:** evidence was assessed.")
        return gettext(
            "**Rests on mastery:** evidence was assessed by a rubric, and every criterion had to reach “%(level)s”."
        ) % {"level": found.counts}


def _alignments(version: AchievementVersion) -> list[documents.AlignmentFacts]:
    return [documents.AlignmentFacts(**line) for line in version.content["alignments"]]


def _competency(issuer: Issuer, version: AchievementVersion) -> list[documents.AlignmentFacts]:
    """The one competency that it is about; the achievement's own page describes it where no framework does."""
    assessment = version.content.get("assessment")
    if not assessment:
        return []
    page = absolute(reverse("achievement", args=[issuer.slug, version.achievement.slug]))
    return [documents.AlignmentFacts(assessment["competency"], assessment["competency_url"] or f"{page}#h-competency")]


def _rubric(version: AchievementVersion) -> tuple[rubrics.CriterionFacts, ...]:
    found = Rubric.of(version.content)
    if found is None:
        return ()
    return tuple(
        rubrics.CriterionFacts(row.name, tuple(zip(found.levels, row.looks, strict=True)), found.reaches)
        for row in found.criteria
    )


def said(person: Person) -> dict[str, Any]:
    """What is said about this person, as text; what is not said is left out."""
    texts = ("grade", "narrative", "student_id", "license_number", "role", "term", "credits")
    days = {"activity_start": person.activity_start, "activity_end": person.activity_end}
    said = {name: getattr(person, name) for name in texts} | {name: str(day) for name, day in days.items() if day}
    levels = {"levels": list(person.levels)} if person.levels else {}
    return {**{name: value for name, value in said.items() if value}, "custom": person.custom, **levels}


def ends(person: Person, version: AchievementVersion, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When it runs out: at the end of the day that the list says, else after the version's months; None for never."""
    if person.expires_on:
        return datetime.combine(person.expires_on, time(23, 59, 59), zone).astimezone(UTC)
    months = version.words["valid_months"]
    if not months:
        return None
    here = now.astimezone(zone)  # where the day is counted that the certificate prints
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    last = min(here.day, monthrange(year, month + 1)[1])
    return here.replace(year=year, month=month + 1, day=last, microsecond=0).astimezone(UTC)


def printed_results(credential: AchievementCredential) -> tuple[tuple[str, str], ...]:
    """Label and value of everything beside the name that a certificate may print: basis, grade, hours, own columns."""
    values, words = credential.values, credential.version.words
    basis = credential.version.content.get("basis", "")
    with override(words["language"]):
        named = {rubric.MASTERY: gettext("Mastery"), rubric.ATTENDANCE: gettext("Attendance")}
        fixed = [(gettext("Rests on"), named.get(basis, ""))]
        fixed += [(gettext("Grade"), values.get("grade", "")), (gettext("Hours"), words["hours"] or "")]
    return tuple((label, value) for label, value in [*fixed, *values.get("custom", {}).items()] if value)


def earned_credits(credential: AchievementCredential) -> Decimal | None:
    """What this person earned, be it none, or what everybody does."""
    return _decimal(credential.values.get("credits") or credential.version.words["credits"])


class Composer:
    """Makes the documents of one batch; what is the same for everybody is worked out once."""

    def __init__(self, issuer: Issuer, version: AchievementVersion) -> None:
        self._profile, self._achievement = profile(issuer), achievement(issuer, version)
        self._issuer, self._zone = issuer, ZoneInfo(issuer.time_zone)

    def compose(self, credential: AchievementCredential, evidence: list[Evidence]) -> str:
        """Checked JSON text of one row. Raises badges.openbadges.validate.NotPrepared."""
        facts = self.facts(credential, evidence)
        return validate.prepare_quickly(documents.credential(facts, self._achievement, self._profile)).text

    def facts(self, credential: AchievementCredential, evidence: list[Evidence]) -> documents.CredentialFacts:
        """What one row says, in the words of the standard."""
        values = credential.values
        return documents.CredentialFacts(
            id=credential.url,
            subject_id=f"urn:uuid:{credential.subject_id}",
            name=credential.name,
            address_key=credential.recipient.address_key,
            salt=credential.salt,
            awarded=self._begin(credential.awarded_on),
            valid_from=credential.valid_from,
            valid_until=credential.expires_at,
            status=self._status(credential),
            narrative=values.get("narrative", ""),
            student_id=values.get("student_id", ""),
            license_number=values.get("license_number", ""),
            role=values.get("role", ""),
            term=values.get("term", ""),
            credits=earned_credits(credential),
            activity_began=self._day(values.get("activity_start")),
            activity_ended=self._day(values.get("activity_end")),
            results=printed_results(credential),
            levels=tuple(values.get("levels", ())),
            evidence=tuple(
                documents.EvidenceFacts(piece.url, piece.name, piece.description, piece.genre, piece.audience)
                for piece in evidence
            ),
        )

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)

    def _day(self, text: str | None) -> datetime | None:
        return self._begin(date.fromisoformat(text)) if text else None

    def _status(self, credential: AchievementCredential) -> documents.StatusFacts:
        listed = credential.status_list
        return documents.StatusFacts(status_list_url(self._issuer, listed), credential.status_index, listed.purpose)
