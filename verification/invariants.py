"""What must hold at any moment, however many workers died (SECURITY 3). Each function yields a sentence a breach."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db import connection, models
from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Greatest, Now

from badges.openbadges import validate
from issuers import keys, media, sealing
from issuers.models import Issuer, SigningKey, StatusList, sealed_models
from issuers.tenancy import TenantModel, tenant_models
from recipients import printing, states, tallying, tidying
from recipients.models import ERASED, AchievementCredential, Activity, Award, OutgoingEmail, WebhookDelivery
from verification import checks, listing
from verification import status_list as bits
from verification.opening import trusted_keys
from verification.report import Result

LATE = timedelta(hours=1)
# The longest pause between two tries is half an hour; leases are minutes.
LONGEST = timedelta(hours=2)


def signatures_verify() -> Iterator[str]:
    """Every signed text says what its document says, and its proof fits a published key; or it waits to be signed again."""
    withdrawn = SigningKey.objects.withdrawn().values("multibase")
    waiting = set(AchievementCredential.objects.filter(signed_with__in=withdrawn).values_list("pk", flat=True))
    published: dict[int, dict[str, object]] = {}
    signed = AchievementCredential.objects.filter(signed_at__isnull=False).exclude(signed=ERASED)
    for row in signed.select_related("issuer").order_by("pk").iterator(chunk_size=200):
        if row.issuer_id not in published:
            published[row.issuer_id] = trusted_keys(row.issuer)
        trusted = checks.Trusted("", row.issuer.name, published[row.issuer_id], None)
        document = validate.parse_strict(row.signed)
        found = checks.signature(document, trusted)
        if found.result is not Result.PASSED and row.pk not in waiting:
            yield f"{row.public_id}: its signature does not fit ({found.finding})"
        if {key: value for key, value in document.items() if key != "proof"} != validate.parse_strict(row.document):
            yield f"{row.public_id}: the signed text differs from the stored document"


def keys_are_whole() -> Iterator[str]:
    """Every institution that has keys signs with one of each kind, which opens."""
    for issuer in Issuer.objects.filter(keys__isnull=False).distinct():
        signing = {key.kind: key for key in issuer.keys.signing()}
        for kind in SigningKey.Kind.values:
            if kind not in signing:
                yield f"{issuer.slug}: has no signing key of kind {kind}"
            elif not keys.opens(signing[kind]):
                yield f"{issuer.slug}: its signing key {signing[kind]} does not open; is its key-encryption key there?"


def other_secrets_open() -> Iterator[str]:
    """Every other secret that is kept can be opened."""
    for model in sealed_models():
        for row in model._default_manager.exclude(secret=b"").select_related("issuer").order_by("pk"):
            try:
                row.opened()
            except sealing.NotOpened as error:
                yield f"{row.issuer.slug}: the secret of {row} does not open: {error}"


def withdrawn_keys_vouch_for_nothing() -> Iterator[str]:
    """What a withdrawn key signed is signed again within the hour."""
    late = SigningKey.objects.withdrawn().filter(compromised_at__lt=Now() - LATE).values("multibase")
    for row in AchievementCredential.objects.with_withdrawn_key().filter(signed_with__in=late):
        why = f" ({row.failure})" if row.failure else ""
        yield f"{row.public_id}: its key was withdrawn more than an hour ago, and it is not signed again{why}"


def nothing_is_stuck() -> Iterator[str]:
    """Leases end, and what waits is taken up: nothing stands unsigned, unprinted or leased for an hour."""
    rows = AchievementCredential.objects.filter(failed_at__isnull=True, cancelled_at__isnull=True)
    waiting = rows.filter(Q(signed_at__isnull=True) | Q(rendered_at__isnull=True, revoked_at__isnull=True))
    # Signed anew, it waits to be printed from then on; PostgreSQL's greatest passes over what never happened.
    since = waiting.annotate(since=Greatest("created_at", "signed_at", "signed_again_at", "corrected_at"))
    for row in since.filter(Q(lease_until__lt=Now() - LATE) | Q(lease_until__isnull=True, since__lt=Now() - LATE)):
        yield f"{row.public_id}: waits for more than an hour"
    new = Q(evaluated_at__isnull=True, confirmed_at__lt=Now() - LATE, at__lt=Now() - LATE)
    for fact in Activity.objects.filter(new, Q(withdrawn_at__isnull=True) | Q(withdrawn_at__lt=Now() - LATE)):
        yield f"activity {fact.public_id}: rules have not looked at it for more than an hour ({fact.attempts} attempts)"
    late = OutgoingEmail.objects.waiting().filter(lease_until__lt=Now() - LATE)
    for mail in late:
        yield f"mail {mail.pk}: was taken more than an hour ago and neither sent nor put back"
    told = WebhookDelivery.objects.waiting().filter(endpoint__disabled_at__isnull=True)
    for lost in told.filter(lease_until__lt=Now() - LATE):
        yield f"webhook delivery {lost.pk}: was taken more than an hour ago and neither sent nor put back"


def nothing_is_held_too_long() -> Iterator[str]:
    """No worker holds a row for longer than a lease and its longest pause: a clock that ran away, or a hand in the database."""
    most = Now() + LONGEST
    for model in (AchievementCredential, OutgoingEmail):
        for row in model._default_manager.filter(lease_until__gt=most):
            yield f"{model._meta.verbose_name} {row.pk}: is held until {row.lease_until:%Y-%m-%d %H:%M}"


def steps_follow_each_other() -> Iterator[str]:
    """What is printed was signed, what is offered was printed, and each of these has what it says."""
    rows = AchievementCredential.objects.exclude(signed=ERASED)
    unlike = (
        (Q(rendered_at__isnull=False, signed_at__isnull=True), "is printed and not signed"),
        (Q(rendered_at__isnull=False, pdf=""), "is printed and names no file"),
        (Q(rendered_at__isnull=True) & ~Q(pdf="") & Q(revoked_at__isnull=True), "names a file and is not printed"),
        (Q(signed_at__isnull=True) & ~Q(signed=""), "has a signature and is not signed"),
        (Q(signed_at__isnull=True, offered_at__isnull=False), "was offered and is not signed"),
        (Q(failed_at__isnull=False, failure=""), "is set aside without a reason"),
    )
    for condition, what in unlike:
        yield from (f"{row.public_id}: {what}" for row in rows.filter(condition))


def states_add_up() -> Iterator[str]:
    """Each row stands in one state, and all states of a batch together are its rows."""
    rows = states.with_state(AchievementCredential.objects.order_by()).values("state").annotate(number=Count("pk"))
    promised = Award.objects.order_by().values(state=Value("")).annotate(number=Sum("total"))
    # One statement sees one moment: an award between two of them would be counted on one side alone.
    numbers = dict(rows.values_list("state", "number").union(promised.values_list("state", "number"), all=True))
    total = numbers.pop("", 0) or 0  # of no awards at all the sum is nothing
    unknown = {word: number for word, number in numbers.items() if word not in states.STATES}
    yield from (f"{number} credentials stand in no known state ({word})" for word, number in unknown.items())
    if total != (standing := sum(numbers.values())):
        yield f"{total} were awarded, and {standing} stand somewhere"


def indexes_are_unique() -> Iterator[str]:
    """No two texts, current or replaced, share a bit."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED_INDEXES)
        for status_list, index, count in cursor.fetchall():
            yield f"status list {status_list}, index {index}: used {count} times"


_SHARED_INDEXES = """
SELECT status_list_id, status_index, count(*) FROM (
  SELECT status_list_id, status_index FROM recipients_achievementcredential
  UNION ALL SELECT status_list_id, status_index FROM recipients_credentialrevision) AS used
GROUP BY status_list_id, status_index HAVING count(*) > 1
"""


def files_exist() -> Iterator[str]:
    """Every certificate that a row names is there, all of it, and as it was printed."""
    rows = AchievementCredential.objects.exclude(pdf="").values_list("public_id", "pdf")
    for public_id, key in rows.iterator(chunk_size=500):
        try:
            printing.fetch(key)
        except media.MissingFile as error:
            if _names(public_id, key):
                yield f"{public_id}: its certificate is missing or altered ({error})"


def _names(public_id: str, key: str) -> bool:
    """Whether a row still names a file; what is signed anew or erased forgets its own while we look at others."""
    return AchievementCredential.objects.filter(public_id=public_id, pdf=key).exists()


def no_file_is_nobodys() -> Iterator[str]:
    """A certificate that no row names is younger than a day: somebody is about to."""
    for key in tidying.strays():
        yield f"{key}: no credential names it, and it is older than a day"


def batches_add_up() -> Iterator[str]:
    """As many credentials as the batch says, and one claim mail for each; of a rule's batch each was earned."""
    counted = Award.objects.annotate(rows=Count("credentials")).exclude(rows=F("total"))
    for award in counted:
        yield f"award {award.public_id}: says {award.total}, has {award.rows}"  # type: ignore[attr-defined]
    for row in AchievementCredential.objects.filter(award__source=Award.Source.RULE, earning__isnull=True):
        yield f"{row.public_id}: a rule awarded it, and nothing says that it was earned"
    offers = Count("emails", filter=Q(emails__kind=OutgoingEmail.Kind.OFFER, emails__sequence=0))
    for row in AchievementCredential.objects.annotate(offers=offers).exclude(offers=1):
        yield f"{row.public_id}: has {row.offers} first claim mails"  # type: ignore[attr-defined]


def stories_make_sense() -> Iterator[str]:
    """Nobody holds what was cancelled; what is claimed has a holder, or was erased."""
    rows = AchievementCredential.objects.all()
    for row in rows.filter(claimed_at__isnull=False, cancelled_at__isnull=False):
        yield f"{row.public_id}: is claimed and cancelled"
    for row in rows.filter(claimed_at__isnull=False, holder__isnull=True).exclude(signed=ERASED):
        yield f"{row.public_id}: is claimed by nobody"


def tallies_add_up() -> Iterator[str]:
    """The numbers of overview and analytics are those of the rows."""
    for issuer in Issuer.objects.order_by("pk"):
        for one in tallying.differences(issuer):
            yield f"{issuer.slug}: {one.name} of achievement {one.achievement} on {one.day}: {one.tallied}, rows say {one.live}"


def rows_stay_with_their_issuer() -> Iterator[str]:
    """No row of one institution points at a row of another."""
    for model in tenant_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel):  # type: ignore[arg-type]
                crossing = model._default_manager.exclude(**{f"{field.name}__issuer": F("issuer")})
                for row in crossing.exclude(**{f"{field.name}__isnull": True})[:10]:
                    yield f"{model.__name__} {row.pk}: its {field.name} belongs to another institution"


def certificates_are_whole() -> Iterator[str]:
    """Every certificate is read, and is what its key says: keys are made of what is in them."""
    rows = AchievementCredential.objects.exclude(pdf="").order_by("pk").values_list("public_id", "pdf")
    for public_id, key in rows.iterator(chunk_size=500):
        try:
            data = printing.fetch(key)
        except (media.MissingFile, OSError, ValueError) as error:
            if _names(public_id, key):
                yield f"{public_id}: its certificate {key} cannot be read ({error})"
            continue
        named = _DIGEST.search(key)
        if named and not hashlib.sha256(data).hexdigest().startswith(named[1]):
            yield f"{public_id}: its certificate {key} is not what its key says"
        elif not data.startswith(b"%PDF-"):
            yield f"{public_id}: its certificate {key} is no PDF"


_DIGEST = re.compile(r"/([0-9a-f]{40})\.")


def status_lists_say_so() -> Iterator[str]:
    """Every status list can be published: its proof fits, and each bit is what the rows say."""
    for row in StatusList.objects.select_related("issuer").order_by("pk"):
        published = listing.signed_list(row)
        document = validate.parse_strict(published.signed)
        found = checks.signature(document, checks.Trusted("", row.issuer.name, trusted_keys(row.issuer), None))
        if found.result is not Result.PASSED:
            yield f"{row.issuer.slug}, {row}: the signature of the status list does not fit ({found.finding})"
        said = document["credentialSubject"]["encodedList"]
        if bits.decode(said) != bits.decode(bits.encode(listing.set_indexes(row), StatusList.SIZE)):
            yield f"{row.issuer.slug}, {row}: the status list says something else than the rows"


Check = Callable[[], Iterator[str]]
ALL: tuple[Check, ...] = (
    signatures_verify,
    keys_are_whole,
    other_secrets_open,
    withdrawn_keys_vouch_for_nothing,
    nothing_is_stuck,
    nothing_is_held_too_long,
    steps_follow_each_other,
    states_add_up,
    indexes_are_unique,
    files_exist,
    no_file_is_nobodys,
    batches_add_up,
    stories_make_sense,
    tallies_add_up,
    rows_stay_with_their_issuer,
)
# These read every file and sign what is about to lapse: after a restore, and once a week.
THOROUGH: tuple[Check, ...] = (certificates_are_whole, status_lists_say_so)
SHOWN = 50


@dataclass(frozen=True)
class Outcome:
    """What one check found: how many breaches, and the first fifty of them in words."""

    name: str
    seconds: float
    count: int
    breaches: list[str]

    @property
    def holds(self) -> bool:
        return not self.count

    def line(self) -> str:
        """For a terminal."""
        said = f"{'ok  ' if self.holds else 'FAIL'} {self.name} ({self.seconds:.1f} s)"
        return "\n".join([said, *(f"       {sentence}" for sentence in self.breaches)])


def outcomes(*, thorough: bool = False) -> Iterator[Outcome]:
    """Every check, one after the other, in a transaction across issuers. None is cut short by a limit of pages' statements."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    for check in (*ALL, *(THOROUGH if thorough else ())):
        began, found = time.monotonic(), check()
        first = list(islice(found, SHOWN))
        count = len(first) + sum(1 for _ in found)
        yield Outcome(check.__name__.replace("_", " "), time.monotonic() - began, count, first)
