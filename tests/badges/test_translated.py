"""Words of the designers in another language: what stands in data and in code without Django goes through catalogues too."""

import struct

import pytest
from django.utils.translation import override

from badges.forms import badge_words
from badges.forms.badge_words import find_symbols, symbol_name
from badges.forms.faults import sentence
from badges.rendering import certificate as paper
from badges.rendering.certificate_checking import check_form
from badges.rendering.certificate_meaning import faults

GERMAN = {
    "": "Content-Type: text/plain; charset=UTF-8\n",
    "Leaf": "Blatt",
    "reading writing journals periodicals text newspaper": "Lesestoff Zeitung",
    "At most %(detail)s.": "Höchstens %(detail)s.",
    "It must be a whole number.": "Es muss eine ganze Zahl sein.",
    "No colour is called %(detail)s.": "Keine Farbe heißt %(detail)s.",
    "A colour is a name of the palette, or # and six digits, such as #1f5c45.": "Eine Farbe ist ein Name der Palette.",
}


def catalogue(messages):
    """A compiled catalogue, as msgfmt writes it (GNU gettext manual, "The Format of GNU MO Files")."""
    ids, texts = ([text.encode() for text in each] for each in zip(*sorted(messages.items()), strict=True))
    start = 28 + 16 * len(ids)
    table, blob = [], b""
    for each in (*ids, *texts):
        table.append((len(each), start + len(blob)))
        blob += each + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(ids), 28, 28 + 8 * len(ids), 0, 0)
    return head + b"".join(struct.pack("<2I", *pair) for pair in table) + blob


@pytest.fixture
def german(tmp_path, settings):
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(catalogue(GERMAN))
    settings.LOCALE_PATHS = [tmp_path]
    badge_words._words_in.cache_clear()
    with override("de"):
        yield
    badge_words._words_in.cache_clear()


def test_symbols_are_called_and_found_in_the_readers_language_and_in_english(german):
    assert symbol_name("ph-leaf") == "Blatt"
    assert find_symbols("blatt", "")[:1] == ["ph-leaf"]
    assert "ph-leaf" in find_symbols("leaf", "")
    assert find_symbols("lesestoff", "")[:1] == ["ph-article"]


def told(layout):
    problems = check_form(layout) or list(faults(layout))
    return {problem.pointer: sentence(problem, layout) for problem in problems}


def test_faults_of_a_layout_are_said_in_the_readers_language(german):
    layout = paper.starter("minimal")
    first, second, third = layout["elements"][:3]
    first["box"][2], second["z"], third["style"]["colour"] = 5000, "top", "url(x)"

    said = told(layout)

    assert said["/elements/0/box/2"].endswith(": Höchstens 600.")
    assert said["/elements/1/z"].endswith(": Es muss eine ganze Zahl sein.")
    assert said["/elements/2/style/colour"].endswith(": Eine Farbe ist ein Name der Palette.")
    sound = paper.starter("minimal")
    sound["background"]["colour"] = "mauve"
    assert told(sound)["/background/colour"].endswith(": Keine Farbe heißt mauve.")


def test_without_a_catalogue_they_are_english():
    layout = paper.starter("minimal")
    layout["elements"][0]["box"][2] = 5000

    assert told(layout)["/elements/0/box/2"].endswith(": At most 600.")
