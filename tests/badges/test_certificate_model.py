"""The designer's pure modules, run in Chromium as they are shipped: layout operations, history, snapping, arranging."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.browser
FOLDER = Path(__file__).resolve().parents[2] / "static/js/certificate"
LAYOUT = {
    "page": {"size": "A4", "orientation": "landscape"},
    "locale": "en",
    "background": {"colour": "paper"},
    "elements": [
        {"id": "text", "type": "text", "box": [10, 20, 100, 10], "z": 2, "text": "A"},
        {"id": "line", "type": "line", "box": [10, 40, 50, 0.5], "z": 1, "group": "group-1"},
        {"id": "seal", "type": "seal", "box": [200, 100, 30, 30], "z": 3, "group": "group-1"},
        {"id": "under", "type": "text", "box": [10, 32, 100, 8], "below": ["text", 2], "text": "B"},
        {"id": "fixed", "type": "qr", "box": [250, 160, 20, 20], "locked": True},
    ],
}
SIZES = {"A4 landscape": [297, 210], "A4 portrait": [210, 297]}
numbers = st.integers(-400, 4000).map(lambda tenths: tenths / 10)
sides = st.integers(10, 2000).map(lambda tenths: tenths / 10)
boxes = st.tuples(numbers, numbers, sides, sides).map(list)
slowly = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def run(browser):
    """Evaluate the body of a function that has the modules and one argument."""
    page = browser.new_page()
    page.route(
        "http://model.test/**",
        lambda route: (
            route.fulfill(path=FOLDER / route.request.url.rsplit("/", 1)[1])
            if route.request.url.endswith(".js")
            else route.fulfill(body="<!doctype html><title>model</title>", content_type="text/html")
        ),
    )
    page.goto("http://model.test/")

    def evaluate(body, given=None):
        names = ("model", "arranging", "history", "snapping")
        loaded = ", ".join(f"{name}: await import('/{name}.js')" for name in names)
        return page.evaluate(f"async (given) => {{ const m = {{ {loaded} }}; {body} }}", given)

    yield evaluate
    page.close()


def box_of(layout, name):
    return next(element["box"] for element in layout["elements"] if element["id"] == name)


def test_operations_answer_a_new_layout_and_leave_the_old_one_as_it_was(run):
    before, after = run(
        """const { edited, moved, set, removed, added, duplicated, raised, reordered, grouped, onPaper } = m.model;
        const old = given.layout, copy = structuredClone(old);
        moved(old, ["text"], 5, 5); set(old, ["text"], "style.size", 9); removed(old, ["line"]); raised(old, ["line"], 1);
        added(old, { type: "qr", box: [0, 0, 20, 20] }); duplicated(old, ["text", "seal"]); reordered(old, "seal", -1);
        grouped(old, ["text"]); onPaper(old, { size: "A4", orientation: "portrait" }, given.sizes);
        return [copy, old];""",
        {"layout": LAYOUT, "sizes": SIZES},
    )

    assert before == after == LAYOUT


def test_what_is_locked_is_neither_moved_nor_removed_but_can_be_unlocked(run):
    moved, removed, unlocked = run(
        """const { moved, removed, set } = m.model;
        return [moved(given, ["fixed"], 9, 9), removed(given, ["fixed"]), set(given, ["fixed"], "locked", undefined)];""",
        LAYOUT,
    )

    assert moved == removed == LAYOUT
    assert "locked" not in unlocked["elements"][4]


def test_a_text_that_is_moved_down_no_longer_follows_the_one_above(run):
    aside, down = run("return [m.model.moved(given, ['under'], 3, 0), m.model.moved(given, ['under'], 0, 3)];", LAYOUT)

    assert aside["elements"][3]["below"] == ["text", 2]
    assert "below" not in down["elements"][3]


def test_removing_a_text_lets_go_of_what_followed_it(run):
    left = run("return m.model.removed(given, ['text']);", LAYOUT)

    assert [element["id"] for element in left["elements"]] == ["line", "seal", "under", "fixed"]
    assert "below" not in left["elements"][2]


def test_choosing_one_of_a_group_chooses_the_group(run):
    assert run("return m.model.withGroups(given, ['seal']);", LAYOUT) == ["line", "seal"]


def test_duplicates_have_names_and_a_group_of_their_own(run):
    made = run("return m.model.duplicated(given, ['line', 'seal']);", LAYOUT)

    new = [element for element in made["layout"]["elements"] if element["id"] in made["ids"]]
    assert made["ids"] == ["line-2", "seal-2"]
    assert {element["group"] for element in new} == {"group-2"}
    assert [element["box"][:2] for element in new] == [[15, 45], [205, 105]]


def test_a_page_takes_no_more_than_eighty_elements(run):
    many = {**LAYOUT, "elements": [{"id": f"e-{n}", "type": "line", "box": [0, 0, 9, 1]} for n in range(79)]}

    made = run("return m.model.duplicated(given, ['e-0', 'e-1']);", many)

    assert len(made["ids"]) == 1
    assert len(made["layout"]["elements"]) == 80


def test_other_paper_keeps_round_things_round_and_everything_on_the_page(run):
    portrait = run(
        "return m.model.onPaper(given.layout, { size: 'A4', orientation: 'portrait' }, given.sizes);",
        {"layout": LAYOUT, "sizes": SIZES},
    )

    assert portrait["page"] == {"size": "A4", "orientation": "portrait"}
    assert all(
        x >= 0 and y >= 0 and x + w <= 210 and y + h <= 297 for x, y, w, h in map(box_of_all, portrait["elements"])
    )
    wide, tall = box_of(portrait, "seal")[2:]
    assert wide == tall


def box_of_all(element):
    return element["box"]


def test_history_undoes_presses_of_one_key_together_and_forgets_what_was_undone(run):
    seen = run(
        """const h = new m.history.History(0); const seen = [];
        h.push(1); h.push(2, "nudge"); h.push(3, "nudge"); h.push(4, "nudge");
        seen.push(h.undo(), h.redo(), h.undo(), h.undo(), h.undo() ?? "none", h.canUndo);
        h.push(9); seen.push(h.redo() ?? "none", h.state, h.undo());
        return seen;"""
    )

    assert seen == [1, 4, 1, 0, "none", False, "none", 9, 0]


def test_history_keeps_the_last_steps_only(run):
    assert run(
        """const h = new m.history.History(0, 3); for (const n of [1, 2, 3, 4]) h.push(n);
        return [h.undo(), h.undo(), h.undo() ?? "none"];"""
    ) == [3, 2, "none"]


@pytest.mark.parametrize(
    ("edge", "expected"),
    [("left", [10, 10]), ("right", [180, 200]), ("center", [95, 105]), ("top", [20, 20]), ("bottom", [110, 100])],
)
def test_align_puts_several_on_one_line(run, edge, expected):
    layout = {**LAYOUT, "elements": [
        {"id": "a", "type": "text", "box": [10, 20, 50, 10]}, {"id": "b", "type": "text", "box": [200, 100, 30, 20]},
    ]}  # fmt: skip

    aligned = run("return m.arranging.aligned(given[0], ['a', 'b'], given[1], [0, 0, 297, 210]);", [layout, edge])

    axis = 0 if edge in {"left", "right", "center"} else 1
    assert [box_of(aligned, name)[axis] for name in "ab"] == expected


def test_align_puts_one_alone_on_the_page(run):
    aligned = run("return m.arranging.aligned(given, ['seal'], 'center', [0, 0, 297, 210]);", LAYOUT)

    assert box_of(aligned, "seal") == [133.5, 100, 30, 30]


@slowly
@given(st.lists(boxes, min_size=3, max_size=6))
def test_distributed_leaves_the_same_room_between_each_and_the_next(run, many):
    layout = {**LAYOUT, "elements": [{"id": f"e{n}", "type": "line", "box": box} for n, box in enumerate(many)]}
    ids = [element["id"] for element in layout["elements"]]

    made = run("return m.arranging.distributed(given[0], given[1], 'x');", [layout, ids])

    order = sorted(range(len(many)), key=lambda n: many[n][0])
    placed = [made["elements"][n]["box"] for n in order]
    gaps = [b[0] - a[0] - a[2] for a, b in zip(placed, placed[1:], strict=False)]
    assert max(gaps) - min(gaps) <= 0.05
    assert [element["box"][1:] for element in made["elements"]] == [box[1:] for box in many]


@slowly
@given(boxes, st.lists(boxes, max_size=4), st.sampled_from([0.5, 2, 5]))
def test_a_box_that_is_moved_snaps_within_reach_and_then_stays(run, box, others, reach):
    once, again = run(
        """const { linesOf, snapMove } = m.snapping; const [box, others, reach] = given;
        const lines = linesOf({ page: [297, 210], margin: 10, boxes: others });
        const once = snapMove(box, lines, reach); return [once, snapMove(once.box, lines, reach)];""",
        [box, others, reach],
    )

    assert all(abs(a - b) <= reach + 1e-6 for a, b in zip(once["box"], box, strict=True))
    assert once["box"] == pytest.approx(again["box"], abs=1e-6)
    if once["x"] is not None:
        x, _y, w, _h = once["box"]
        assert min(abs(at - once["x"]) for at in (x, x + w / 2, x + w)) < 1e-6


@slowly
@given(boxes, st.sampled_from(["nw", "n", "ne", "e", "se", "s", "sw", "w"]), numbers, numbers, st.booleans())
def test_a_pulled_handle_keeps_the_other_side_where_it_was(run, box, handle, dx, dy, keep):
    x, y, w, h = run(
        "return m.snapping.pulled(given[0], given[1], given[2], given[3], { keep: given[4] });",
        [box, handle, dx, dy, keep],
    )

    assert w > 0
    assert h > 0
    if "e" in handle:
        assert x == pytest.approx(box[0])
    if "w" in handle:
        assert x + w == pytest.approx(box[0] + box[2])
    if "s" in handle:
        assert y == pytest.approx(box[1])
    if "n" in handle:
        assert y + h == pytest.approx(box[1] + box[3])
    if keep:
        assert w / h == pytest.approx(box[2] / box[3], rel=1e-6)


@slowly
@given(boxes, st.integers(100, 400))
def test_the_mirror_of_a_mirror_is_the_box(run, box, width):
    twice = run("return m.model.mirrored(m.model.mirrored(given[0], given[1]), given[1]);", [box, width])

    assert twice == pytest.approx(box, abs=0.011)
