import re

from badges.rendering.rosette import lines, rosette


def test_rosette_is_the_same_for_ever_and_another_for_every_credential():
    assert rosette("q7HtW2mXv9LsR4bDk3ZyPf") == rosette("q7HtW2mXv9LsR4bDk3ZyPf")
    assert rosette("q7HtW2mXv9LsR4bDk3ZyPf") != rosette("mZ4cT8yKpW1nHd6Rq2XvLs")


def test_rosette_begins_as_in_the_design_for_its_example():
    assert ' d="M184 0C184 5.8 175.1 12.8 166.1 17.5C157.1 22.1' in rosette("q7HtW2mXv9LsR4bDk3ZyPf")


def test_rosette_is_light_and_hidden_from_readers():
    drawn = rosette("q7HtW2mXv9LsR4bDk3ZyPf")

    assert 8_000 < len(drawn) < 13_000
    assert 'aria-hidden="true"' in drawn
    assert "style" not in drawn


def test_rosettes_on_one_page_share_no_id():
    ids = [set(re.findall(r' id="([^"]+)"', lines(seed))) for seed in ("a", "b")]

    assert len(ids[0]) == 3
    assert not ids[0] & ids[1]
