"""One credential from beginning to end, as one would write it: the baseline of the pipeline."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
METHOD = "did:web:badges.example.org#key"


def issue(version: Any, award: Any, person: Any) -> None:
    """Rows, signature, certificate, badge, mail: one after another, each from nothing."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from recipients.models import OutgoingEmail

    credential = _rows(version, award, person)
    credential.signed = _signed(json.loads(credential.document))
    credential.signed_at = datetime.now(UTC)
    credential.save()
    credential.pdf = default_storage.save(f"naive/{credential.public_id}.pdf", ContentFile(_certificate(credential)))
    credential.rendered_at = datetime.now(UTC)
    credential.save()
    default_storage.save(f"naive/{credential.public_id}.png", ContentFile(_baked(credential)))
    mail = OutgoingEmail.prepared(OutgoingEmail.Kind.OFFER, credential=credential, not_before=datetime.now(UTC))
    mail.save()
    _send(mail)
    mail.sent_at = datetime.now(UTC)
    mail.save()
    credential.offered_at = mail.sent_at
    credential.save()


def _rows(version: Any, award: Any, person: Any) -> Any:
    from datetime import timedelta

    from issuers.models import StatusList
    from recipients.composing import Composer
    from recipients.models import AchievementCredential, Evidence, Recipient

    recipient, _new = Recipient.objects.get_or_create(
        issuer=award.issuer,
        address_key=person.address.key,
        defaults={"name": person.name, "address": person.address.mail_to, "student_id": person.student_id},
    )
    ((status_list, index),) = StatusList.objects.take(award.issuer, version.status_purpose, 1)
    now = datetime.now(UTC)
    credential = AchievementCredential(
        issuer=award.issuer,
        achievement=version.achievement,
        version=version,
        award=award,
        recipient=recipient,
        award_key="once",
        name=person.name,
        values={"grade": person.grade, "student_id": person.student_id, "custom": {}},
        salt="salt",
        awarded_on=person.issued_on,
        valid_from=now,
        status_list=status_list,
        status_index=index,
        created_at=now,
        offer_expires_at=now + timedelta(days=90),
    )
    evidence = (
        [Evidence(issuer=award.issuer, credential=credential, url=person.evidence.url)] if person.evidence else []
    )
    credential.document = Composer(award.issuer, version).compose(credential, evidence)
    credential.save()
    for piece in evidence:
        piece.credential = credential
        piece.save()
    return credential


def _signed(document: dict[str, Any]) -> str:
    """Plain pyld, twice, as every first signer does it."""
    from bench.signing import plain

    return plain(KEY, METHOD, datetime.now(UTC))(document)


def _certificate(credential: Any) -> bytes:
    """WeasyPrint for this person, with everything that is on the page."""
    from bench.certificates import naive
    from recipients import printing

    layout = credential.version.content["certificate"]["layout"]
    return naive(layout, printing.pictures(credential.version), printing.values(credential), credential.signed)


def _baked(credential: Any) -> bytes:
    """The badge decoded and encoded again with the credential in it."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from issuers import media

    info = PngInfo()
    info.add_itxt("openbadgecredential", credential.signed)
    out = io.BytesIO()
    with Image.open(io.BytesIO(media.fetch(credential.version.badge_picture))) as picture:
        picture.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def _send(mail: Any) -> None:
    """Two templates, a message, a connection of its own."""
    from recipients import emails

    emails.compose(mail).send()
