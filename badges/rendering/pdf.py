"""HTML of a certificate → PDF/A-3a: tagged, with language and alternative texts, the signed credential attached.

WeasyPrint is imported late: the web process starts without Pango. It reads nothing but our own bytes.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pikepdf

from badges.rendering import certificate, fonts
from badges.rendering.certificate import Values
from badges.rendering.pdf_words import spell_out

VARIANT = "pdf/a-3a"
ATTACHMENT = "credential.json"
MEDIA_TYPE = "application/vc+ld+json"
# What the paper depends on: nothing that differs from person to person.
_OF_PAPER = ("page", "theme", "background", "border", "locale")
_SIGNED = re.compile(r'"created":\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"')
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


class NotOurs(ValueError):
    """A page asked for something that is not part of it."""


def available() -> str | None:
    """Why certificates cannot be printed on this machine, or None."""
    try:
        import weasyprint  # noqa: F401, PLC0415 -- needs Pango, which may be absent
    except OSError as error:
        return f"Pango is missing: run scripts/system-packages ({error})"
    return None


@functools.cache
def _engine() -> Any:
    """WeasyPrint with one font configuration for the whole process."""
    import weasyprint  # noqa: PLC0415 -- slow to import, needs Pango
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    return weasyprint, FontConfiguration()


@functools.cache
def _fetcher_class() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 -- see _engine

    class OurBytes(URLFetcher):  # type: ignore[misc]
        """Fonts and pictures that were handed in, and drawings inside the page. Everything else is refused."""

        pictures: Mapping[str, bytes] = {}

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:image/svg+xml;base64,"):
                return super().fetch(url, headers)
            kind, _, name = url.removeprefix("laurel:").partition("/")
            if url.startswith("laurel:font/"):
                return URLFetcherResponse(url, fonts.path(name).read_bytes(), {"Content-Type": "font/ttf"})
            if kind == "asset" and name in self.pictures:
                data = self.pictures[name]
                media_type = next((kind for start, kind in _KINDS if data.startswith(start)), "image/svg+xml")
                return URLFetcherResponse(url, data, {"Content-Type": media_type})
            raise NotOurs(url)

    return OurBytes


@functools.cache
def _fetcher() -> Any:
    return _fetcher_class()()


def render(layout: Mapping[str, Any], values: Values, *, credential_json: str, pictures: Mapping[str, bytes]) -> bytes:
    """One certificate as PDF. Raises certificate.DoesNotFit or certificate.MissingGlyph.

    The paper with its border is the same for everybody: drawn once a process (a guilloche costs half a second) and laid
    under each page as an artifact.
    """
    html = certificate.compose(layout, values, pictures, ground=False)
    made = print_page(html, credential_json=credential_json, pictures=pictures, identity=values.public_id)
    with pikepdf.open(io.BytesIO(made)) as document:
        finish(document, html, under(layout, pictures))
        return saved(document)


def under(layout: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """PDF of the paper that a design is printed on."""
    paper = {key: layout[key] for key in _OF_PAPER if key in layout}
    back = certificate.ground_picture(layout)
    return _paper(json.dumps(paper, sort_keys=True), pictures.get(back or ""))


def plain(html: str, pictures: Mapping[str, bytes]) -> bytes:
    """Pages that carry no credential, such as slips to cut out: our fonts, the pictures handed in, and nothing else."""
    weasyprint, font_config = _engine()
    fetcher = _fetcher_class()()
    fetcher.pictures = pictures
    document = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="laurel:page")
    return bytes(document.write_pdf(font_config=font_config))


@functools.lru_cache(maxsize=16)
def _paper(layout: str, picture: bytes | None) -> bytes:
    """PDF of the paper alone."""
    weasyprint, _ = _engine()
    told = {**json.loads(layout), "elements": [], "title": ""}
    pictures = {certificate.ground_picture(told) or "": picture} if picture else {}
    fetcher = _fetcher_class()()
    fetcher.pictures = pictures
    html = certificate.ground_page(told, pictures)
    return bytes(weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="laurel:page").write_pdf())


def finish(document: pikepdf.Pdf, html: str, paper: bytes) -> None:
    """Spell hard words out, lay the page on its paper, and say what is attached."""
    with pikepdf.open(io.BytesIO(paper)) as below:
        spell_out(document, html)
        page = document.pages[0]
        form = document.copy_foreign(below.pages[0].as_form_xobject())
        name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Paper)
        page.contents_add(f"/Artifact BMC q {name} Do Q EMC\n".encode(), prepend=True)
        # WeasyPrint guesses from the name, and its guess is plain JSON.
        document.attachments[ATTACHMENT].get_file().mime_type = MEDIA_TYPE


def saved(document: pikepdf.Pdf) -> bytes:
    """The bytes of a document, every object by itself."""
    out = io.BytesIO()
    document.save(out, fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def moment(credential_json: str) -> datetime:
    """When the credential was signed, else long ago: the same page and credential give the same file."""
    found = _SIGNED.search(credential_json)
    return datetime.fromisoformat(found[1]) if found else _LONG_AGO


def identifier(identity: str, credential_json: str) -> bytes:
    """Sixteen bytes that name a file."""
    return hashlib.sha256(f"{identity}{credential_json}".encode()).digest()[:16]


def print_page(
    html: str,
    *,
    credential_json: str,
    pictures: Mapping[str, bytes],
    identity: str,
    look: Callable[[Any, Any], None] | None = None,
    **options: Any,
) -> bytes:
    """PDF of a composed page. `look` sees WeasyPrint's document before it is written; `options` are WeasyPrint's."""
    weasyprint, font_config = _engine()
    fetcher = _fetcher()
    fetcher.pictures = pictures
    signed = moment(credential_json)
    attachment = weasyprint.Attachment(
        string=credential_json.encode(),
        url_fetcher=fetcher,  # a new one would read the certificates of all authorities: 20 ms
        name=ATTACHMENT,
        description="The signed Open Badges 3.0 credential",
        created=signed,
        modified=signed,
        relationship="Data",
    )
    document = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="laurel:page")
    return bytes(
        document.write_pdf(
            pdf_variant=VARIANT,
            font_config=font_config,
            attachments=[attachment],
            pdf_identifier=identifier(identity, credential_json),
            finisher=look,
            **options,
        )
    )
