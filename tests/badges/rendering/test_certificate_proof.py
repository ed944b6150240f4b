"""The editor's proof against the print: the same page, painted by Chromium and by PDFium, compared pixel by pixel."""

import copy
import re

import pytest

from badges.rendering import certificate
from badges.rendering.certificate_page import size_of
from tests.badges.rendering import painting, papers

FONTS = "/font/NAME.ttf"
MOST = 0.005  # of all pixels of the page
ALIKE, APART = 0.02, 0.04  # of the pixels in an element's box
OWN = {starter: "portrait" if starter in {"transcript", "charter"} else "landscape" for starter in certificate.IDS}
WHO = "Amelia Okonkwo-Reyes"


def proof(layout, who=WHO):
    return certificate.proof(layout, papers.values(who), papers.pictures(), fonts=FONTS)


def painted(browser, layout, who=WHO):
    return painting.painted(browser, proof(layout, who), size_of(layout["page"]))


def printed(layout, who=WHO):
    return painting.printed(papers.printed(layout, papers.values(who)), size_of(layout["page"]))


def box(layout, element):
    frame = next(each for each in certificate.frames(layout, papers.values(WHO)) if each["id"] == element)
    return frame["x"], frame["y"], frame["w"], frame["h"]


@pytest.mark.browser
@pytest.mark.parametrize("starter", certificate.IDS)
def test_proof_is_painted_as_the_certificate_is_printed(browser, starter):
    layout = papers.layout(starter, "A4", OWN[starter])

    marks = painting.differing(painted(browser, layout), printed(layout))

    assert painting.share(marks) < MOST
    for element in ("name", "achievement", "words", "check"):
        assert painting.share(marks, box(layout, element)) < ALIKE, element


@pytest.mark.browser
@pytest.mark.parametrize("who", ["أمل بنت خالد المنصوري", "प्रिया शर्मा", papers.LONG])
def test_proof_is_painted_as_printed_in_scripts_that_join_and_from_right_to_left(browser, who):
    layout = papers.layout("service", "Letter", "portrait", locale="ar")

    assert painting.share(painting.differing(painted(browser, layout, who), printed(layout, who))) < MOST


@pytest.mark.browser
def test_measure_sees_half_a_millimetre_and_a_missing_element(browser):
    layout = papers.layout("minimal")
    paper = printed(layout)
    shifted, moved, without = (copy.deepcopy(layout) for _ in range(3))
    for element in shifted["elements"]:
        element["box"][0] += 0.5
    name = next(element for element in moved["elements"] if element["id"] == "name")
    name["box"][1] += 0.5
    without["elements"] = [element for element in layout["elements"] if element["id"] != "achievement"]

    all_moved, one_moved, one_lost = (
        painting.differing(painted(browser, each), paper) for each in (shifted, moved, without)
    )

    assert painting.share(all_moved) > 2 * MOST
    assert painting.share(one_moved, box(layout, "name")) > APART
    assert painting.share(one_lost, box(layout, "achievement")) > APART
    assert painting.share(one_lost, box(layout, "name")) < ALIKE


def test_proof_is_the_page_that_is_printed_but_for_where_its_bytes_are():
    layout, told, pictures = papers.layout("classic"), papers.values(WHO), papers.pictures()

    shown = proof(layout)
    composed = certificate.compose(layout, told, pictures)

    shown = re.sub(r"/font/([a-z0-9-]+)\.ttf", r"laurel:font/\1", shown)
    body = shown[shown.index("<body>") :]
    assert re.sub(r'src="[^"]*"', "", body) == re.sub(r'src="[^"]*"', "", composed[composed.index("<body>") :])
    head = composed[: composed.index("</style>")]
    assert shown.startswith(head)
    assert "laurel:" not in body and "<script" not in shown


def test_proof_writes_addresses_so_that_they_end_nothing():
    layout = papers.layout("swiss")
    layout["elements"].append(
        {"id": "photo", "type": "image", "box": [20, 20, 30, 30], "picture": "ab/cd.png", "alt": ""}
    )
    nasty = "/x'\");}</style><script>alert(1)</script>.png"

    shown = certificate.proof(layout, papers.values(), {"ab/cd.png": nasty}, fonts="/f</style><script>/NAME.ttf")

    assert "<script" not in shown
    assert shown.count("</style>") == 1
    assert "%27%22%29" in shown


def test_proof_of_what_does_not_fit_is_drawn_and_says_so():
    layout = papers.layout("swiss")

    made = certificate.draw_proof(layout, papers.values("𒀀" + "W" * 300), papers.pictures(), fonts=FONTS)

    place = next(place for place, element in enumerate(layout["elements"]) if element["id"] == "name")
    assert [(trouble["pointer"], trouble["code"], trouble["what"][:2]) for trouble in made.troubles] == [
        (f"/elements/{place}", "no-glyph", "𒀀"),
        (f"/elements/{place}", "does-not-fit", "WW"),
    ]
    assert "W" * 300 in made.html
    with pytest.raises(certificate.MissingGlyph):
        certificate.fits(layout, papers.values("𒀀"))
