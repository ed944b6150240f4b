"""The certificate designer in Chromium: by mouse, by keyboard alone, by two people at once; strict policy, axe, no script."""

import pytest
from playwright.sync_api import expect

from badges import laying_out
from issuers.models import Role
from issuers.tenancy import scope
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.browser, COMMITTED]


@pytest.fixture
def world(world):
    """The draft has a free layout."""
    draft = world.stored()
    with scope(world.issuer):
        laying_out.freely(draft, by=world.owner, edits=draft.edits, layout=draft.certificate.layout)
    return world


@pytest.fixture
def desk(arrive):
    """Opens the designer in a new context."""

    def opened(script=True, **options):
        viewport = {"width": 1280, "height": 1000}
        page = arrive("-certificate", java_script_enabled=script, **{"viewport": viewport, **options})
        if script:
            drawn(page)
        return page

    return opened


def drawn(page):
    """Wait until the server has drawn the page."""
    page.frame_locator("[data-frame]").locator("[data-element=name]").wait_for()


def stored(world):
    return world.stored().certificate.layout


def element(layout, name):
    return next(each for each in layout["elements"] if each["id"] == name)


def middle(page, name):
    box = page.locator(f"[data-overlay] [data-id={name}]").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, by, **keys):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1])
    page.mouse.up()


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Everything is saved")).to_be_visible(timeout=20_000)


def scale(page):
    box = page.locator("[data-frame]").bounding_box()
    return box["width"] / 297


def test_by_mouse_drag_snap_resize_align_undo_save_and_find_it_again(desk, world):
    page = desk()
    before = stored(world)
    mm = scale(page)

    # Dragged off its middle, snapping off; then near the middle of the page, where it snaps.
    page.get_by_role("button", name="Snap to lines").click()
    drag(page, middle(page, "lead"), (20 * mm, 0))
    expect(page.get_by_label("Left, mm")).not_to_have_value("60")
    moved = float(page.get_by_label("Left, mm").input_value())
    assert moved == pytest.approx(80, abs=0.6)
    page.get_by_role("button", name="Snap to lines").click()
    drag(page, middle(page, "lead"), (-20.6 * mm, 0))
    expect(page.get_by_label("Left, mm")).to_have_value("60")

    # A handle, keeping the opposite side.
    grip = page.locator("[data-overlay] [data-handle=e]").bounding_box()
    drag(page, (grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2), (-31 * mm, 0))
    width = float(page.get_by_label("Width, mm").input_value())
    assert width == pytest.approx(177 - 31, abs=1.5)
    expect(page.get_by_label("Left, mm")).to_have_value("60")

    # Undone and done again.
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Width, mm")).to_have_value("177")
    page.get_by_role("button", name="Redo").click()
    expect(page.get_by_label("Width, mm")).to_have_value(f"{width:g}")

    # Two of them on one line.
    page.keyboard.down("Shift")
    page.mouse.click(*middle(page, "deed"))
    page.keyboard.up("Shift")
    expect(page.get_by_text("2 elements")).to_be_visible()
    page.get_by_role("button", name="Arrange").click()
    page.get_by_role("button", name="Align right").click()

    save(page)
    after = stored(world)
    right = {name: sum(element(after, name)["box"][i] for i in (0, 2)) for name in ("lead", "deed")}
    assert right["lead"] == pytest.approx(right["deed"], abs=0.02)
    untouched = [each for each in before["elements"] if each["id"] not in {"lead", "deed"}]
    assert [each for each in after["elements"] if each["id"] not in {"lead", "deed"}] == untouched
    page.reload()
    drawn(page)
    page.locator("[data-layers]").get_by_role("button", name="This is to certify that", exact=True).click()
    expect(page.get_by_label("Width, mm")).to_have_value(f"{width:g}")
    assert stored(world) == after


def test_the_drawing_follows_the_pointer_and_the_server_draws_the_same(desk):
    page = desk()
    mm = scale(page)
    name = page.frame_locator("[data-frame]").locator("[data-element=name]")

    drag(page, middle(page, "name"), (0, 12 * mm))

    at_once = name.evaluate("element => parseFloat(element.style.top)")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-frame]').contentDocument.documentElement.dataset.drawn) >= 2"
    )
    assert name.evaluate("element => parseFloat(element.style.top)") == pytest.approx(at_once, abs=0.01)
    assert at_once == pytest.approx(float(page.get_by_label("Top, mm").input_value()), abs=0.01)


def test_marquee_group_duplicate_and_delete(desk, world):
    page = desk()
    mm = scale(page)
    frame = page.locator("[data-frame]").bounding_box()
    before = len(stored(world)["elements"])

    drag(page, (frame["x"] + 246 * mm, frame["y"] + 157 * mm), (28 * mm, 27 * mm))
    expect(page.locator("[data-layers] li.on")).to_have_count(1)
    page.keyboard.press("Control+d")
    expect(page.locator("[data-layers] li")).to_have_count(before + 1)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-layers] li")).to_have_count(before)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+g")
    page.keyboard.press("Escape")
    expect(page.locator("[data-layers] li.on")).to_have_count(0)
    page.mouse.click(*middle(page, "seal"))
    expect(page.locator("[data-layers] li.on")).to_have_count(before)
    page.keyboard.press("Delete")
    expect(page.locator("[data-layers] li")).to_have_count(0)


def test_by_keyboard_alone(desk, world):
    page = desk()
    before = stored(world)

    # The toolbar and the list of layers are one stop each; arrows go on inside.
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Redo")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Snap to lines")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    expect(page.get_by_role("toolbar").locator(":focus")).to_have_count(0)
    page.locator("[data-layers] .pick").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Read This is to certify that earlier")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-layers] :focus")).to_have_count(0)
    page.locator("[data-overlay]").focus()

    # Tab walks the elements as they are read.
    page.keyboard.press("Tab")
    expect(page.locator("[data-overlay] [data-id=issuer]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-overlay] [data-id=lead]")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="mm")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-say]")).to_have_text("60.5 mm from the left, 60 mm from the top.")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")

    # Enter goes to the values.
    page.keyboard.press("Enter")
    expect(page.get_by_label("Left, mm")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("61,25")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Left, mm")).to_have_value("61.25")
    page.get_by_label("Words", exact=True).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("The Senate certifies that")
    expect(page.frame_locator("[data-frame]").get_by_text("The Senate certifies that")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-kept]")).to_have_text("Everything is saved")

    lead = element(stored(world), "lead")
    assert (lead["box"], lead["text"]) == ([61.25, 60, 177, 8], "The Senate certifies that")
    assert len(stored(world)["elements"]) == len(before["elements"])


def test_adding_by_the_toolbar_and_values_of_every_kind(desk, world):
    page = desk()
    for kind in ("text", "shape", "line", "QR code", "badge", "signature", "seal", "credential number"):
        page.get_by_role("button", name=f"Add {kind}", exact=True).click()
    save(page)

    kinds = [each["type"] for each in stored(world)["elements"][-8:]]
    assert kinds == ["text", "shape", "line", "qr", "badge", "signature", "seal", "number"]


def test_layers_are_renamed_locked_hidden_and_read_in_another_order(desk, world):
    page = desk()
    row = page.locator("[data-layers] li[data-id=seal]")

    row.get_by_role("button", name="Lock Seal").click()
    row.get_by_role("button", name="Hide Seal").click()
    expect(page.frame_locator("[data-frame]").locator("[data-element=seal]")).to_have_count(0)
    row.get_by_role("button", name="Read Seal earlier").click()
    row.locator(".pick").dblclick()
    page.keyboard.type("The great seal")
    page.keyboard.press("Enter")
    expect(row.locator(".pick")).to_have_text("The great seal")
    page.mouse.click(*middle(page, "seal"))
    expect(row).not_to_have_class("on")
    save(page)

    ids = [each["id"] for each in stored(world)["elements"]]
    seal = element(stored(world), "seal")
    assert (seal["locked"], seal["label"], ids.index("seal") < ids.index("sign1")) == (True, "The great seal", True)
    assert seal["hidden"] is True


def test_words_of_another_language_and_a_right_to_left_page(desk, world):
    page = desk()
    page.locator("[data-layers]").get_by_role("button", name="This is to certify that", exact=True).click()
    page.get_by_label("Words in").select_option("ar")
    page.get_by_label("Words", exact=True).fill("تشهد الجامعة بأن")
    page.get_by_label("Shown in").select_option("ar")

    frame = page.frame_locator("[data-frame]")
    expect(frame.get_by_text("تشهد الجامعة بأن")).to_be_visible()
    before = float(page.get_by_label("Left, mm").input_value())
    drag(page, middle(page, "lead"), (-15 * scale(page), 0))
    assert float(page.get_by_label("Left, mm").input_value()) > before
    save(page)

    assert element(stored(world), "lead")["text"] == {"en": "This is to certify that", "ar": "تشهد الجامعة بأن"}


def test_paper_border_background_and_signatories(desk, world):
    page = desk()
    for title in ("Paper and background", "Border", "Who signs"):
        page.locator("summary", has_text=title).click()
    page.get_by_label("Paper", exact=True).select_option("Letter portrait")
    page.get_by_label("Pattern", exact=True).select_option("rays")
    page.get_by_label("Border", exact=True).select_option("double")
    page.get_by_role("group", name="Signatory 1").get_by_label("Name").fill("Ingrid Þórsdóttir")
    page.get_by_role("group", name="Signatory 1").get_by_label("Office").fill("Registrar")
    expect(page.frame_locator("[data-frame]").get_by_text("Ingrid Þórsdóttir")).to_be_visible()
    save(page)

    layout = stored(world)
    assert layout["page"] == {"size": "Letter", "orientation": "portrait"}
    assert (layout["background"]["pattern"]["kind"], layout["border"]["kind"]) == ("rays", "double")
    assert layout["signers"] == [{"name": "Ingrid Þórsdóttir", "title": "Registrar"}]


def test_checks_say_what_is_wrong_and_lead_to_it(desk, world):
    page = desk()
    page.locator("[data-layers]").get_by_role("button", name="QR code", exact=True).click()
    page.get_by_label("Width, mm").fill("12")
    page.get_by_label("Width, mm").press("Tab")
    expect(page.get_by_text("Telephones read it from 20 mm on")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-layers]").get_by_role("button", name="Seal", exact=True).click()
    page.get_by_role("button", name="Telephones read it").click()

    expect(page.locator("[data-values-heading]")).to_have_text("QR code")


def test_a_layout_that_cannot_be_printed_is_not_stored_and_says_why(arrive, desk, world):
    arrive.expected.append("422 ")
    page = desk()
    before = stored(world)
    page.locator("[data-layers]").get_by_role("button", name="Recipient’s name", exact=True).click()
    page.get_by_label("Width, mm").fill("3")
    page.get_by_label("Width, mm").press("Tab")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("[data-say]")).to_contain_text("Not saved.")
    expect(page.locator("[data-kept]")).to_have_text("Not saved yet")
    assert stored(world) == before


def test_two_members_at_one_draft_are_told_and_overwrite_nothing_silently(arrive, desk, world):
    arrive.expected.append("409 ")
    other = MembershipFactory(issuer=world.issuer, role=Role.DESIGNER, user__name="Haruka Sakamoto").user
    mine, theirs = desk(), desk(user=other)
    for page, words in ((mine, "Mine"), (theirs, "Theirs")):
        page.locator("[data-layers]").get_by_role("button", name="This is to certify that", exact=True).click()
        page.get_by_label("Words", exact=True).fill(words)
    save(theirs)

    mine.get_by_role("button", name="Save", exact=True).click()

    dialog = mine.get_by_role("dialog", name="Somebody else saved")
    expect(dialog).to_contain_text("Haruka Sakamoto")
    assert element(stored(world), "lead")["text"] == "Theirs"
    dialog.get_by_role("button", name="Keep working").click()
    expect(mine.locator("[data-kept]")).to_have_text("Not saved yet")
    mine.get_by_role("button", name="Save", exact=True).click()
    dialog.get_by_role("button", name="Put mine in its place").click()
    expect(mine.get_by_text("Everything is saved")).to_be_visible()
    assert element(stored(world), "lead")["text"] == "Mine"


def test_leaving_with_unsaved_changes_asks_first(desk):
    page = desk()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("button", name="Add line", exact=True).click()

    page.get_by_role("link", name="Words").first.click()
    page.wait_for_url("**/achievements/*/")

    assert asked == ["beforeunload"]


def test_designer_has_no_barrier_and_nothing_scrolls_sideways(arrive, desk):
    page = desk()
    page.mouse.click(*middle(page, "name"))
    page.evaluate("document.querySelectorAll('.cert details').forEach((section) => { section.open = true; })")
    assert arrive.faults == []
    arrive.expected.append("")  # axe itself measures with inline styles, which the page would not

    wide = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        beside = page.evaluate(
            wide + ".filter(e => !e.closest('[data-view], .tabs')).map(e => e.outerHTML.slice(0, 90))"
        )
        assert beside == []
    assert barriers_in(page) == []


def test_the_same_without_a_script(desk, world):
    page = desk(script=False)
    page.get_by_role("link", name="lead", exact=True).click()
    form = page.get_by_role("form", name="Certificate")
    form.get_by_label("Left, mm").fill("70.5")
    form.get_by_label("Words", exact=True).fill("We certify that")
    page.get_by_role("button", name="Save and look").click()

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    lead = element(stored(world), "lead")
    assert (lead["box"][0], lead["text"]) == (70.5, "We certify that")

    form = page.get_by_role("form", name="The page")
    form.get_by_label("Format").select_option("portrait")
    form.get_by_text("Who signs").click()
    form.get_by_label("Signatory 1: name").fill("Ingrid Þórsdóttir")
    page.get_by_role("button", name="Save the page").click()

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    layout = stored(world)
    assert layout["page"] == {"size": "A4", "orientation": "portrait"}
    assert layout["signers"][0]["name"] == "Ingrid Þórsdóttir"
