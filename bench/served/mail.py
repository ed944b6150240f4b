"""The mail bench itself, in a process of its own: prints a line of JSON for each result."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from email.utils import formatdate
from functools import partial
from typing import TYPE_CHECKING, Any

from bench import measuring
from bench.served import ground

if TYPE_CHECKING:
    from recipients.models import OutgoingEmail

MANY, FEW, ROUNDS = 2000, 120, 5


def main() -> None:
    ground.begin()
    for name, ours, baseline in _results():
        print(json.dumps({"name": name, "ours": ours, "baseline": baseline}), flush=True)


def _results() -> Iterator[tuple[str, float, float]]:
    from issuers.tenancy import across_issuers
    from recipients import sending
    from recipients.models import OutgoingEmail
    from tests.factories import IssuerFactory
    from tests.published import publish

    version = publish(IssuerFactory(name="Northmoor University"))
    few, many = _issued(version, "few", FEW), _issued(version, "many", MANY)
    with across_issuers("a bench"):
        rows = OutgoingEmail.objects.select_related("credential__version", "credential__issuer__kit")
        loaded = list(rows.filter(pk__in=[*few, *many]).order_by("pk"))
    gc.collect()
    gc.freeze()  # two thousand rows are in memory for the bench alone: a worker has two hundred
    yield ("mail", *_in_turns(loaded[:FEW], loaded[FEW:]))

    naive = measuring.each(_one_by_one(few, _naively_all_in), FEW)

    def ours() -> None:
        while sending.send_chunk():
            continue

    yield "mail_all_in", _each(ours, MANY), naive
    with across_issuers("a bench"):
        left = OutgoingEmail.objects.waiting().count()
    if left:
        raise AssertionError(f"{left} mails were not sent")


def _in_turns(few: list[Any], many: list[Any]) -> tuple[float, float]:
    """Both of the round whose ratio is the median: what else the machine does meets both alike."""
    rounds = []
    for turn in range(ROUNDS):
        naive = measuring.each(_one_by_one(few[turn::ROUNDS], _naively), FEW // ROUNDS)
        some = many[turn::ROUNDS]
        rounds.append((_each(partial(_filled, some), len(some)), naive))
    return sorted(rounds, key=lambda both: both[1] / both[0])[ROUNDS // 2]


def _issued(version: Any, key: str, count: int) -> list[int]:
    """As if they were signed and printed: mails that can leave."""
    from issuers import clock
    from issuers.tenancy import across_issuers
    from recipients.models import AchievementCredential, OutgoingEmail
    from tests.published import intend, person

    names = ("Amal Student", "Lukas Weber-Øster", "Ana María Ñandú", "Sarah O'Neil")
    people = [person(f"{names[n % 4]} {n}", f"{key}{n}@example.org", line=n + 2) for n in range(count)]
    award = intend(version, *people, key=key)
    with across_issuers("a bench"):
        rows = AchievementCredential.objects.filter(award=award)
        rows.update(signed="{}", signed_at=clock.now(), rendered_at=clock.now())
        return list(OutgoingEmail.objects.filter(credential__award=award).order_by("pk").values_list("pk", flat=True))


def _each(work: Callable[[], object], count: int) -> float:
    before = measuring.cpu()
    work()
    return (measuring.cpu() - before) * 1000 / count


def _one_by_one(rows: list[Any], work: Callable[[Any], None]) -> Callable[[], None]:
    left = iter(rows)
    return lambda: work(next(left))


def _filled(rows: list[OutgoingEmail]) -> None:
    """As a worker does it, without its database: the sketch, its trials and its samples among them."""
    from recipients import emails, filling
    from recipients.conversing import Fate, Letter, Line

    line, sender, date = Line(), emails.address_of_site(), formatdate()
    first = rows[0].credential
    assert first is not None
    common = emails.shared(rows[0], first)
    key = filling.key_of(rows[0].kind, common)
    for row in rows:
        assert row.credential is not None
        content = filling.fill(key, row.kind, common, emails.Personal.of(row, row.credential), date)
        assert content is not None
        outcome = line.send(Letter(row.pk, row.to, sender, content))
        if outcome.fate is not Fate.SENT:
            raise AssertionError(outcome)
    line.close()


def _naively(email: OutgoingEmail) -> None:
    """Two templates, a message, a connection: what it says is in memory already."""
    _send(email, _told(email))


def _naively_all_in(pk: int) -> None:
    """Everything about one mail, row by row."""
    from issuers import clock
    from issuers.tenancy import across_issuers
    from recipients.models import ClaimLink, MailStop, Notice, OutgoingEmail

    with across_issuers("a bench"):
        rows = OutgoingEmail.objects.select_related("credential__version", "credential__issuer__kit")
        email = rows.select_related("credential__recipient").get(pk=pk)
        credential = email.credential
        assert credential is not None
        if MailStop.objects.filter(address_key=email.address_key).exists():
            return
        context = _told(email)
        ClaimLink.objects.get_or_create(
            token_hash=context["token_hash"],
            defaults={"issuer": email.issuer, "credential": credential, "address_key": email.address_key},
        )
        email.sending_at = clock.now()
        email.save(update_fields=["sending_at"])
    _send(email, context)
    with across_issuers("a bench"):
        email.sent_at, email.response = clock.now(), "250"
        email.save(update_fields=["sent_at", "response"])
        credential.offered_at = clock.now()
        credential.save(update_fields=["offered_at"])
        if credential.recipient.user_id and not Notice.objects.filter(credential=credential).exists():
            raise AssertionError("nobody has an account here")


def _told(email: OutgoingEmail) -> dict[str, Any]:
    from django.urls import reverse

    from recipients import emails, links
    from recipients.composing import absolute

    credential = email.credential
    assert credential is not None
    token = links.claim_token(email, credential.pk)
    return {
        **emails.shared(email, credential),
        "name": credential.name,
        "masked": emails.masked(email.to),
        "claim_url": absolute(reverse("claim", args=[token])),
        "stop_url": absolute(reverse("stop", args=[links.stop_token(email)])),
        "token_hash": links.digest(token),
    }


def _send(email: OutgoingEmail, context: dict[str, Any]) -> None:
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives
    from django.template.loader import render_to_string

    message = EmailMultiAlternatives(
        subject=f"{context['name']}, you have earned {context['achievement']}",
        body=render_to_string("emails/offer.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email.to],
        headers={"Message-ID": email.message_id, "List-Unsubscribe": f"<{context['stop_url']}>"},
    )
    message.attach_alternative(render_to_string("emails/offer.html", context), "text/html")
    message.send()


if __name__ == "__main__":
    main()
