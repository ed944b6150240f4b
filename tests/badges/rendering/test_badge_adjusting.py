import io

import pytest
from PIL import Image

from badges.rendering import badge
from badges.rendering.badge_spec import main_symbol
from badges.rendering.badge_symbols import SYMBOLS
from badges.rendering.palette import METALS, palette
from issuers.colour import contrast, to_oklch

NORTHMOOR = "#6d1733"


def words_of(spec: dict) -> dict[str, str]:
    return {word["key"]: word["text"] for word in spec["words"]}


def test_starters_are_twelve_each_with_a_title_of_its_own():
    starters = badge.starters()

    assert len({each.title for each in starters}) == 12
    assert all(each.spec["id"] == each.id for each in starters)


def test_starter_is_a_copy_the_caller_may_change():
    badge.starter("shield")["words"].clear()

    assert badge.starter("shield")["words"]


def test_starter_is_refused_when_there_is_none_of_that_name():
    with pytest.raises(KeyError):
        badge.starter("../../settings")


def test_slots_are_what_a_form_can_be_built_from():
    assert badge.slots(badge.starter("hexagon")) == [
        badge.Slot("name", "Name", "Data Engineering", 34, "text"),
        badge.Slot("year", "Year", "2026", 4, "year"),
        badge.Slot("symbol", "Symbol", "layers", 40, "symbol"),
        badge.Slot("level", "Level", "", 3, "level"),
    ]


def test_adjusted_badge_leads_with_the_brand_and_keeps_an_accent_that_stands_off():
    made = badge.adjust(badge.starter("shield"), brand=NORTHMOOR, texts={})

    assert (made["brand"], made["accent"]) == (NORTHMOOR, "#e3a73b")


def test_adjusted_badge_takes_a_pale_brand_as_accent_on_its_own_dark():
    made = badge.adjust(badge.starter("medallion"), brand="#f5d90a", texts={})

    assert made["accent"] == "#f5d90a"
    assert to_oklch(made["brand"]).lightness < 0.36


@pytest.mark.parametrize("brand", ["#e8590c", "#c81e4a", "#d8a63c", "#808080"])
@pytest.mark.parametrize("name", ["shield", "hexagon", "medallion", "disc"])
def test_adjusted_badge_changes_an_accent_that_would_drown_in_the_brand(name, brand):
    made = badge.adjust(badge.starter(name), brand=brand, texts={})

    colours = palette(made["brand"], made["accent"])
    assert contrast(colours["brand"], colours["accent"]) >= 1.7


def test_adjusted_badge_on_paper_carries_the_brand_as_its_accent():
    made = badge.adjust(badge.starter("bookplate"), brand=NORTHMOOR, texts={})

    assert made["accent"] == NORTHMOOR


def test_adjusted_badge_takes_an_accent_as_asked_for():
    made = badge.adjust(badge.starter("medallion"), brand="#f5d90a", accent="silver", texts={})

    assert palette(made["brand"], made["accent"])["accent"] == METALS["silver"]
    assert made["brand"] == "#f5d90a"


def test_own_colour_of_a_design_gives_way_when_the_brand_is_too_near():
    near = badge.adjust(badge.starter("stamp"), brand="#c8321e", texts={})
    far = badge.adjust(badge.starter("stamp"), brand="#1d3f8f", texts={})

    assert near["colours"]["vermilion"] == palette("#c8321e")["deep"]
    assert far["colours"]["vermilion"] == "#d9452f"


def test_adjusted_words_are_those_given_and_the_defaults_where_none_is():
    made = badge.adjust(
        badge.starter("bookplate"), brand=NORTHMOOR, texts={"name": "  Slow\n Reading ", "role": ""}, year=2027
    )

    assert words_of(made) == {"name": "Slow Reading", "role": "", "year": "2027"}


def test_alternative_text_says_every_word_and_counts_the_level():
    made = badge.adjust(
        badge.starter("shield"), brand=NORTHMOOR, texts={"name": "Peer Mentor", "role": "Guide"}, level=(3, 5)
    )

    assert made["alt"] == "Peer Mentor, Guide, level 3 of 5"


def test_alternative_text_is_the_authors_when_given():
    made = badge.adjust(badge.starter("shield"), brand=NORTHMOOR, texts={}, alt="A mountain, for field work")

    assert made["alt"] == "A mountain, for field work"


def test_alternative_text_is_never_empty():
    made = badge.adjust(badge.starter("disc"), brand=NORTHMOOR, texts={"name": ""}, level=0)

    assert made["alt"]
    assert badge.check(made) == []


def test_frame_of_a_word_goes_with_the_word():
    spec = badge.starter("shield")
    worded, wordless = (badge.adjust(spec, brand=NORTHMOOR, texts={"role": role}) for role in ("Guide", ""))
    banner = '<path d="M74 375Q300 375 526 375L526 441Q300 441 74 441Z"'

    assert banner in badge.draw(worded)
    assert banner not in badge.draw(wordless)


@pytest.mark.parametrize(
    ("level", "marks"), [((2, 3), (2, 3)), (1, (1, 3)), ((9, 9), (5, 5)), (0, (0, 0)), (-4, (0, 3))]
)
def test_level_counts_up_to_five(level, marks):
    made = badge.adjust(badge.starter("shield"), brand=NORTHMOOR, texts={}, level=level)

    part = next(part for part in made["parts"] if part["part"] == "level")
    assert (part["value"], part["of"]) == marks
    assert badge.check(made) == []


@pytest.mark.parametrize("name", [each.id for each in badge.starters()])
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_any_symbol_goes_into_any_design(name, symbol):
    made = badge.adjust(badge.starter(name), brand=NORTHMOOR, texts={}, symbol=symbol)

    assert main_symbol(made)["name"] == symbol
    assert badge.check(made) == []
    assert badge.draw(made) != badge.draw(badge.adjust(made, brand="#123456", texts={}))


def test_scenery_of_the_designs_own_symbol_goes_with_it():
    def beam(symbol: str) -> bool:
        made = badge.adjust(badge.starter("stamp"), brand=NORTHMOOR, texts={}, symbol=symbol)
        return "M286 170.2L641.2 81.4" in badge.draw(made)

    assert beam("lighthouse")
    assert not beam("book")


def test_badge_claims_no_level_unless_one_is_given():
    made = badge.adjust(badge.starter("shield"), brand=NORTHMOOR, texts={"name": "Peer Mentor", "role": ""})

    assert made["alt"] == "Peer Mentor"
    assert badge.draw(made) == badge.draw(
        badge.adjust(badge.starter("shield"), brand=NORTHMOOR, texts={"name": "Peer Mentor", "role": ""}, level=0)
    )


def test_unknown_symbol_leaves_the_designs_own():
    made = badge.adjust(badge.starter("stamp"), brand=NORTHMOOR, texts={}, symbol="../skull")

    assert main_symbol(made)["name"] == "lighthouse"


def test_monogram_takes_the_place_of_the_symbol():
    made = badge.adjust(badge.starter("seal"), brand=NORTHMOOR, texts={}, monogram="NUTS")

    assert main_symbol(made)["text"] == "NUT"
    assert badge.check(made) == []
    assert badge.draw(made) != badge.draw(badge.starter("seal"))


def test_logo_takes_the_place_of_the_symbol_and_is_carried_along():
    buffer = io.BytesIO()
    Image.new("RGBA", (40, 40), "#00ff00").save(buffer, "PNG")

    made = badge.adjust(badge.starter("seal"), brand=NORTHMOOR, texts={}, logo=buffer.getvalue())

    assert badge.check(made) == []
    assert 'href="data:image/png;base64,' in badge.draw(made)
    assert "http" not in badge.draw(made).replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("rosette", {"name": "Peer", "second": "Mentor"}),
        ("shield", {"name": "Peer Mentor", "role": "2026"}),
        ("seal", {"name": "Peer Mentor", "institution": "Northmoor University"}),
        ("hexagon", {"name": "Peer Mentor", "year": "2026"}),
        ("stamp", {"number": "", "unit": "", "name": "Peer Mentor"}),
    ],
)
def test_suggested_texts_come_from_what_is_known(name, texts):
    spec = badge.starter(name)

    assert badge.suggest(spec, name="Peer Mentor", institution="Northmoor University", year=2026) == texts


def test_suggested_lines_are_of_like_length_when_the_name_has_many_words():
    suggested = badge.suggest(badge.starter("rosette"), name="First Aid in the Field")

    assert suggested == {"name": "First Aid in", "second": "the Field"}


def test_suggested_text_is_empty_when_it_would_not_fit():
    assert badge.suggest(badge.starter("disc"), name="Foundations of Environmental Engineering") == {"name": ""}
