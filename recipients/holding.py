"""Stages of holding: what one has, who may see it, taking it all along, and being forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Cast, Concat

from issuers import clock, marks
from issuers.models import AuditEvent, Issuer, Membership, Role, User
from issuers.tenancy import across_issuers
from recipients import announcing, printing
from recipients.models import (
    ERASED,
    AchievementCredential,
    Activity,
    Application,
    AutoAccept,
    ClaimLink,
    CredentialRevision,
    Digest,
    Earning,
    Evidence,
    Goal,
    LeaderboardEntry,
    MailStop,
    Notice,
    OutgoingEmail,
    Recipient,
    RecipientList,
    WebhookType,
)


class LastOwner(Exception):
    """The only owner of an institution cannot be forgotten before somebody else owns it."""

    def __init__(self, issuers: list[str]) -> None:
        super().__init__(", ".join(issuers))
        self.issuers = issuers


def held_by(user: User) -> Any:
    """Everything this person holds, newest first."""
    return AchievementCredential.objects.claimed().filter(holder=user).listed().newest_first()


class Skill(NamedTuple):
    """A skill that credentials name, and how many do."""

    name: str
    number: int


def skills_in(credentials: Iterable[AchievementCredential], most: int = 6) -> list[Skill]:
    """The skills that come up most, each once a credential, in the words of the newest."""
    counted: Counter[str] = Counter()
    words: dict[str, str] = {}
    for credential in credentials:
        named = [row["target_name"] for row in credential.version.content["alignments"]] + credential.words["tags"]
        for key, name in {name.casefold(): name for name in named}.items():
            counted[key] += 1
            words.setdefault(key, name)
    return [Skill(words[key], number) for key, number in counted.most_common(most)]


@transaction.atomic
def set_visibility(credential: AchievementCredential, user: User, visibility: str) -> bool:
    """Who may open the page; the holder alone decides."""
    changed = AchievementCredential.objects.filter(pk=credential.pk, holder=user).update(visibility=visibility) == 1
    if changed:
        marks.changed(credential.public_id)
        AuditEvent.objects.record(credential.issuer, None, "credential.visibility", credential, visibility=visibility)
    return changed


def show_evidence(credential: AchievementCredential, shown: set[int]) -> None:
    """Which pieces of evidence the public page shows."""
    pieces = Evidence.objects.filter(credential=credential)
    pieces.filter(pk__in=shown).update(shown=True)
    pieces.exclude(pk__in=shown).update(shown=False)
    marks.changed(credential.public_id)


def set_take_all(issuer: Issuer, user: User, *, take_all: bool) -> None:
    """Take whatever this issuer awards, or be asked each time."""
    if take_all:
        AutoAccept.objects.get_or_create(issuer=issuer, user=user)
    else:
        AutoAccept.objects.filter(issuer=issuer, user=user).delete()


def applications_of(user: User) -> Any:
    """What was sent from this person's proved addresses, newest first."""
    keys = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    sent = Application.objects.proved().with_form()
    return sent.filter(address_key__in=[key.lower() for key in keys]).order_by("-id")


def everything_about(user: User) -> dict[str, Any]:
    """All that is held about this person, as JSON."""
    with across_issuers("a person's own data"):
        return {
            "person": {"name": user.name, "email": user.email, "joined": user.date_joined, "time_zone": user.time_zone},
            "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
            "credentials": [_exported(credential) for credential in held_by(user)],
            "takes_all_from": list(AutoAccept.objects.filter(user=user).values_list("issuer__name", flat=True)),
            "notices": list(Notice.objects.filter(user=user).values("kind", "created_at", "read_at")),
            "goals": list(
                Goal.objects.filter(recipient__user=user).values(
                    "issuer__name", "achievement__name", "until", "created_at", "removed_at"
                )
            ),
            "leaderboards": list(
                LeaderboardEntry.objects.filter(user=user).values("issuer__name", "pseudonym", "joined_at", "left_at")
            ),
            "weekly_mail": list(Digest.objects.filter(user=user).values("asked_at", "on_at", "stopped_at")),
            "memberships": list(Membership.objects.filter(user=user).values("issuer__name", "role", "created_at")),
            "activities": list(
                Activity.objects.filter(recipient__user=user)
                .order_by("id")
                .values("issuer__name", "kind", "key", "at", "value", "unit", "place", "peer", "note", "evidence_url")
                .annotate(confirmed=F("confirmed_at"), refused=F("refusal"), taken_back=F("withdrawn_at"))
            ),
            "known_as": list(
                Recipient.objects.filter(user=user).values("issuer__name", "name", "address", "student_id")
            ),
            "systems_told_the_address": announcing.told_of(held_by(user)),
            "applications": [_application(application) for application in applications_of(user)],
        }


def _exported(credential: AchievementCredential) -> dict[str, Any]:
    moments = ["created_at", "offered_at", "accepted_at", "claimed_at", "revoked_at", "expires_at"]
    return {
        "address": credential.url,
        "issuer": credential.issuer.name,
        "achievement": credential.words["name"],
        "name": credential.name,
        "visibility": credential.visibility,
        **{moment: getattr(credential, moment) for moment in moments},
        "sent_to": credential.recipient.address,
        "signed": credential.signed,
        "shares": list(credential.shares.values("network", "created_at")),
    }


def _application(application: Application) -> dict[str, Any]:
    return {
        "issuer": application.issuer.name,
        "achievement": application.form.achievement.name,
        "name": application.name,
        "address": application.address,
        "answers": {one.asked.label: one.answer for one in application.answered()},
        "submitted_at": application.submitted_at,
        "state": application.told,
        "reason": application.reason if application.told == application.state else "",
    }


@transaction.atomic
def forget(user: User) -> None:
    """Erase the account: public pages and personal data go, the status bits stay (SECURITY T49). Raises LastOwner."""
    with across_issuers("a person asks to be forgotten"):
        _refuse_last_owner(user)
        held = list(
            AchievementCredential.objects.filter(Q(holder=user) | Q(recipient__user=user)).select_related("issuer")
        )
        for credential in held:
            _forget_credential(credential)
        keys = list(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))
        rows = _rows_of(user, keys, [credential.recipient_id for credential in held])
        named = Q(recipient__in=rows) | Q(pk__in=[credential.pk for credential in held])
        announcing.forget(AchievementCredential.objects.filter(named))
        _forget_deeds(user, rows, keys)
        _forget_recipients(rows)
        _forget_applications(keys)
        OutgoingEmail.objects.filter(address_key__in=keys).update(
            to="", address_key="", context={}, response="", diagnostic=""
        )
        MailStop.objects.filter(address_key__in=keys).delete()
        user.delete()


def _refuse_last_owner(user: User) -> None:
    owned = Membership.objects.filter(user=user, role=Role.OWNER, issuer__closed_at__isnull=True)
    alone = Membership.objects.filter(issuer__in=owned.values("issuer"), role=Role.OWNER)
    counted = alone.values("issuer__name").annotate(owners=Count("id")).filter(owners=1)
    if counted:
        raise LastOwner([row["issuer__name"] for row in counted])


def _forget_credential(credential: AchievementCredential) -> None:
    """What remains is an index and whether its bit is set."""
    printing.forget(credential.pdf)
    private = AchievementCredential.Visibility.PRIVATE
    erased: dict[str, Any] = {
        "name": "",
        "values": {},
        "document": "",
        "salt": "",
        "pdf": "",
        "holder": None,
        "visibility": private,
    }
    AchievementCredential.objects.filter(pk=credential.pk).update(**erased, signed=ERASED if credential.signed else "")
    Evidence.objects.filter(credential=credential).delete()
    ClaimLink.objects.filter(credential=credential).delete()
    CredentialRevision.objects.filter(credential=credential).update(name="", document="", signed="", reason="")
    OutgoingEmail.objects.filter(credential=credential).update(
        to="", address_key="", context={}, user=None, response="", diagnostic=""
    )
    RecipientList.objects.filter(award__credentials=credential.pk).update(content=b"", report=None)
    AuditEvent.objects.record(credential.issuer, None, "credential.erased", credential)
    announcing.tell(WebhookType.ERASED, credential.issuer, [credential.pk])
    marks.changed(credential.public_id)


def _forget_applications(keys: list[str]) -> None:
    """What remains is that somebody applied, and when it was answered."""
    Application.objects.filter(address_key__in=keys, proved_at__isnull=True).delete()
    sent = Application.objects.filter(address_key__in=keys)
    sent.waiting().update(withdrawn_at=clock.now())
    for application in sent:
        nobody = f"erased-{application.pk}"
        Application.objects.filter(pk=application.pk).update(
            name="", address=nobody, address_key=nobody, answers=[], reason="", missing=[]
        )


def _rows_of(user: User, keys: list[str], holding: list[int]) -> list[int]:
    """Whatever institutions know of this person, whether or not it was joined to the account; nobody else's."""
    nobodys = Q(user__isnull=True) & (Q(address_key__in=keys) | Q(pk__in=holding))
    return list(Recipient.objects.filter(Q(user=user) | nobodys).values_list("pk", flat=True))


def _forget_deeds(user: User, rows: list[int], keys: list[str]) -> None:
    """What remains is that somebody was there, or gave so many hours; what waits for staff is taken back."""
    mine = Activity.objects.filter(recipient__in=rows)
    mine.waiting().update(withdrawn_at=clock.now())
    number = Concat(Value("erased-"), Cast("id", CharField()))
    mine.update(place="", peer="", note="", evidence_url="", refusal="", external_id=number)
    mine.filter(source="log").update(key="erased")
    # Who was helped by others: still one person, as rules count them.
    Activity.objects.filter(peer__in=keys).update(peer=f"erased-{user.pk}")
    Earning.objects.filter(recipient__in=rows).update(refusal="")


def _forget_recipients(rows: list[int]) -> None:
    for recipient in Recipient.objects.filter(pk__in=rows):
        Goal.objects.filter(recipient=recipient).delete()
        nobody = f"erased-{recipient.pk}"
        Recipient.objects.filter(pk=recipient.pk).update(
            name="", address=nobody, address_key=nobody, student_id="", user=None, erased_at=clock.now()
        )
