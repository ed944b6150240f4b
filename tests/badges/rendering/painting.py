"""A proof as Chromium paints it and a PDF as PDFium does, both at 96 dots an inch, and how far they are apart.

Two engines never lay the same grey on the edge of a letter, so that both pictures are painted twice as fine, brought down
to 96 dpi and blurred by a pixel (a quarter of a millimetre) before they are compared. A pixel differs where one of its
colours is more than TOLERANCE of 255 off.
"""

import io
import math

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from badges.rendering import certificate, fonts

TOLERANCE = 48
FINE = 2
DPI = 96
MM = DPI / 25.4
ORIGIN = "http://proof.test"


def painted(browser, html, size):
    """The proof in a browser that may load what its policy allows, from one origin that has fonts and nothing else."""
    wide, tall = (math.ceil(side * MM) for side in size)
    context = browser.new_context(viewport={"width": wide, "height": tall}, device_scale_factor=FINE)
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.route("**/*", lambda route: _serve(route, html))
    page.goto(f"{ORIGIN}/")
    page.evaluate("document.fonts.ready.then(() => [...document.fonts].every((face) => face.status === 'loaded') || 0)")
    data = page.screenshot()
    context.close()
    assert faults == []
    return _brought_down(Image.open(io.BytesIO(data)), size)


def _serve(route, html):
    path = route.request.url.removeprefix(ORIGIN)
    if path == "/":
        policy = {"Content-Security-Policy": certificate.PROOF_CSP}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=policy)
    elif path.startswith("/font/"):
        name = path.removeprefix("/font/").removesuffix(".ttf")
        route.fulfill(body=fonts.path(name).read_bytes(), content_type="font/ttf")
    else:
        route.fulfill(status=404, body="")


def printed(data, size):
    """The first page of a PDF."""
    document = pypdfium2.PdfDocument(data)
    image = document[0].render(scale=FINE * DPI / 72).to_pil()
    document.close()
    return _brought_down(image, size)


def _brought_down(image, size):
    wide, tall = (math.floor(side * MM) for side in size)
    return image.convert("RGB").crop((0, 0, wide * FINE, tall * FINE)).resize((wide, tall), Image.Resampling.BOX)


def differing(one, other):
    """Black and white: where they differ."""
    soft = [image.filter(ImageFilter.GaussianBlur(1)) for image in (one, other)]
    bands = ImageChops.difference(*soft).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return worst.point(lambda value: 255 if value > TOLERANCE else 0)


def share(marks, box=None):
    """Of pixels that differ, on the page or in a box in millimetres."""
    if box:
        x, y, w, h = box
        marks = marks.crop((int(x * MM), int(y * MM), math.ceil((x + w) * MM), math.ceil((y + h) * MM)))
    return marks.histogram()[255] / (marks.width * marks.height)
