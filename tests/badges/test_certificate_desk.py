"""What the certificate designer asks the server: looking, keeping, and refusing with a pointer; nothing stored when refused."""

import copy
import json

import pytest
from django.urls import reverse

from badges import designing, laying_out
from badges.models import Achievement
from badges.rendering import certificate as paper
from issuers.models import AuditEvent, Role
from issuers.tenancy import scope
from tests.badges.test_achievement_pages import at
from tests.factories import IssuerFactory, MembershipFactory, PictureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


@pytest.fixture
def own(issuer, owner, draft):
    """The draft with a layout of its author's own."""
    begun = fresh(issuer, draft)
    with scope(issuer):
        laying_out.freely(begun, by=owner, edits=begun.edits, layout=begun.certificate.layout)
    return fresh(issuer, draft)


def fresh(issuer, draft):
    with scope(issuer):
        return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


def post(client, name, issuer, draft, body):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(
        at(f"manage-achievement-certificate-{name}", issuer, draft.public_id), data, content_type="application/json"
    )


def keep(client, issuer, draft, layout, **more):
    return post(client, "layout", issuer, draft, {"edits": fresh(issuer, draft).edits, "layout": layout, **more})


def changed(layout, **first):
    made = copy.deepcopy(layout)
    made["elements"][0] |= first
    return made


def test_making_it_ones_own_keeps_the_layout_and_opens_the_designer(staff, issuer, draft):
    before = fresh(issuer, draft)

    staff.post(at("manage-achievement-certificate-own", issuer, draft.public_id), {"edits": before.edits})

    after = fresh(issuer, draft).certificate
    assert (after.layout, after.choices, after.starter) == (before.certificate.layout, {"own": True}, "classic")
    page = staff.get(at("manage-achievement-certificate", issuer, draft.public_id)).content.decode()
    assert 'id="certificate-desk"' in page
    assert "data-certificate-plain" in page


def test_making_it_ones_own_waits_when_somebody_saved_meanwhile(staff, issuer, draft):
    staff.post(
        at("manage-achievement-certificate-own", issuer, draft.public_id), {"edits": fresh(issuer, draft).edits - 1}
    )

    assert not fresh(issuer, draft).certificate.is_own


def test_layout_is_kept_exactly_and_recorded(staff, issuer, owner, own):
    layout = changed(own.certificate.layout, box=[40.25, 30.5, 200, 12], label="Institution")

    answer = keep(staff, issuer, own, layout)

    after = fresh(issuer, own)
    assert (answer.status_code, answer.json()["edits"]) == (200, after.edits)
    assert after.certificate.layout == layout
    with scope(issuer):
        assert AuditEvent.objects.newest_first().first().details["part"] == "certificate"
        assert after.previews.exists()


def test_words_and_colour_of_the_institution_leave_a_free_layout_alone_but_for_its_language(issuer, owner, own):
    before = own.certificate.layout
    with scope(issuer):
        type(issuer).objects.filter(pk=issuer.pk).update(brand="#123456")
        again = fresh(issuer, own)
        designing.save_words(again, owner, edits=again.edits, name="Peer Mentor", language="ar")

    assert fresh(issuer, own).certificate.layout == {**before, "locale": "ar"}


def test_saving_over_somebody_else_is_refused_with_who_and_when(staff, issuer, own):
    other = MembershipFactory(issuer=issuer, role=Role.DESIGNER, user__name="Haruka Sakamoto").user
    stale = own.edits
    theirs = changed(own.certificate.layout, label="Theirs")
    with scope(issuer):
        laying_out.freely(own, by=other, edits=stale, layout=theirs)

    answer = keep(staff, issuer, own, changed(own.certificate.layout, label="Mine"), edits=stale)

    told = answer.json()
    assert answer.status_code == 409
    assert (told["who"], told["edits"], told["problems"][0]["code"]) == ("Haruka Sakamoto", stale + 1, "meanwhile")
    assert told["when"]
    assert fresh(issuer, own).certificate.layout == theirs


def test_saving_without_saying_what_the_page_was_opened_with_overwrites_nothing(staff, issuer, own):
    for edits in (None, True, "3", 1e300, -1):
        answer = keep(staff, issuer, own, changed(own.certificate.layout, label="Mine"), edits=edits)
        assert answer.status_code == 409, edits

    assert fresh(issuer, own).certificate.layout == own.certificate.layout


FAULTS = {
    "out of range": ({"box": [40, 30, 1e6, 10]}, "/elements/0/box/2"),
    "infinite": ({"box": [40, 30, 10, 10**400]}, "/elements/0/box/3"),
    "unknown type": ({"type": "script"}, "/elements/0/type"),
    "unknown key": ({"onclick": "alert(1)"}, "/elements/0/onclick"),
    "unknown font": ({"style": {"font": "../../etc/passwd", "size": 20}}, "/elements/0/style/font"),
    "unknown field": ({"text": "{{recipient.email}}"}, "/elements/0/text"),
    "an address as colour": (
        {"style": {"font": "inter-400", "size": 9, "colour": "url(//x)"}},
        "/elements/0/style/colour",
    ),
    "off the paper": ({"box": [400, 30, 50, 10]}, "/elements/0/box"),
    "no room": ({"box": [40, 30, 0.5, 0.5]}, "/elements/0"),
    "a letter no font has": ({"text": "\U00012000"}, "/elements/0/text"),
    "a control character": ({"text": "a\u0000b"}, "/layout/elements/0/text"),
    "half a letter": ({"text": "a\ud800"}, "/layout/elements/0/text"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_layout_is_refused_at_its_pointer_and_nothing_is_stored(staff, issuer, own, fault):
    told, pointer = FAULTS[fault]

    answer = keep(staff, issuer, own, changed(own.certificate.layout, **told))

    problems = answer.json()["problems"]
    assert answer.status_code == 422, problems
    assert pointer in [problem["pointer"] for problem in problems]
    assert all(problem["message"] for problem in problems)
    assert (fresh(issuer, own).certificate.layout, fresh(issuer, own).edits) == (own.certificate.layout, own.edits)


@pytest.mark.parametrize("name", ["layout", "look"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'"x"',
        b'{"layout": NaN}',
        b'{"layout": {"elements": 5}}',
        b'{"layout": {"elements": [5]}}',
        b'{"layout": null}',
        b'{"layout": [], "layout": {}}',
        b"[" * 100_000,
        b'{"layout":' * 50_000,
        b'{"edits": 1' + b"0" * 5000 + b"}",
    ],
)
def test_what_is_no_layout_is_refused_in_words(staff, issuer, own, name, body):
    answer = post(staff, name, issuer, own, body)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"]


def test_ten_thousand_elements_are_refused_at_once(staff, issuer, own):
    line = {"type": "line", "id": "l", "box": [0, 0, 9, 1], "colour": "ink"}
    layout = {**own.certificate.layout, "elements": [{**line, "id": f"l-{n}"} for n in range(10_000)]}

    answer = keep(staff, issuer, own, layout)

    assert (answer.status_code, answer.json()["problems"][0]["pointer"]) == (422, "/elements")
    assert fresh(issuer, own).certificate.layout == own.certificate.layout


@pytest.mark.parametrize("name", ["layout", "look"])
@pytest.mark.parametrize("size", [1_100_000, 3_000_000])
def test_a_huge_body_is_413(staff, issuer, own, name, size):
    answer = post(staff, name, issuer, own, b'{"layout": "' + b"x" * size + b'"}')

    assert answer.status_code == 413
    assert answer.json()["problems"][0]["code"] == "too-large"


def picture(layout, key):
    made = copy.deepcopy(layout)
    made["elements"].append({"type": "image", "id": "mine", "box": [120, 20, 20, 20], "picture": key, "alt": ""})
    return made


@pytest.mark.parametrize("name", ["layout", "look"])
def test_somebody_elses_picture_is_refused_where_it_stands(staff, issuer, own, name):
    theirs = IssuerFactory()
    with scope(theirs):
        key = PictureFactory(issuer=theirs).key

    answer = post(staff, name, issuer, own, {"edits": own.edits, "layout": picture(own.certificate.layout, key)})

    place = len(own.certificate.layout["elements"])
    assert answer.status_code == 422
    assert [problem["pointer"] for problem in answer.json()["problems"]] == [f"/elements/{place}/picture"]
    assert fresh(issuer, own).certificate.layout == own.certificate.layout


def test_ones_own_picture_is_kept(staff, issuer, own):
    with scope(issuer):
        key = PictureFactory(issuer=issuer).key

    assert keep(staff, issuer, own, picture(own.certificate.layout, key)).status_code == 200


def test_look_answers_the_drawing_its_frames_and_what_to_mend_and_writes_nothing(staff, issuer, own):
    layout = copy.deepcopy(own.certificate.layout)
    qr = next(element for element in layout["elements"] if element["type"] == "qr")
    qr["box"][2:] = [15, 15]

    answer = post(staff, "look", issuer, own, {"layout": layout, "person": "arabic", "everybody": True}).json()

    assert "أمل" in answer["body"]
    assert "@font-face" in answer["style"]
    assert [frame["id"] for frame in answer["frames"]] == [element["id"] for element in layout["elements"]]
    assert "qr-small" in [note["code"] for note in answer["notes"]]
    assert answer["reading"][0] == "issuer"
    assert set(answer["people"]) == {"short", "arabic", "japanese", "long", "longest", "ungraded"}
    assert (fresh(issuer, own).certificate.layout, fresh(issuer, own).edits) == (own.certificate.layout, own.edits)


def test_look_mirrors_a_right_to_left_page(staff, issuer, own):
    layout = own.certificate.layout
    seen = {
        locale: post(staff, "look", issuer, own, {"layout": layout, "locale": locale}).json()["frames"]
        for locale in ("", "ar")
    }

    badge = [element["id"] for element in layout["elements"]].index("badge")
    assert seen["ar"][badge]["x"] == pytest.approx(297 - seen[""][badge]["x"] - seen[""][badge]["w"], abs=0.01)


def test_frame_has_a_policy_of_its_own_without_scripts(staff, issuer, own):
    answer = staff.get(at("manage-achievement-certificate-frame", issuer, own.public_id))

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin" in policy
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "Jo Li" in answer.content.decode()


def test_fonts_are_given_to_members_by_name_alone(staff, issuer):
    found = staff.get(reverse("manage-font", args=[issuer.slug, "inter-400"]))
    lost = staff.get(reverse("manage-font", args=[issuer.slug, "nothing"]))

    assert found.content[:4] in {b"\x00\x01\x00\x00", b"OTTO"}
    assert lost.status_code == 404


@pytest.mark.parametrize("name", ["own", "element", "look", "layout", "frame"])
def test_designer_is_for_those_who_may_edit(client, issuer, own, name):
    path = at(f"manage-achievement-certificate-{name}", issuer, own.public_id)
    ask = client.get if name == "frame" else client.post
    statuses = {}
    for role in (Role.VIEWER, Role.DESIGNER):
        client.force_login(MembershipFactory(issuer=issuer, role=role).user)
        statuses[role] = ask(path).status_code
    client.force_login(MembershipFactory(role=Role.OWNER).user)

    assert statuses[Role.VIEWER] == 403
    assert statuses[Role.DESIGNER] not in {403, 404}
    assert ask(path).status_code == 404


# Without a script


def element(client, issuer, draft, **told):
    path = at("manage-achievement-certificate-element", issuer, draft.public_id)
    return client.post(path, {"edits": fresh(issuer, draft).edits, **told})


def values(issuer, draft, name):
    """What the form of an element would send, as it was opened."""
    from badges.forms.element import ElementForm

    with scope(issuer):
        form = ElementForm(achievement=fresh(issuer, draft), element=name)
        fields = {key: form.get_initial_for_field(field, key) for key, field in form.fields.items()}
    return {key: value for key, value in fields.items() if value not in (None, "", {})}


@pytest.mark.parametrize("name", [e["id"] for e in paper.starter("classic")["elements"]])
def test_form_of_every_element_sent_as_it_was_opened_changes_nothing(staff, issuer, own, name):
    before = fresh(issuer, own).certificate.layout

    answer = element(staff, issuer, own, **values(issuer, own, name))

    assert answer.status_code == 302
    assert fresh(issuer, own).certificate.layout == before


def test_form_sets_exact_values(staff, issuer, own):
    told = values(issuer, own, "name") | {"left": "50.5", "size": "40", "align": "end", "ink": "#123456", "order": "1"}

    element(staff, issuer, own, **told)

    first = fresh(issuer, own).certificate.layout["elements"][0]
    assert (first["id"], first["box"][0]) == ("name", 50.5)
    assert (first["style"]["size"], first["style"]["align"], first["style"]["colour"]) == (40, "end", "#123456")


def test_form_adds_and_takes_away(staff, issuer, own):
    element(staff, issuer, own, add="qr")
    assert fresh(issuer, own).certificate.layout["elements"][-1]["id"] == "qr-2"

    element(staff, issuer, own, **values(issuer, own, "qr-2"), remove="on")
    assert "qr-2" not in [e["id"] for e in fresh(issuer, own).certificate.layout["elements"]]


@pytest.mark.parametrize(
    "kind", ["text", "image", "shape", "line", "qr", "badge", "signature", "seal", "number", "table"]
)
def test_every_piece_that_can_be_added_prints(staff, issuer, own, kind):
    answer = element(staff, issuer, own, add=kind)

    assert answer.status_code == 302
    assert fresh(issuer, own).certificate.layout["elements"][-1]["type"] == kind


@pytest.mark.parametrize(
    ("told", "field"), [({"left": "x"}, "id_left"), ({"width": "0"}, "id_width"), ({"ink": "no colour!"}, "id_ink")]
)
def test_form_says_which_field_is_wrong_and_stores_nothing(staff, issuer, own, told, field):
    answer = element(staff, issuer, own, **{**values(issuer, own, "name"), **told})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert fresh(issuer, own).certificate.layout == own.certificate.layout


def test_form_after_somebody_else_saved_is_shown_again_with_what_was_typed(staff, issuer, own):
    told = values(issuer, own, "name") | {"edits": own.edits - 1, "left": "61"}

    answer = element(staff, issuer, own, **told)

    assert answer.status_code == 409
    assert 'value="61"' in answer.content.decode()
    assert fresh(issuer, own).certificate.layout == own.certificate.layout


def test_starting_again_from_a_design_takes_signatories_along(staff, issuer, owner, own):
    layout = {**own.certificate.layout, "signers": [{"name": "Prof. Helen Marsh", "title": "Vice-Chancellor"}]}
    with scope(issuer):
        laying_out.freely(own, by=owner, edits=own.edits, layout=layout)
    page = staff.get(at("manage-achievement-certificate", issuer, own.public_id), {"starter": "swiss"}).content.decode()
    assert 'value="Prof. Helen Marsh"' in page
    assert "Keep mine" in page

    told = {"starter": "swiss", "size": "A4", "orientation": "portrait", "edits": fresh(issuer, own).edits}
    staff.post(at("manage-achievement-certificate", issuer, own.public_id), told)

    after = fresh(issuer, own).certificate
    assert (after.is_own, after.starter) == (False, "swiss")
