import io
import re

from PIL import Image

from badges.rendering import qr

ADDRESS = "https://badges.example.org/c/q7HtW2mXv9LsR4bDk3ZyPf"


def test_matrix_is_square_and_has_its_three_finders():
    modules = qr.matrix(ADDRESS)
    finder = [True] * 7

    assert {len(row) for row in modules} == {len(modules)}
    assert modules[0][:7] == modules[0][-7:] == modules[-1][:7] == finder
    assert modules[-1][-7:] != finder


def test_svg_leaves_four_modules_of_quiet_ground_and_says_what_it_is():
    drawn = qr.svg(ADDRESS, title="Address of “R & D”")
    side = len(qr.matrix(ADDRESS)) + 8

    assert f'viewBox="0 0 {side} {side}"' in drawn
    assert "<title>Address of “R &amp; D”</title>" in drawn
    assert 'fill="currentColor"' in drawn
    starts = [tuple(map(float, pair)) for pair in re.findall(r"M([\d.]+) ([\d.]+)h", drawn)]
    assert min(min(pair) for pair in starts) == 4
    assert max(y for _, y in starts) == side - 5


def test_path_draws_runs_and_not_squares():
    modules = [[True, True, True, False, True]]

    assert qr.path(modules) == "M0 0h3v1.02h-3zM4 0h1v1.02h-1z"


def test_png_shows_the_matrix_module_by_module():
    modules = qr.matrix(ADDRESS)

    picture = Image.open(io.BytesIO(qr.png(ADDRESS, 6))).convert("L")

    assert picture.width == picture.height == (len(modules) + 8) * 6
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            assert (picture.getpixel(((x + 4) * 6 + 3, (y + 4) * 6 + 3)) < 128) == dark
    assert picture.getpixel((3, 3)) == 255
