"""Stage: everything that a stranger needs to check an issuer's credentials, in one ZIP file that outlives the site.

Pages, signed JSON, keys, status lists, contexts, and a program that needs `cryptography` and `pyld` alone. What people keep
to themselves, and offers that nobody claimed, stay out.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from badges.openbadges import validate, vocabulary
from issuers import clock, keys, media
from issuers.models import Issuer, StatusList
from issuers.tenancy import scope
from recipients.models import AchievementCredential
from verification import listing, reading

PROGRAM = Path(__file__).parent / "bundled"
# The README of a bundle is the program's own docstring; the page's style lies beside it.
BESIDE = ("verify.py", "bundle.css")


@dataclass
class _Bundle:
    """An archive being written, and what will stand in its bundle.json."""

    archive: zipfile.ZipFile
    issuer: Issuer
    made_at: datetime
    files: dict[str, str] = field(default_factory=dict)
    listed: list[dict[str, str]] = field(default_factory=list)
    total: int = 0

    def add(self, name: str, data: str | bytes) -> None:
        """One file, once; its SHA-256 goes into the manifest."""
        if name not in self.files:
            body = data.encode() if isinstance(data, str) else data
            self.archive.writestr(name, body)
            self.files[name] = hashlib.sha256(body).hexdigest()


def write(issuer: Issuer, path: Path) -> int:
    """Write the bundle of an issuer; the number of credentials in it. Nothing is left behind when it fails."""
    scratch = path.with_name(f"{path.name}.part")
    try:
        with scope(issuer), zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            bundle = _Bundle(archive, issuer, clock.now())
            _write(bundle)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    return bundle.total


def _write(bundle: _Bundle) -> None:
    for row in _kept(bundle.issuer):
        _add_credential(bundle, row)
    manifest: dict[str, Any] = {
        "issuer": keys.did(bundle.issuer),
        "name": bundle.issuer.name,
        "made_at": bundle.made_at.isoformat(),
        "credentials": bundle.total,
        "did_document": f"i/{bundle.issuer.slug}/did.json",
        "status_lists": dict(_status_lists(bundle)),
        "contexts": dict(_contexts(bundle)),
    }
    bundle.add(manifest["did_document"], json.dumps(keys.document(bundle.issuer), ensure_ascii=False, indent=1))
    for name in BESIDE:
        bundle.add(name, (PROGRAM / name).read_bytes())
    bundle.add("index.html", render_to_string("bundle/index.html", _index(bundle, manifest["issuer"])))
    manifest["sha256"] = dict(bundle.files)
    bundle.add("bundle.json", json.dumps(manifest, ensure_ascii=False, indent=1))


def _kept(issuer: Issuer) -> Iterator[AchievementCredential]:
    """What strangers may open, oldest first, a few hundred rows at a time."""
    rows = AchievementCredential.objects.shown().filter(issuer=issuer).exclude(signed="")
    return rows.select_related("version").order_by("id").iterator(chunk_size=500)


def _add_credential(bundle: _Bundle, row: AchievementCredential) -> None:
    try:
        document = validate.parse_strict(row.signed)
    except ValueError:  # erased by its holder: only its bit is left
        return
    shown = reading.read(document)
    bundle.total += 1
    bundle.add(f"c/{row.public_id}.json", row.signed)
    badge = _add_badge(bundle, row)
    context = {"shown": shown, "standing": _standing(row), "made_at": bundle.made_at, "badge": badge}
    page = render_to_string("bundle/credential.html", {**context, "file": f"{row.public_id}.json"})
    bundle.add(f"c/{row.public_id}/index.html", page)
    if row.visibility == AchievementCredential.Visibility.PUBLIC:
        bundle.listed.append({"public_id": row.public_id, "name": shown.name, "achievement": shown.achievement})


def _add_badge(bundle: _Bundle, row: AchievementCredential) -> str:
    name = f"media/{row.version.badge_picture.removeprefix(f'{media.PUBLIC}/')}"
    if name not in bundle.files:
        try:
            bundle.add(name, media.fetch(row.version.badge_picture))
        except media.MissingFile:
            return ""
    return name


def _standing(row: AchievementCredential) -> str:
    if row.revoked_at is not None:
        return _("Revoked")
    if row.suspended_at is not None:
        return _("Suspended")
    if row.expires_at is not None and row.expires_at < clock.now():
        return _("Expired")
    return _("Issued and in force")


def _status_lists(bundle: _Bundle) -> Iterator[tuple[str, str]]:
    """(address, file) of every list, signed as it stands now."""
    for row in StatusList.objects.filter(issuer=bundle.issuer).select_related("issuer").order_by("purpose", "number"):
        name = f"i/{bundle.issuer.slug}/status/{row.purpose}/{row.number}.json"
        bundle.add(name, listing.signed_list(row).signed)
        yield listing.address(bundle.issuer, row.purpose, row.number), name


def _contexts(bundle: _Bundle) -> Iterator[tuple[str, str]]:
    for number, url in enumerate(vocabulary.CREDENTIAL_CONTEXTS, 1):
        name = f"contexts/{number}.json"
        bundle.add(name, json.dumps(validate.load_context(url), ensure_ascii=False))
        yield url, name


def _index(bundle: _Bundle, did: str) -> dict[str, Any]:
    return {
        "issuer": bundle.issuer,
        "did": did,
        "made_at": bundle.made_at,
        "total": bundle.total,
        "listed": bundle.listed,
        "unlisted": bundle.total - len(bundle.listed),
    }
