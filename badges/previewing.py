"""Stage of proofs: what a draft would print for a few sample people, as a page picture and a PDF. Workers make them.

A row says everything that is drawn, and is named by the digest of it: asking twice makes one proof, and a proof is never
of something else than what it is named after.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from badges import keeping
from badges.models import Achievement, AchievementVersion, CertificatePreview
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering import image, pdf, preview
from issuers import clock, media
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake

log = structlog.get_logger()
TASK = "badges.tasks.preview"
FOLDER, SAMPLES_FOLDER = "proof", "sample"
EDITION = 2  # raise it when the drawing of unchanged words changes
ATTEMPTS, LEASE = 5, timedelta(minutes=2)
KEPT = timedelta(days=2)
# Nobody's: an address that was never given out.
PUBLIC_ID = "PreviewPreviewPreview1"


class Person(NamedTuple):
    """Somebody to try a design with: a name, how wide their page is drawn in pixels, and whether they have a grade."""

    name: str
    width: int = 800
    graded: bool = True


# Those who try a design hardest: an empty grade must leave no label behind.
PEOPLE = {
    "short": Person("Jo Li", width=1500),
    "arabic": Person("أمل بنت خالد المنصوري"),
    "japanese": Person("坂本 遥"),
    "long": Person("María del Carmen Fernández-Villaverde y Ruiz de Almodóvar"),
    "longest": Person("Maria Theresia Alexandrina Wolfeschlegelsteinhausenbergerdorff-Šťastná-Nguyễn-Li"),
    "ungraded": Person("Siân Wŷn Llywelyn", graded=False),
}
NOT_A_CREDENTIAL = json.dumps({"note": "A proof of a design. Nothing was issued, and nothing here is signed."})


@dataclass(frozen=True)
class Proof:
    """One sample person and the proof that was asked for, if it was."""

    sample: str
    name: str
    fingerprint: str
    row: CertificatePreview | None

    @property
    def state(self) -> str:
        """made, failed, waiting, or missing: nobody has asked for it."""
        if self.row is None:
            return "missing"
        if self.row.made_at:
            return "made"
        crashed = self.row.attempts >= ATTEMPTS and self.row.lease_until and self.row.lease_until < clock.now()
        return "failed" if self.row.failure or crashed else "waiting"

    @property
    def failure(self) -> tuple[str, str]:
        """Code and detail: does_not_fit and the element, missing_glyph and the letters, or stopped."""
        code, _, detail = (self.row.failure if self.row else "").partition(":")
        return (code, detail) if code in {"does_not_fit", "missing_glyph"} else ("stopped", "")


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, at most its 28th: as issuing counts."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def values(achievement: Achievement, person: Person) -> paper.Values:
    """What would be printed for this person, had they earned it on the day of the last change."""
    hours = format(achievement.hours.normalize(), "f") if achievement.hours is not None else ""
    words = {field: getattr(achievement, field) for field in ("name", "description", "language", "valid_months")}
    return _values(achievement.issuer, {**words, "hours": hours}, achievement.edited_at, person)


def _values(issuer: Issuer, words: Mapping[str, Any], on: datetime, person: Person) -> paper.Values:
    earned = on.astimezone(ZoneInfo(issuer.time_zone)).date()
    hours = words["hours"] or ""
    with override(words["language"]):
        awarded, grade = date_format(earned, "j F Y"), gettext("Distinction") if person.graded else ""
        results = [(gettext("Grade"), grade), (gettext("Hours"), hours)]
        expires = ""
        if words["valid_months"]:
            expires = date_format(_months_later(earned, words["valid_months"]), "j F Y")
    return paper.Values(
        recipient_name=person.name,
        achievement_name=words["name"],
        achievement_summary=words["description"],
        issuer_name=issuer.name,
        awarded=awarded,
        expires=expires,
        credential_url=f"{settings.SITE_URL}/c/{PUBLIC_ID}",
        public_id=PUBLIC_ID,
        grade=grade,
        hours=hours,
        results=tuple((label, value) for label, value in results if value),
    )


def _request(achievement: Achievement, sample: str) -> dict[str, Any]:
    """Everything that is drawn of the draft, as JSON."""
    badge = getattr(achievement, "badge", None)
    look = {"spec": badge.spec, "picture": badge.picture} if badge else {"spec": None, "picture": ""}
    told = values(achievement, PEOPLE[sample])
    return _drawn(achievement, achievement.certificate.layout, told, look, sample)


def _drawn(
    achievement: Achievement, layout: dict[str, Any], told: paper.Values, badge: Mapping[str, Any], sample: str
) -> dict[str, Any]:
    return {
        "edition": EDITION,
        "achievement": achievement.public_id,
        "layout": layout,
        "values": asdict(told),
        "badge": {"spec": badge.get("spec"), "picture": badge.get("picture", "")},
        "width": PEOPLE[sample].width,
    }


def _fingerprint(request: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def proofs(achievement: Achievement) -> list[Proof]:
    """One for each sample person, asked for or not; none while the certificate is not laid out. Writes nothing."""
    certificate = getattr(achievement, "certificate", None)
    if certificate is None or paper.check(certificate.layout):
        return []
    named = {sample: _fingerprint(_request(achievement, sample)) for sample in PEOPLE}
    rows = {row.fingerprint: row for row in achievement.previews.filter(fingerprint__in=named.values())}
    return [Proof(sample, PEOPLE[sample].name, mark, rows.get(mark)) for sample, mark in named.items()]


def proof_of(achievement: Achievement, version: AchievementVersion | None) -> Proof | None:
    """The page of a short name as a version prints it, or as the draft would (None). Writes nothing."""
    if version is None:
        return next(iter(proofs(achievement)), None)
    if paper.check(version.content["certificate"]["layout"]):
        return None
    request = _request_of(achievement, version)
    mark = _fingerprint(request)
    row = achievement.previews.filter(fingerprint=mark).first()
    return Proof("short", PEOPLE["short"].name, mark, row)


def _request_of(achievement: Achievement, version: AchievementVersion) -> dict[str, Any]:
    look, layout = version.content["badge"], version.content["certificate"]["layout"]
    told = _values(achievement.issuer, version.words, version.published_at, PEOPLE["short"])
    return _drawn(achievement, layout, told, look, "short")


def ask_for(achievement: Achievement, version: AchievementVersion | None) -> None:
    """Ask for the page of a version, or of the draft, to lay beside another."""
    proof = proof_of(achievement, version)
    if proof is None:
        return
    request = _request_of(achievement, version) if version else _request(achievement, proof.sample)
    _ask(achievement, proof, request)
    wake(TASK)


def ask(achievement: Achievement) -> None:
    """Ask for the proofs that are missing, and again for those that failed; forget those of older drafts."""
    wanted = proofs(achievement)
    for proof in wanted:
        _ask(achievement, proof, _request(achievement, proof.sample))
    current = [proof.fingerprint for proof in wanted]
    achievement.previews.filter(requested_at__lt=Now() - KEPT).exclude(fingerprint__in=current).delete()
    wake(TASK)


def _ask(achievement: Achievement, proof: Proof, request: dict[str, Any]) -> None:
    if proof.state == "missing":
        CertificatePreview.objects.get_or_create(
            issuer=achievement.issuer,
            fingerprint=proof.fingerprint,
            defaults={"achievement": achievement, "request": request},
        )
    elif proof.row and proof.state == "failed":
        again = CertificatePreview.objects.filter(pk=proof.row.pk, made_at__isnull=True)
        again.update(failure="", attempts=0, lease_until=None, requested_at=Now())


def make_next() -> CertificatePreview | None:
    """Make the proof that has waited longest; what was taken, or None when nothing waits."""
    row = _take()
    if row is None:
        return None
    try:
        with scope(row.issuer):
            _make(row)
    except (paper.DoesNotFit, paper.MissingGlyph) as error:
        detail = error.element if isinstance(error, paper.DoesNotFit) else error.characters
        code = "does_not_fit" if isinstance(error, paper.DoesNotFit) else "missing_glyph"
        _put_back(row, f"{code}:{detail}"[:300])
    except Exception as error:
        log.exception("proof_failed", proof=row.fingerprint, attempt=row.attempts)
        _put_back(row, f"{type(error).__name__}: {error}"[:300] if row.attempts >= ATTEMPTS else "")
    return row


def _free() -> QuerySet[CertificatePreview]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return CertificatePreview.objects.filter(free, made_at__isnull=True, failure="", attempts__lt=ATTEMPTS)


def waiting() -> bool:
    """Whether any institution's proof waits for a worker."""
    with across_issuers("workers look whether a proof of any issuer waits"):
        return _free().exists()


def _take() -> CertificatePreview | None:
    """Lease one row; attempts are counted now, so that a row that kills its worker stops after five."""
    with across_issuers("workers take the oldest proof of every issuer"):
        row = _free().select_for_update(skip_locked=True, of=("self",)).order_by("requested_at", "id").first()
        if row is None:
            return None
        own = CertificatePreview.objects.filter(pk=row.pk)
        own.update(lease_until=Now() + LEASE, attempts=F("attempts") + 1)
        return own.select_related("issuer").get()


def pictures_of(badge: dict[str, Any]) -> dict[str, bytes]:
    """The badge as certificates show it, from its `spec` or its `picture`."""
    if badge["spec"]:
        full, small = drawing.draw(badge["spec"]), drawing.draw(badge["spec"], size=90)
        return {"badge": full.encode(), "badge-small": small.encode()}
    if badge["picture"]:
        picture = media.fetch(badge["picture"])
        return {"badge": picture, "badge-small": picture}
    return {}


def _make(row: CertificatePreview) -> None:
    request = row.request
    told = request["values"]
    told = {**told, "results": tuple(map(tuple, told["results"]))}
    pictures = pictures_of(request["badge"]) | keeping.fetch_pictures(request["layout"])
    made = pdf.render(request["layout"], paper.Values(**told), credential_json=NOT_A_CREDENTIAL, pictures=pictures)
    page = media.keep(FOLDER, preview.page_image(made, width=request["width"]), "png")
    waiting = CertificatePreview.objects.filter(pk=row.pk, made_at__isnull=True)
    waiting.update(page=page, pdf=media.keep(FOLDER, made, "pdf"), made_at=clock.now(), lease_until=None, failure="")


def _put_back(row: CertificatePreview, failure: str) -> None:
    """With a failure it waits for a person; without one it is tried again, each time a little later."""
    again = None if failure else Now() + timedelta(seconds=5 * row.attempts**2)
    with scope(row.issuer):
        CertificatePreview.objects.filter(pk=row.pk).update(failure=failure, lease_until=again)


# Small pictures of the certificates to choose from, in an institution's colour.


def _sample_name(starter: str, brand: str) -> str:
    return f"{EDITION}/{starter}/{brand}"


def sample(starter: str, brand: str) -> bytes | None:
    """The small picture of a starter in this colour, or None while no worker has made it."""
    return media.remembered(SAMPLES_FOLDER, _sample_name(starter, brand))


def draw_sample(starter: str, brand: str) -> bytes:
    """PNG of a starter with sample words."""
    signers = [{"name": "Dr Oluwaṣeun Adébáyọ̀", "title": "Dean"}, {"name": "Ingrid Þórsdóttir", "title": "Registrar"}]
    layout = paper.adjust(paper.starter(starter), brand=brand, texts={}, signatories=signers)
    spec = drawing.adjust(
        drawing.starter("seal"), brand=brand, texts={"name": "Community Mentor", "institution": "Your institution"}
    )
    told = paper.Values(
        "Jo Li",
        "Community Mentor",
        "Guided five new students through their first year.",
        "Your institution",
        "14 June 2026",
        f"https://example.org/c/{PUBLIC_ID}",
        PUBLIC_ID,
        hours="40",
        results=(("Hours", "40"),),
    )
    pictures = pictures_of({"spec": spec, "picture": ""})
    made = pdf.render(layout, told, credential_json=NOT_A_CREDENTIAL, pictures=pictures)
    return image.reencode(preview.page_image(made, width=960), square=False, side=480, height=480).png


def draw_samples(brand: str) -> None:
    """Make what is missing of the small pictures in this colour."""
    for starter in paper.IDS:
        if sample(starter, brand) is None:
            media.remember(SAMPLES_FOLDER, _sample_name(starter, brand), draw_sample(starter, brand))
