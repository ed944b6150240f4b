"""Certificates: spliced into what was compiled of their version, against WeasyPrint drawing every page as one would write it.

Both print the same people on the same design: a photograph as paper, a drawn badge, a signature, results and a code, with
the signed credential attached.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from PIL import Image, ImageDraw

from badges.rendering import badge, certificate, fonts, pdf
from badges.rendering.certificate import Values
from badges.rendering.splicing.designs import SHELF, Design
from bench import measuring

NAMES = ["pdf_latin", "pdf_other_scripts"]
MANY, FEW = 600, 8
LATIN = (
    ("Anna", "Łukasz", "Ørjan", "Zoë", "Maria-Magdalena", "João", "Chloé", "Siân", "Oluwaseun", "Nguyễn Thị"),
    ("Lindqvist", "Ødegård", "Papadopoulos", "O’Brien", "Kowalczyk", "Nagy", "Wolff", "Fitzgerald", "Şahin", "Dương"),
)
OTHERS = (
    ("Анна", "Щербакова"),
    ("Ελένη", "Παπαδοπούλου"),
    ("أمل بنت", "المنصوري"),
    ("משה", "כהן"),
    ("प्रिया", "शर्मा"),
    ("สมชาย", "ใจดี"),
    ("坂本", "さくら"),
    ("王", "小明"),
    ("김", "민준"),
    ("Игорь", "Петров"),
)
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def people(number: int, *, latin: bool) -> list[tuple[Values, str]]:
    """Different people, always the same, with the text of a credential as large as ours are."""
    dice = random.Random(6)
    out = []
    for place in range(number):
        first, last = (dice.choice(LATIN[0]), dice.choice(LATIN[1])) if latin else dice.choice(OTHERS)
        name = f"{first} {chr(65 + place % 26)}. {last}" if latin else f"{first} {last}"
        public_id = "".join(dice.choices(_LETTERS, k=22))
        told = Values(
            recipient_name=name,
            achievement_name="Applied Conservation Biology",
            achievement_summary="Planned and led a year of habitat survey, modelled what was found, and defended it in public.",
            issuer_name="Whitmore College",
            awarded="14 June 2026",
            expires="13 June 2029",
            credential_url=f"https://credentials.example.org/c/{public_id}",
            public_id=public_id,
            grade=dice.choice(("Distinction", "Merit", "Pass")),
            hours="240",
            results=(("Habitat survey", dice.choice("ABC")), ("Seminar room", f"B {place % 30}"), ("Hours", "240")),
        )
        credential = {"proof": {"created": "2026-06-14T10:00:00Z"}, "said": [f"{dice.random()}" for _ in range(150)]}
        out.append((told, json.dumps({"id": told.credential_url, "name": name, **credential})))
    return out


def _photograph() -> bytes:
    """A JPEG as an institution's paper is: soft, and some 200 KB."""
    dice = random.Random(1)
    small = Image.new("RGB", (160, 113))
    small.putdata(
        [(236 + dice.randrange(18), 232 + dice.randrange(18), 222 + dice.randrange(18)) for _ in range(160 * 113)]
    )
    out = io.BytesIO()
    small.resize((1754, 1240), Image.Resampling.BICUBIC).save(out, "JPEG", quality=92)
    return out.getvalue()


def _signature() -> bytes:
    ink = Image.new("RGBA", (900, 260))
    ImageDraw.Draw(ink).line(
        [(20, 200), (160, 40), (240, 210), (420, 60), (520, 190), (880, 120)], (20, 30, 90, 255), 7
    )
    out = io.BytesIO()
    ink.save(out, "PNG")
    return out.getvalue()


def layout() -> dict[str, Any]:
    """The course design on a photograph, signed by two."""
    told = certificate.adjust(
        certificate.starter("course"),
        brand="#1f3d5c",
        texts={},
        signatories=[{"name": "Prof. Olga Ivanova", "title": "Dean"}, {"name": "Ben Okafor", "title": "Registrar"}],
    )
    told["background"] = {**told["background"], "image": {"picture": "paper", "fit": "cover"}}
    return told


def pictures() -> dict[str, bytes]:
    spec = badge.starter("seal")
    drawn = {"badge": badge.draw(spec).encode(), "badge-small": badge.draw(spec, size=90).encode()}
    return {**drawn, "paper": _photograph(), "signature.1": _signature(), "signature.2": _signature()}


def naive(told: Mapping[str, Any], shown: Mapping[str, bytes], values: Values, credential: str) -> bytes:
    """One page for one person, all of it, with fonts found anew."""
    import weasyprint  # noqa: PLC0415 -- slow to import, needs Pango
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Fonts from their folder and pictures from memory."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            kind, _, name = url.removeprefix("laurel:").partition("/")
            if not url.startswith("laurel:"):
                return super().fetch(url, headers)
            data = fonts.path(name).read_bytes() if kind == "font" else shown[name]
            starts = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg", b"<svg": "image/svg+xml"}
            return URLFetcherResponse(url, data, {"Content-Type": starts.get(data[:4], "font/ttf")})

    html = certificate.compose(told, values, shown)
    attachment = weasyprint.Attachment(string=credential, name="credential.json", relationship="Data")
    page = weasyprint.HTML(string=html, url_fetcher=Fetcher(), base_url="laurel:page")
    return bytes(page.write_pdf(pdf_variant=pdf.VARIANT, font_config=FontConfiguration(), attachments=[attachment]))


def _spliced(made: Design, values: Values, credential: str) -> bytes:
    return made.splice(values, credential).whole


def _next(left: Iterator[tuple[Values, str]], print_one: Callable[[Values, str], bytes]) -> bytes:
    return print_one(*next(left))


def measure() -> Iterator[measuring.Measured]:
    """The mean of 600 people: everything that is written for each of them, from their values to the bytes of the file.

    Compiling is done before, once for all of a version; what it costs is told by the pipeline's bench.
    """
    told, shown = layout(), pictures()
    for name, latin in (("pdf_latin", True), ("pdf_other_scripts", False)):
        everybody = people(MANY + 20, latin=latin)
        print(f"  {name}: {FEW} drawn as a whole, {MANY} spliced", flush=True)
        plain, rest = iter(everybody[:FEW]), iter(everybody[20:])
        baseline = measuring.each(partial(_next, plain, partial(naive, told, shown)), FEW)
        made = Design(told, lambda: shown)
        SHELF.clear()
        for values, credential in everybody[:20]:
            made.splice(values, credential)
        ours = measuring.each(partial(_next, rest, partial(_spliced, made)), MANY)
        yield measuring.less_is_better(name, ours, baseline)
