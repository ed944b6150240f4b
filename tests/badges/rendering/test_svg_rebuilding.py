import io
import re
import socket
import subprocess
import sys
import time
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from badges.rendering import image, svg_grammar, svg_rasterising, svg_values
from badges.rendering.image_refused import ImageRefused
from badges.rendering.svg_rebuilding import rebuilt, redrawn
from tests.badges.rendering import hostile_drawings as hostile

# What no rebuilt drawing may hold, whatever was sent.
NEVER = re.compile(
    r"script|foreignObject|iframe|javascript|data:|http://(?!www\.w3\.org/2000/svg\")|https:|file:|@import|<!|<\?|\son[a-z]+="
    r"|style|animate|<set|<image|<text|url\((?!#i\d+\))|href=\"(?!#i\d+\")|canary",
    re.IGNORECASE,
)


def pixels(svg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(image.flattened(svg))) as opened:
        return opened.convert("RGBA")


def outcome(data: bytes) -> str:
    try:
        image.reencode(image.flattened(data))
    except ImageRefused as refused:
        return refused.code
    return ""


def test_catalogue_holds_at_least_forty_drawings_and_every_kind_of_the_notes():
    kinds = {int(name[1:].split()[0]) for name in hostile.DRAWINGS if name.startswith("S")}

    assert len(hostile.DRAWINGS) >= 40
    assert kinds == set(range(1, 21))


@pytest.mark.parametrize("name", hostile.DRAWINGS)
def test_hostile_drawing_is_refused_or_loses_the_part_within_the_time(name):
    data, expected = hostile.DRAWINGS[name]
    began = time.monotonic()

    assert outcome(data) == expected

    assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", [name for name, (_data, code) in hostile.DRAWINGS.items() if not code])
def test_what_was_rebuilt_holds_nothing_but_the_drawing(name):
    made = rebuilt(hostile.DRAWINGS[name][0])

    assert not NEVER.search(made), made
    assert {element.tag.partition("}")[2] for element in fromstring(made).iter()} <= set(svg_grammar.ELEMENTS)
    assert pixels(hostile.DRAWINGS[name][0]).getpixel((600, 600)) == (0x12, 0x34, 0x56, 255)


def test_nothing_is_fetched_and_no_file_is_read(tmp_path):
    """A listening socket stands where every address leads, and files with a telling colour where every path leads."""
    sink = socket.create_server(("127.0.0.1", 0))
    sink.settimeout(0.2)
    canary = tmp_path / "canary.svg"
    canary.write_bytes(hostile.svg('<rect id="a" width="100" height="100" fill="#ff00ff"/>'))
    address = f"http://127.0.0.1:{sink.getsockname()[1]}"

    for data, code in hostile.DRAWINGS.values():
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        sent = text.replace(hostile.SINK, address).replace(hostile.CANARY, str(canary)).encode()
        if code:
            assert outcome(sent) == code
        else:
            assert (255, 0, 255, 255) not in {colour for _count, colour in pixels(sent).getcolors(1_000_000)}
    with pytest.raises(TimeoutError):
        sink.accept()
    sink.close()


def test_rasteriser_itself_would_read_a_file_if_it_were_not_rebuilt(tmp_path):
    """The canary above can be seen: otherwise its absence would show nothing."""
    picture = tmp_path / "canary.png"
    Image.new("RGB", (10, 10), (255, 0, 255)).save(picture)
    raw = hostile.svg(f'<image href="{picture}" width="100" height="100"/>').decode()

    made = Image.open(io.BytesIO(image.rasterise(raw, 100))).convert("RGBA")
    shut_in = Image.open(io.BytesIO(svg_rasterising.rasterised(raw, 100, 100))).convert("RGBA")

    assert made.getpixel((50, 50)) == (255, 0, 255, 255)
    assert shut_in.getpixel((50, 50)) == (0, 0, 0, 0)


def test_drawing_that_takes_too_long_is_given_up():
    masks = "".join(f'<g opacity=".99" mask="url(#m)"><rect width="{100 - n}" height="100"/></g>' for n in range(30))
    deep = "<g opacity='.99'>" * 30 + masks + "</g>" * 30
    began = time.monotonic()

    with pytest.raises(ImageRefused) as refused:
        svg_rasterising.rasterised(
            hostile.svg(f'<mask id="m"><rect width="100" height="100" fill="#fff"/></mask>{deep * 20}').decode(),
            6000,
            6000,
        )

    assert refused.value.code in {"svg-too-slow", "svg-broken"}
    assert time.monotonic() - began < 5


def test_child_cannot_write_or_open_anything(tmp_path):
    """The limits of the program, tried in its own process."""
    tried = tmp_path / "tried.py"
    child = svg_rasterising._CHILD
    tried.write_text(
        f"import _socket, sys, runpy; sys.argv=['x','1','1']; m = runpy.run_path({str(child)!r}); m['_shut_in']()\n"
        "for name, deed in (('open', lambda: open('/etc/passwd')), ('socket', lambda: _socket.socket())):\n"
        "    try: deed(); print(name, 'did')\n"
        "    except OSError: print(name, 'refused')\n"
    )

    done = subprocess.run([sys.executable, str(tried)], capture_output=True, text=True, check=False)

    assert done.stdout.split("\n")[:2] == ["open refused", "socket refused"], done.stderr


REAL = {
    "shapes": '<rect x="5" y="5" width="20" height="20" rx="3"/><circle cx="50" cy="20" r="10"/><ellipse cx="80" cy="20" rx="9" ry="4"/>'
    '<line x1="0" y1="50" x2="100" y2="50" stroke="red"/><polyline points="0,60 10,70 20,60" fill="none" stroke="#00f"/>'
    '<polygon points="50,60 60,80 40,80"/>',
    "arcs without gaps": '<path d="M80 50a30 30 0 11-60 0 30 30 0 0160 0z" fill="teal"/>',
    "compact numbers": '<path d="M10.5.5l-.25-.75C1e1-2 3.5.5.5-1.5zm20 20h10v10H30z"/>',
    "gradient by style": '<defs><linearGradient id="g" x1="0%" x2="100%"><stop offset="0" style="stop-color:#f00"/>'
    '<stop offset="100%" stop-color="rgb(0, 0, 255)" stop-opacity=".5"/></linearGradient></defs>'
    '<rect width="100" height="100" style="fill:url(#g);stroke:none"/>',
    "gradient continued": '<linearGradient id="a"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="#0f0"/></linearGradient>'
    '<linearGradient id="b" xlink:href="#a" x1="0" x2="100" gradientUnits="userSpaceOnUse"/><circle cx="50" cy="50" r="40" fill="url(#b)"/>',
    "classes": "<style>.st0{fill:#00aa55;} .st1,.st2{fill:none;stroke:#123;stroke-width:4}</style>"
    '<circle class="st0" cx="50" cy="50" r="30"/><rect class="st1" x="10" y="10" width="80" height="80"/>',
    "use and symbol": '<symbol id="s" viewBox="0 0 10 10"><path d="M0 0H10V10Z"/></symbol><use href="#s" x="10" y="10" width="40" height="40"/>'
    '<use xlink:href="#s" x="50" y="50" width="30" height="30" fill="orange"/>',
    "clip and mask": '<clipPath id="c"><circle cx="50" cy="50" r="40"/></clipPath><mask id="m"><rect width="50" height="100" fill="white"/></mask>'
    '<g clip-path="url(#c)"><rect width="100" height="100" fill="navy" mask="url(#m)"/></g>',
    "transforms": '<g transform="translate(50,50) rotate(45) scale(.5 .25)"><rect x="-50" y="-50" width="100" height="100" transform="skewX(10)"/></g>',
    "dashes": '<path d="M0 50H100" stroke="#000" stroke-width="6" stroke-dasharray="10,4 2" stroke-linecap="round" fill="none"/>',
}


@pytest.mark.parametrize("name", REAL)
def test_honest_drawing_looks_as_it_was_drawn(name):
    sent = hostile.svg(REAL[name])
    # The rasteriser knows percentages and styles itself; ours must come to the same picture.
    plain = Image.open(io.BytesIO(image.rasterise(sent.decode(), 1200))).convert("RGBA")

    assert pixels(sent).tobytes() == plain.tobytes()


def test_rebuilding_twice_changes_nothing():
    for inside in REAL.values():
        once = rebuilt(hostile.svg(inside))

        assert rebuilt(once.encode()) == once


def test_canvas_is_the_view_box_or_the_size():
    assert redrawn(hostile.svg(hostile.SQUARE, root='width="50mm" height="10"'))[1:] == (100.0, 100.0)
    bare = f'<svg {hostile.NS} width="300px" height="150">{hostile.SQUARE}</svg>'.encode()
    assert redrawn(bare)[1:] == (300.0, 150.0)
    with Image.open(io.BytesIO(image.flattened(bare))) as made:
        assert made.size == (1200, 600)


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz0123456789.,-+eE \n", max_size=200))
def test_path_of_anything_is_a_path_that_reads_as_itself(text):
    try:
        made = svg_values.path(text)
    except ImageRefused as refused:
        assert refused.code == "svg-number"
        return

    assert svg_values.path(made) == made


@given(st.text(max_size=60))
def test_values_of_anything_are_of_their_kind_or_refused(text):
    for parser, shape in (
        (svg_values.length, r"-?[\d.e+-]+(px|%|mm|cm|in|pt|pc|em|ex)?"),
        (svg_values.share, r"[\d.e+-]+"),
        (svg_values.colour, r"[a-zA-Z]+|#[0-9a-f]{3,8}|(rgb|hsl)a?\([-+\d.%\s,/deg]+\)"),
        (svg_values.transform, r"((matrix|translate|scale|rotate|skew[XY])\([-\d. e+]+\) ?)*"),
        (svg_values.points, r"[-\d. e+]*"),
    ):
        try:
            made = parser(text)
        except (ValueError, ImageRefused):
            continue
        assert re.fullmatch(shape, made), (parser, made)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_name_or_rebuilt(data):
    for sent in (data, b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>" + data + b"</svg>"):
        try:
            made = rebuilt(sent)
        except ImageRefused as refused:
            assert refused.status in {413, 415, 422}
        else:
            assert not NEVER.search(made)
