"""Certificates to try a design with, and what can be read back from their PDF."""

import functools
import io
import re
import subprocess
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2

from badges.rendering import badge, certificate, pdf
from badges.rendering.bidi import is_rtl
from badges.rendering.certificate import Values

PT = 72 / 25.4
XHTML = "{http://www.w3.org/1999/xhtml}"
ADDRESS = "https://laurel.example/c/7Kq2mVx9Tn4RbWcD5fGh3J"
SIGNERS = [
    {"name": "Prof. Oluwaṣeun Adébáyọ̀-Fitzgerald", "title": "Dean of the Faculty of Natural Sciences"},
    {"name": "Ingrid Þórsdóttir", "title": "Registrar"},
]
ARABIC_SIGNERS = [{"name": "د. ليلى حداد", "title": "عميدة الكلية"}, {"name": "سامر خليل", "title": "أمين السجل"}]
LONG = "Maria-Magdalena Anastasia Konstantinopolska-Wolfeschlegel von Hohenlohe-Bartensteig"[:80]
NAMES = {
    "short": "Ø Li",
    "80 characters": LONG,
    "Arabic": "أمل بنت خالد المنصوري",
    "Japanese": "坂本 さくら",
    "Devanagari": "प्रिया शर्मा",
    "Thai": "สมชาย ใจดี",
    "Hebrew": "משה כהן",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Анна Щербакова",
    "Vietnamese": "Nguyễn Thị Thuỳ Dương",
}
MARKS = (("Habitat survey", "Distinction"), ("Population modelling", "B+"), ("Hours", "240"))


def values(name="Ø Li", **changed):
    told = {
        "recipient_name": name,
        "achievement_name": "Applied Conservation Biology",
        "achievement_summary": "Planned and led a year of habitat survey, modelled what was found, and defended it in public.",
        "issuer_name": "Whitmore College",
        "awarded": "14 June 2026",
        "expires": "13 June 2029",
        "credential_url": ADDRESS,
        "public_id": ADDRESS.rpartition("/")[2],
        "hours": "240",
        "grade": "Distinction",
        "results": MARKS,
    }
    return Values(**{**told, **changed})


def bare(name):
    """Nothing beside the name: no grade, no hours, no end, no results."""
    return values(name, hours="", grade="", expires="", results=())


@functools.cache
def pictures():
    spec = badge.starter("seal")
    return {"badge": badge.draw(spec).encode(), "badge-small": badge.draw(spec, size=90).encode()}


def layout(starter, size="A4", orientation="landscape", *, locale="en", signers=None):
    template = certificate.starter(starter, size=size, orientation=orientation)
    signers = signers or (ARABIC_SIGNERS if locale == "ar" else SIGNERS)
    return certificate.adjust(template, brand=template["theme"]["brand"], texts={}, signatories=signers, locale=locale)


# A badge that costs nothing: a drawn one takes a third of the time of a page.
PLAIN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4.5" fill="#1f5c45"/></svg>'


def printed(design, told, badge=None):
    shown = {"badge": badge} if badge else pictures()
    return pdf.render(design, told, credential_json='{"a":"credential"}', pictures=shown)


def boxes_for_missing_letters(data):
    """Fonts of a PDF's first page that show CID 0, the box for a missing letter, each with the code that shows it."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as document:
        page, shown, font = document.pages[0], {}, ""
        for operands, operator in pikepdf.parse_content_stream(page):
            font = str(operands[0]) if str(operator) == "Tf" else font
            if str(operator) == "TJ":
                pieces = [bytes(piece).hex() for piece in operands[0] if isinstance(piece, pikepdf.String)]
                shown.setdefault(font, set()).update(re.findall("....", "".join(pieces)))
        for name, codes in shown.items():
            encoding = page.Resources.Font[name].Encoding
            own = encoding.read_bytes().decode() if isinstance(encoding, pikepdf.Stream) else "<0000> 0\n"
            found += [f"{name} {code}" for code in re.findall(r"<(....)> 0\n", own) if code in codes]
    return found


def fonts_of(data):
    """Name → whether its program is embedded, of the first page."""
    with pikepdf.open(io.BytesIO(data)) as document:
        found = {}
        for font in document.pages[0].Resources.get("/Font", {}).values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            told = inner.FontDescriptor
            found[str(font.BaseFont)] = any(key in told for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        return found


class Sheet:
    """A printed page as it is read back, in millimetres from the upper left corner."""

    def __init__(self, data):
        document = pypdfium2.PdfDocument(data)
        page = document[0]
        text = page.get_textpage()
        self.pages, (w, h) = len(document), page.get_size()
        self.w, self.h = w / PT, h / PT
        self.inks = list(self._inks(text, h))
        text.close()
        page.close()
        document.close()
        self.words = list(self._words(data))

    @staticmethod
    def _inks(text, h):
        """Left, top, right and bottom of every letter's ink."""
        for place in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(place)
            if right > left and top > bottom:
                yield left / PT, (h - top) / PT, right / PT, (h - bottom) / PT

    @staticmethod
    def _words(data):
        """Words as they are copied out of the page, each with the middle of its place. Poppler reads ActualText, pdfium does not."""
        done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=data, capture_output=True, check=True, timeout=60)
        for word in ET.fromstring(done.stdout.decode().replace("&nbsp;", " ")).iter(f"{XHTML}word"):
            left, top, right, bottom = (float(word.get(side)) / PT for side in ("xMin", "yMin", "xMax", "yMax"))
            yield word.text or "", ((left + right) / 2, (top + bottom) / 2)

    def within(self, box):
        """The words that stand in a box."""
        x, y, w, h = box
        found = " ".join(word for word, (at, down) in self.words if x <= at <= x + w and y <= down <= y + h)
        # Each letter is told where it stands; with boxes poppler leaves them so, and turns them around without.
        return found[::-1] if is_rtl(found) and not re.search("[A-Za-z]", found) else found


def outside(ink, box):
    """Millimetres by which the ink of a letter leaves a box (x, y, width, height)."""
    (left, top, right, bottom), (x, y, w, h) = ink, box
    return max(x - left, y - top, right - x - w, bottom - y - h)


def tags(data):
    """Structure type → alternative texts (None where there is none), of the whole document."""
    found = {}

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for each in node:
                walk(each)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.setdefault(str(node.S), []).append(str(node.Alt) if "/Alt" in node else None)
            walk(node.get("/K", pikepdf.Array([])))

    with pikepdf.open(io.BytesIO(data)) as document:
        walk(document.Root.StructTreeRoot.K)
    return found
