"""The longest name that is taken (200 characters, SECURITY N3) is printed, whatever the design and the paper."""

from dataclasses import replace

import pytest

from badges.rendering import certificate
from tests.badges.rendering import papers

NAMES = {
    "latin": ("Wolfeschlegelsteinhausenbergerdorff Maria Anastasia Konstantinopolitana " * 4)[:200],
    "arabic": ("عبد الرحمن بن محمد آل سعود " * 10)[:200],
    "japanese": "山田太郎" * 50,
}


@pytest.mark.parametrize("starter", certificate.IDS)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_two_hundred_characters_fit(starter, name):
    for size in certificate.SIZES:
        for orientation in certificate.ORIENTATIONS:
            layout = certificate.starter(starter, size=size, orientation=orientation)
            certificate.fits(layout, replace(papers.values(), recipient_name=name))


def test_a_word_without_end_is_refused_and_never_runs_off_the_page():
    with pytest.raises(certificate.DoesNotFit):
        certificate.fits(certificate.starter("classic"), replace(papers.values(), recipient_name="Ä" * 200))


def test_words_of_the_design_are_not_made_small_print():
    layout = certificate.starter("classic")
    for element in layout["elements"]:
        if element.get("slot"):
            element["text"] = "A heading that goes on and on " * 8
    with pytest.raises(certificate.DoesNotFit):
        certificate.fits(layout, papers.values())
