"""The badge designer's endpoints: drawn and checked while one chooses, stored only by saving; what is refused, and how."""

import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from badges import designing, keeping
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering.badge_grammar import NEAREST
from badges.rendering.badge_spec import main_symbol
from issuers.models import Role
from issuers.tenancy import scope
from tests.badges.rendering import hostile_images as hostile
from tests.badges.test_achievement_pages import at
from tests.factories import IssuerFactory, MembershipFactory

pytestmark = pytest.mark.django_db

PLAIN = {"starter": "shield", "symbol": "peaks", "text_name": "Peer Mentor", "text_role": "Guide"}


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


def fresh(issuer, draft):
    with scope(issuer):
        return Achievement.objects.select_related("badge", "issuer").get(pk=draft.pk)


def drawn(staff, issuer, draft, **told):
    path = at("manage-achievement-badge-drawing", issuer, draft.public_id)
    return staff.post(path, {"edits": fresh(issuer, draft).edits, **PLAIN, **told})


def save(staff, issuer, draft, **told):
    path = at("manage-achievement-badge", issuer, draft.public_id)
    return staff.post(path, {"edits": fresh(issuer, draft).edits, **PLAIN, **told})


def test_drawing_answers_with_what_would_be_published_and_stores_nothing(staff, issuer, draft):
    before = fresh(issuer, draft)

    answer = drawn(staff, issuer, draft, level="2/3").json()

    stored = fresh(issuer, draft)
    assert (stored.badge.spec, stored.edits) == (before.badge.spec, before.edits)
    save(staff, issuer, draft, level="2/3")
    spec = fresh(issuer, draft).badge.spec
    assert answer["large"] == drawing.draw(spec, size=600)
    assert answer["small"] == drawing.draw(spec, size=90)
    assert (answer["alt"], answer["problems"]) == ("Peer Mentor, Guide, level 2 of 3", [])


def test_drawing_says_what_to_look_at(staff, issuer, draft):
    answer = drawn(staff, issuer, draft, own="on", own_colours="on", brand="#23252b", accent="#26282e").json()

    warned = [each for each in answer["findings"] if each["level"] == "warn"]
    assert answer["warnings"] == len(warned) > 0
    assert "Choose a lighter or darker colour for one of them." in " ".join(each["text"] for each in warned)


@pytest.mark.parametrize(
    ("told", "pointer", "said"),
    [
        ({"text_name": "x" * 35}, "/text_name", "Name: 35 characters are too many; up to 34 fit."),
        ({"symbol": "letters"}, "/monogram", "Letters: Type one to three letters, or choose a symbol."),
        ({"symbol": "ph-skull-of-yorick"}, "/symbol", "Symbol: “ph-skull-of-yorick” is not in the list."),
        ({"symbol": "logo"}, "/symbol", "Symbol: “logo” is not in the list."),
        ({"size": "400"}, "/size", "It is at most 130."),
        ({"size": "large"}, "/size", "This is not a number."),
        ({"own": "on", "own_shape": "banana"}, "/own_shape", "Shape: “banana” is not in the list."),
        ({"metal": "lead"}, "/metal", "Metal: “lead” is not in the list."),
        ({"brand": "url(javascript:alert(1))", "own_colours": "on"}, "/brand", "Ground: A colour is written as #"),
        ({"text_name": "<script>\U00012000"}, "/text_name", "No font we print with has"),
    ],
)
def test_drawing_names_field_and_remedy_when_it_cannot_draw(staff, issuer, draft, told, pointer, said):
    answer = drawn(staff, issuer, draft, **told)

    problems = answer.json()["problems"]
    assert answer.status_code == 422
    assert [each["pointer"] for each in problems] == [pointer]
    assert said in problems[0]["message"]
    assert "large" not in answer.json()


def test_drawing_tells_early_that_somebody_saved_meanwhile_and_draws_all_the_same(staff, issuer, draft):
    opened_with = fresh(issuer, draft).edits
    other = MembershipFactory(issuer=issuer, role=Role.DESIGNER).user
    with scope(issuer):
        designing.dress_badge(draft, starter="seal", choices={}, by=other)

    answer = drawn(staff, issuer, draft, edits=opened_with, text_name="Second")

    assert answer.status_code == 409
    assert [each["code"] for each in answer.json()["problems"]] == ["edited-meanwhile"]
    assert "Second" in answer.json()["alt"]


def test_drawing_that_crosses_the_saving_of_the_same_page_is_no_conflict(staff, issuer, draft):
    opened_with = fresh(issuer, draft).edits
    save(staff, issuer, draft)

    answer = drawn(staff, issuer, draft, edits=opened_with, text_name="Second")

    assert (answer.status_code, answer.json()["problems"]) == (200, [])


def test_drawing_of_an_unknown_design_or_achievement_is_not_found(staff, issuer, draft):
    assert drawn(staff, issuer, draft, starter="nothing").status_code == 404
    path = at("manage-achievement-badge-drawing", issuer, "nowhere")
    assert staff.post(path, PLAIN).status_code == 404
    assert staff.get(at("manage-achievement-badge-symbols", issuer, "nowhere")).status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AWARDER, Role.REVIEWER])
def test_designer_is_for_those_who_may_edit(client, issuer, draft, role):
    client.force_login(MembershipFactory(issuer=issuer, role=role).user)

    assert client.post(at("manage-achievement-badge-drawing", issuer, draft.public_id), PLAIN).status_code == 403
    assert client.get(at("manage-achievement-badge-symbols", issuer, draft.public_id)).status_code == 403


def test_another_institutions_draft_is_not_drawn(staff, issuer, owner, draft):
    other = IssuerFactory()
    MembershipFactory(issuer=other, user=owner, role=Role.OWNER)

    path = at("manage-achievement-badge-drawing", other, draft.public_id)
    answer = staff.post(path, PLAIN)

    assert answer.status_code == 404
    assert b"Community Mentor" not in answer.content


def test_hostile_words_are_letters_in_the_drawing_and_nothing_else(staff, issuer, draft):
    answer = drawn(staff, issuer, draft, text_name="</title><script>", alt='"><img onerror=x>').json()

    root = ET.fromstring(answer["large"])
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "img", "foreignObject", "a", "image"}
    assert root.find("{http://www.w3.org/2000/svg}title").text == '"><img onerror=x>'


def test_own_composition_is_stored_as_choices_and_drawn_from_them(staff, issuer, owner, draft):
    save(staff, issuer, draft, own="on", own_shape="octagon", own_ribbon="bowed", own_rim="band")

    badge = fresh(issuer, draft).badge
    assert badge.choices["own"] == NEAREST["shield"] | {
        "shape": "octagon",
        "ribbon": "bowed",
        "rim": "band",
        "field": "brand",
        "frame": "none",
        "mark": "star",
    }
    assert badge.spec["shape"]["kind"] == "octagon"
    with scope(issuer):
        found = fresh(issuer, draft)
        designing.save_words(found, owner, edits=found.edits, name="Library Guide")
    again = fresh(issuer, draft).badge
    assert again.spec["shape"]["kind"] == "octagon"


def test_own_composition_of_another_time_does_not_break_the_page(staff, issuer, draft):
    save(staff, issuer, draft, own="on", own_shape="octagon")
    with scope(issuer):
        badge = fresh(issuer, draft).badge
        badge.choices = {**badge.choices, "own": {"shape": "blob", "shoe": 9}}
        badge.save()

    assert staff.get(at("manage-achievement-badge", issuer, draft.public_id)).status_code == 200


def test_symbol_its_size_and_the_metal_are_stored(staff, issuer, draft):
    save(staff, issuer, draft, symbol="ph-leaf", size="120", metal="silver")

    badge = fresh(issuer, draft).badge
    assert {key: badge.choices[key] for key in ("symbol", "size", "accent")} == {
        "symbol": "ph-leaf",
        "size": 120,
        "accent": "silver",
    }
    assert main_symbol(badge.spec)["name"] == "ph-leaf"


def test_logo_of_the_institution_can_be_the_symbol(staff, issuer, owner, draft):
    with scope(issuer):
        keeping.change_logo(issuer, owner, hostile.saved(hostile.picture(size=(300, 200)), "PNG"))

    save(staff, issuer, draft, symbol="logo")

    badge = fresh(issuer, draft).badge
    assert badge.choices["logo"] is True
    assert 'href="data:image/png;base64,' in drawing.draw(badge.spec)
    assert drawing.check(badge.spec) == []


def test_largest_logo_still_fits_into_a_drawing(staff, issuer, owner, draft):
    noise = Image.effect_noise((600, 600), 200).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    with scope(issuer):
        keeping.change_logo(issuer, owner, buffer.getvalue())

    assert save(staff, issuer, draft, symbol="logo").status_code == 302


def test_words_of_another_design_come_along_only_where_they_were_typed(staff, issuer, draft):
    told = {"starter": "seal", "was": "shield/", "look": "1", "text_name": "Peer Mentor", "text_role": "Guide"}

    page = save(staff, issuer, draft, **told).content.decode()

    assert re.search(r'name="text_name" value="Peer Mentor"', page)
    assert re.search(rf'name="text_institution" value="{issuer.name}"', page)
    assert 'value="nib" checked' in page


def test_making_it_my_own_begins_with_the_nearest_composition(staff, issuer, draft):
    page = save(staff, issuer, draft, was="shield/", own="on", look="1").content.decode()

    for key, value in NEAREST["shield"].items():
        assert re.search(rf'name="own_{key}" value="{value}"[^>]* checked', page), key


def test_search_answers_with_tiles_and_a_sentence(staff, issuer, draft):
    path = at("manage-achievement-badge-symbols", issuer, draft.public_id)

    some, none, many = (staff.get(path, {"find": word}).content.decode() for word in ("leaf", "xyzzy", ""))

    assert 'value="ph-leaf"' in some
    assert re.search(r'data-said="\d+ symbols"', some)
    assert "No symbol is called so. Try another word" in none
    assert many.count("<label") == 60
    assert "The first 60 of 518 symbols." in many


def test_search_without_script_shows_what_was_found(staff, issuer, draft):
    page = save(staff, issuer, draft, find="leaf", look="1").content.decode()

    assert 'value="ph-leaf"' in page
    assert 'value="peaks" checked' in page


def test_page_counts_what_is_to_be_looked_at(staff, issuer, draft):
    page = save(staff, issuer, draft, text_name="Environmental Stewardship", look="1").content.decode()

    assert re.search(r'count-bad" data-warnings>1<', page)
    assert "Shorten it to give it its weight back." in page


def test_answers_are_json_that_a_page_cannot_be_made_of(staff, issuer, draft):
    answer = drawn(staff, issuer, draft)

    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer.content)["large"].startswith("<svg")
