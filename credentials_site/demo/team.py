"""Northmoor itself: opened, approved, joined by its team, with six published achievements."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from badges import designing, keeping, laying_out, publishing
from badges.models import Achievement
from badges.rendering import image
from credentials_site.demo import words
from issuers import clock, inviting, opening
from issuers.models import Issuer, Membership, User
from issuers.tenancy import scope

HERE = Path(__file__).parent


def person_with(email: str, name: str, password: str | None = None) -> User:
    """The person with this proved address, made if there is none."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, password, name=name)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def institution() -> tuple[Issuer, User]:
    """Northmoor and its owner, a year and some weeks old; found again by a second run."""
    founded = clock.now() - timedelta(days=400)
    _role, name, local = words.TEAM[0]
    owner = person_with(f"{local}@{words.DOMAIN}", name, words.PASSWORD)
    person_with(words.STUDENT[1], words.STUDENT[0], words.PASSWORD)
    if found := Issuer.objects.filter(slug=words.SLUG).first():
        return found, owner
    with transaction.atomic():
        with clock.at(founded):
            issuer = _opened(owner)
        _join(issuer, owner)
    issuer.refresh_from_db()
    return issuer, owner


def _opened(owner: User) -> Issuer:
    issuer = opening.open_issuer(
        owner,
        name=words.NAME,
        slug=words.SLUG,
        email=f"badges@{words.DOMAIN}",
        website=f"https://{words.DOMAIN}",
        brand=words.BRAND,
        time_zone="Europe/London",
    )
    opening.approve(issuer)
    Issuer.objects.filter(pk=issuer.pk).update(description=_ABOUT)
    with scope(issuer):
        _kit(issuer, owner)
    return issuer


_ABOUT = "Northmoor teaches 11,000 students in four faculties on the coast, and has done so since 1911."


def _kit(issuer: Issuer, owner: User) -> None:
    """Both logos, an accent, two signatories, and words for mails: what every design of Northmoor begins with."""
    keeping.change_logo(issuer, owner, (HERE / "logo.png").read_bytes())
    keeping.change_logo(issuer, owner, (HERE / "logo-dark.png").read_bytes(), dark=True)
    for signer in words.SIGNERS:
        scan = image.rasterise((HERE / signer.scan).read_text(), 600)
        keeping.add_signatory(issuer, owner, name=signer.name, title=signer.title, data=scan)
    keeping.change(issuer, owner, "texts", **words.KIT_TEXTS)


def _join(issuer: Issuer, owner: User) -> None:
    """The rest of the team takes its invitations: today, for an invitation does not stay open for a year."""
    with scope(issuer):
        first = Membership.objects.get(user=owner)
        for role, name, local in words.TEAM[1:]:
            user = person_with(f"{local}@{words.DOMAIN}", name, words.PASSWORD)
            invitation = inviting.invite(issuer, user.email, role, by=first)
            inviting.join(user, inviting.digest(inviting.remember(invitation)))


def achievements(issuer: Issuer, by: User) -> list[Achievement]:
    """The six, published; one of them again with clearer words."""
    moment = clock.now() - timedelta(days=395)
    with scope(issuer), clock.at(moment):
        return [_achievement(issuer, by, told) for told in words.ACHIEVEMENTS]


def _achievement(issuer: Issuer, by: User, told: words.Words) -> Achievement:
    """One achievement: begun, worded, dressed, published; a second run finds it."""
    found = Achievement.objects.filter(name=told.name).first()
    if found is None:
        with transaction.atomic():
            found = designing.begin(issuer, by, name=told.name)
            designing.save_words(found, by, edits=found.edits + _dressings(found), **told.words)
            found.refresh_from_db()
            designing.save_alignments(found, by, edits=found.edits, rows=told.skills)
            designing.dress_badge(found, starter=told.badge, choices=told.choices)
            laying_out.from_starter(found, starter=told.certificate, choices=_paper(issuer, told))
    if not found.versions.exists():
        publishing.publish(found, by)
    return found


def _paper(issuer: Issuer, told: words.Words) -> dict[str, Any]:
    """What was chosen for a certificate; who signs it is named by the place in the kit, and is left to it otherwise."""
    if told.signs is None:
        return told.paper
    return {**told.paper, "signatories": [keeping.chosen(issuer).signers[told.signs]]}


def _dressings(begun: Achievement) -> int:
    """What `begin` counted after it made the row: the edits that a form would be opened with."""
    return Achievement.objects.get(pk=begun.pk).edits - begun.edits
