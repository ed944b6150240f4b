"""The page of a free layout by a plain form, and elements that are kept without being printed."""

import copy

import pytest

from badges import designing, exchanging, laying_out, lending, previewing
from badges.forms.page import PageForm
from badges.models import Achievement, Picture
from badges.rendering import certificate as paper
from badges.rendering.certificate_advice import advise, reading_order
from issuers.models import Role
from issuers.tenancy import scope
from tests.badges.test_achievement_pages import at, summary
from tests.badges.test_certificate_desk import element, fresh, values
from tests.factories import IssuerFactory, MembershipFactory, PictureFactory

pytestmark = pytest.mark.django_db


def laid_out(issuer, owner, starter="minimal", **parts):
    """A draft with a free layout that began with a starter."""
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="Community Mentor")
        draft = Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)
        layout = {**paper.starter(starter), "signers": [], **parts}
        laying_out.freely(draft, by=owner, edits=draft.edits, layout=layout)
    return fresh(issuer, draft)


@pytest.fixture
def own(issuer, owner):
    return laid_out(issuer, owner)


def opened(issuer, draft):
    """What the form would send, as it was opened."""
    with scope(issuer):
        form = PageForm(achievement=fresh(issuer, draft))
        fields = {key: form.get_initial_for_field(field, key) for key, field in form.fields.items()}
    return {key: value for key, value in fields.items() if value not in (None, "")}


def send(client, issuer, draft, **told):
    path = at("manage-achievement-certificate-page", issuer, draft.public_id)
    return client.post(path, {**opened(issuer, draft), **told})


def layout_of(issuer, draft):
    return fresh(issuer, draft).certificate.layout


@pytest.mark.parametrize("starter", paper.IDS)
def test_form_sent_as_it_was_opened_changes_nothing(staff, issuer, owner, starter):
    draft = laid_out(issuer, owner, starter, signers=[{"name": "Dr Ada Lovelace", "title": "Dean"}])
    before = layout_of(issuer, draft)

    answer = send(staff, issuer, draft)

    assert answer.status_code == 302
    assert layout_of(issuer, draft) == before


def test_form_sets_paper_background_border_and_signatories(staff, issuer, own):
    with scope(issuer):
        picture = PictureFactory(issuer=issuer).key
        hand = PictureFactory(issuer=issuer, kind=Picture.Kind.SIGNATURE).key
    send(staff, issuer, own, border="")
    told = {"brand": "#6d1733", "ground": "tint", "image": picture, "image_opacity": "0.2"}
    told |= {"pattern": "rays", "pattern_scale": "30", "border": "rule", "border_inset": "8"}
    told |= {"signer_1_name": "Ingrid Þórsdóttir", "signer_1_title": "Registrar", "signer_1_picture": hand}

    send(staff, issuer, own, **told)

    layout = layout_of(issuer, own)
    assert layout["theme"]["brand"] == "#6d1733"
    assert layout["background"]["colour"] == "tint"
    assert layout["background"]["image"] == {"picture": picture, "fit": "cover", "opacity": 0.2}
    assert layout["background"]["pattern"] == {"kind": "rays", "colour": "tint", "scale": 30, "opacity": 0.5}
    assert (layout["border"]["kind"], layout["border"]["inset"], layout["border"]["rules"]) == ("rule", 8, [[10, 0.4]])
    assert layout["signers"] == [{"name": "Ingrid Þórsdóttir", "title": "Registrar", "picture": hand}]
    assert paper.check(layout) == []

    send(staff, issuer, own, image="", pattern="", border="", signer_1_name="", signer_1_title="", signer_1_picture="")

    layout = layout_of(issuer, own)
    assert (layout["background"], layout["signers"], "border" in layout) == ({"colour": "tint"}, [], False)


def test_another_paper_keeps_everything_on_it(staff, issuer, own):
    send(staff, issuer, own, size="Letter", orientation="portrait")

    layout = layout_of(issuer, own)
    assert layout["page"] == {"size": "Letter", "orientation": "portrait"}
    assert paper.check(layout) == []
    assert all(box[0] + box[2] <= 215.9 + 0.5 for box in (each["box"] for each in layout["elements"]))


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"ground": "url(//example.org/x)"}, "page_ground"),
        ({"brand": "red"}, "page_brand"),
        ({"border": "deco", "border_inset": "900"}, "page_border_inset"),
        ({"pattern": "rays", "pattern_opacity": "much"}, "page_pattern_opacity"),
        ({"signer_1_title": "Dean"}, "page_signer_1_name"),
        ({"size": "A3"}, "page_size"),
    ],
)
def test_form_says_which_field_is_wrong_and_stores_nothing(staff, issuer, own, told, field):
    before = layout_of(issuer, own)

    answer = send(staff, issuer, own, **told)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert layout_of(issuer, own) == before


def test_somebody_elses_picture_is_no_choice(staff, issuer, own):
    other = IssuerFactory()
    with scope(other):
        theirs = PictureFactory(issuer=other).key

    answer = send(staff, issuer, own, image=theirs)

    assert answer.status_code == 422
    assert "is not in the list" in summary(answer)
    assert "image" not in layout_of(issuer, own)["background"]


def test_form_after_somebody_else_saved_is_shown_again_with_what_was_typed(staff, issuer, own):
    before = layout_of(issuer, own)

    answer = send(staff, issuer, own, edits=own.edits - 1, ground="tint")

    assert answer.status_code == 409
    assert 'value="tint"' in answer.content.decode()
    assert layout_of(issuer, own) == before


def test_page_is_for_those_who_may_edit_and_for_free_layouts(client, staff, issuer, owner, own):
    with scope(issuer):
        plain = designing.begin(issuer, owner, name="Peer Mentor")
    assert staff.post(at("manage-achievement-certificate-page", issuer, plain.public_id)).status_code == 404
    client.force_login(MembershipFactory(issuer=issuer, role=Role.VIEWER).user)
    assert send(client, issuer, own).status_code == 403


# Hidden


def hiding(layout, *names):
    made = copy.deepcopy(layout)
    for each in made["elements"]:
        if each["id"] in names:
            each["hidden"] = True
    return made


def test_hidden_element_is_kept_and_neither_printed_nor_read_nor_counted(issuer, own):
    layout = hiding(own.certificate.layout, "deed", "qr", "check")

    html = paper.compose(layout, previewing.values(own, previewing.PEOPLE["short"]), {}, ground=False)

    assert paper.check(layout) == []
    assert "has completed" not in html
    assert "Jo Li" in html
    assert not {"deed", "qr", "check"} & set(reading_order(layout))
    # What proves it is hidden: the checks say so, as if it were not there.
    assert "no-address" in {note.code for note in advise(layout)}
    assert "no-address" not in {note.code for note in advise(own.certificate.layout)}


def test_element_is_hidden_and_shown_by_the_plain_form(staff, issuer, own):
    before = layout_of(issuer, own)

    element(staff, issuer, own, **values(issuer, own, "deed"), hidden="on")
    assert next(each for each in layout_of(issuer, own)["elements"] if each["id"] == "deed")["hidden"] is True

    told = values(issuer, own, "deed")
    del told["hidden"]
    element(staff, issuer, own, **told)
    assert layout_of(issuer, own) == before


def test_hidden_elements_are_not_given_away(issuer, owner):
    draft = laid_out(issuer, owner, "editorial")
    layout = hiding(draft.certificate.layout, "achievement", "lead")
    layout["elements"][2]["text"] = "Canary: for Jane Roe alone"
    with scope(issuer):
        laying_out.freely(draft, by=owner, edits=draft.edits, layout=layout)

        data = exchanging.write(lending.lend(fresh(issuer, draft)))

    lent = exchanging.read(data).certificate["layout"]
    assert b"Canary" not in data
    assert paper.check(lent) == []
    assert "below" not in next(each for each in lent["elements"] if each["id"] == "words")
