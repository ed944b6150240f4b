"""A certificate as one would print it: the whole page laid out by WeasyPrint for each person, fonts and pictures read anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from badges.rendering import certificate, pdf
from badges.rendering.certificate import Values


def render(layout: Mapping[str, Any], values: Values, credential_json: str, pictures: Mapping[str, bytes]) -> bytes:
    """PDF/A-3a with the credential attached."""
    fetcher = pdf._fetcher_class()()  # noqa: SLF001 -- the pictures and fonts of a page, read anew for each
    fetcher.pictures = pictures
    html = certificate.compose(layout, values, pictures)
    attached = weasyprint.Attachment(string=credential_json, name="credential.json", relationship="Data")
    page = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="laurel:page")
    made = page.write_pdf(pdf_variant="pdf/a-3a", font_config=FontConfiguration(), attachments=[attached])
    return bytes(made)
