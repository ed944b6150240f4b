"""The brand kit behind the pages: whose a picture is, what new designs take, what follows and what stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges import designing, keeping, laying_out, previewing, publishing
from badges.models import Achievement, BrandKit, Picture, Signatory
from badges.rendering import certificate as paper
from badges.rendering import image
from badges.tasks import preview as preview_task
from issuers import media
from issuers.models import Issuer
from issuers.tenancy import NoScope, across_issuers, scope
from tests.badges.rendering import hostile_images as hostile
from tests.factories import BrandKitFactory, IssuerFactory, PictureFactory, SignatoryFactory

pytestmark = pytest.mark.django_db
KEY = "picture/00/" + "0" * 40 + ".png"


def png(side=300):
    return hostile.png((side, side))


@pytest.fixture
def draft(issuer, owner):
    with scope(issuer):
        return designing.begin(issuer, owner, name="Community Mentor")


def fresh(draft):
    return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


def laid_out(key, where="image"):
    layout = paper.starter("minimal")
    if where == "image":
        layout["elements"].insert(1, {"id": "emblem", "type": "image", "box": [10, 10, 20, 20], "picture": key})
    elif where == "signer":
        layout["signers"] = [{"name": "Jo Li", "title": "", "picture": key}]
    else:
        layout["background"] = {"colour": "paper", "image": {"picture": key, "fit": "cover"}}
    return layout


# Whose pictures.


@pytest.mark.parametrize(
    ("where", "pointer"),
    [
        ("image", "/elements/1/picture"),
        ("signer", "/signers/0/picture"),
        ("background", "/background/image/picture"),
    ],
)
def test_somebody_elses_picture_is_unknown_at_its_pointer_and_ones_own_is_not(issuer, where, pointer):
    own, others = PictureFactory(issuer=issuer).key, PictureFactory().key

    with scope(issuer):
        told = keeping.unknown_pictures(laid_out(others, where))
        assert [(problem.pointer, problem.code) for problem in told] == [(pointer, "unknown-picture")]
        assert "not one of yours" in told[0].message
        assert keeping.unknown_pictures(laid_out(own, where)) == []
        assert keeping.unknown_pictures(laid_out("", where)) == []


def test_picture_that_was_put_away_is_still_ones_own(issuer, owner):
    picture = PictureFactory(issuer=issuer)
    with scope(issuer):
        keeping.put_away(picture, owner)

        assert keeping.unknown_pictures(laid_out(picture.key)) == []


def test_pictures_are_not_judged_across_issuers(issuer):
    with across_issuers("a test"), pytest.raises(NoScope):
        keeping.unknown_pictures(laid_out(PictureFactory(issuer=issuer).key))


@pytest.mark.parametrize(
    "key",
    ["../../etc/passwd", "proof/00/" + "0" * 40 + ".png", "https://evil.example/x.png", KEY + "\n", 7, None, {}, ["x"]],
)
def test_what_is_no_key_of_a_picture_is_unknown_and_never_fetched(issuer, key):
    layout = laid_out(key)
    with scope(issuer):
        assert [problem.pointer for problem in keeping.unknown_pictures(layout)] == ["/elements/1/picture"]
    with pytest.raises(media.MissingFile):
        keeping.fetch_pictures(layout)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(KEY),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["picture", "a/b", "~", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def _at(document, pointer):
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@settings(deadline=None, max_examples=60)
@given(_json)
def test_any_json_is_answered_with_pointers_that_lead_to_what_is_unknown(issuer_without_fixtures, layout):
    with scope(issuer_without_fixtures):
        for problem in keeping.unknown_pictures(layout):
            assert problem.pointer.endswith("/picture")
            assert _at(layout, problem.pointer) != ""


@pytest.fixture(scope="module")
def issuer_without_fixtures():
    """A number is enough: no row of it exists."""
    return 1


def test_fetched_pictures_are_named_by_key_and_signatures_by_their_place_too(issuer, owner):
    with scope(issuer):
        emblem = keeping.add_picture(issuer, owner, png(), kind="image", name="Emblem", alt="A star")
        keeping.add_signatory(issuer, owner, name="Jo Li", title="", data=png())
        signed = Signatory.objects.get().picture.key
    layout = laid_out(emblem.key)
    layout["signers"] = [{"name": "Ida", "title": ""}, {"name": "Jo Li", "title": "", "picture": signed}]

    found = keeping.fetch_pictures(layout)

    assert set(found) == {emblem.key, signed, "signature.2"}
    assert found["signature.2"] == found[signed] == media.fetch(signed)


def test_same_picture_sent_twice_is_one_row_and_comes_out_again(issuer, owner):
    with scope(issuer):
        first = keeping.add_picture(issuer, owner, png(), kind="image", name="Emblem", alt="")
        keeping.put_away(first, owner)
        again = keeping.add_picture(issuer, owner, png(), kind="background", name="Ground", alt="")

        assert again.pk == first.pk
        assert Picture.objects.get().put_away_at is None
        assert Picture.objects.get().kind == "background"


def test_two_institutions_may_have_the_same_picture(issuer, owner):
    other = IssuerFactory()
    with scope(issuer):
        keeping.add_picture(issuer, owner, png(), kind="image", name="Emblem", alt="")
    with scope(other):
        keeping.add_picture(other, owner, png(), kind="image", name="Theirs", alt="")
        assert [picture.name for picture in Picture.objects.all()] == ["Theirs"]


def test_photographs_are_kept_as_jpeg_and_clear_ones_as_png():
    photo = hostile.saved(hostile.picture(size=(3000, 500)).convert("RGB").effect_spread(40), "JPEG", quality=95)
    clear = hostile.saved(hostile.picture("RGBA", (300, 200)).rotate(20), "PNG")

    made, kept = image.illustration(photo), image.illustration(clear)

    assert (made.suffix, made.width, made.height) == ("jpg", 2400, 400)
    assert made.data[:3] == b"\xff\xd8\xff"
    assert kept.suffix == "png"


# What new designs take.


@pytest.fixture
def kit(issuer, owner):
    with scope(issuer):
        keeping.change_brand(issuer, owner, "#14284b")
        keeping.change(issuer, owner, "colours", accent="#b8893b", paper="#fffdf6", ink="#101828")
        keeping.change(issuer, owner, "fonts", fonts="warm")
        keeping.change(issuer, owner, "texts", lead="The Senate certifies that", deed="has earned")
        keeping.add_signatory(issuer, owner, name="Ida Registrar", title="Registrar", data=png())
        keeping.add_signatory(issuer, owner, name="Dan Dean", title="Dean")
    return issuer


def test_new_designs_are_dressed_in_the_kit(kit, owner):
    issuer = Issuer.objects.get(pk=kit.pk)
    with scope(issuer):
        made = designing.begin(issuer, owner, name="Community Mentor")
        layout, spec = made.certificate.layout, made.badge.spec

    texts = {element["id"]: element.get("text") for element in layout["elements"]}
    assert (layout["theme"]["brand"], layout["theme"]["accent"]) == ("#14284b", "#b8893b")
    assert layout["theme"]["colours"]["paper"] == "#fffdf6"
    assert (texts["lead"], texts["deed"]) == ("The Senate certifies that", "has earned")
    assert [signer["name"] for signer in layout["signers"]] == ["Ida Registrar", "Dan Dean"]
    assert layout["signers"][0]["picture"].startswith("signature/")
    assert {e["style"]["font"] for e in layout["elements"] if e["id"] == "name"} == {"fraunces-400-italic"}
    assert (spec["brand"], spec["accent"]) == ("#14284b", "#b8893b")
    assert paper.check(layout) == []


def test_drafts_that_follow_are_drawn_again_and_own_choices_free_layouts_and_versions_stay(issuer, owner, draft):
    with scope(issuer):
        worded = designing.begin(issuer, owner, name="With words")
        laying_out.from_starter(worded, starter="classic", choices={"texts": {"lead": "Herewith"}, "signatories": []})
        free = designing.begin(issuer, owner, name="Free")
        free.certificate.choices = {"own": True}
        free.certificate.save(update_fields=["choices"])
        before = free.certificate.layout
        designing.save_words(draft, owner, edits=fresh(draft).edits, description="Words", criteria="Do it")
        version = publishing.publish(fresh(draft), owner)

        keeping.change(issuer, owner, "texts", lead="The Senate certifies that")
        keeping.add_signatory(issuer, owner, name="Ida Registrar", title="Registrar")
        drawn = designing.follow_kit(Issuer.objects.get(pk=issuer.pk))

        assert drawn == 1
        assert fresh(draft).certificate.layout["signers"] == [{"name": "Ida Registrar", "title": "Registrar"}]
        own = fresh(worded).certificate.layout
        assert own["signers"] == []
        assert next(e for e in own["elements"] if e["id"] == "lead")["text"] == "Herewith"
        assert fresh(free).certificate.layout == before
        version.refresh_from_db()
        assert version.content["certificate"]["layout"]["signers"] == []


def test_headings_of_the_kit_are_for_its_own_language(issuer, owner, draft):
    with scope(issuer):
        keeping.change(issuer, owner, "texts", lead="The Senate certifies that")
        designing.save_words(draft, owner, edits=fresh(draft).edits, language="de")
        layout = fresh(draft).certificate.layout

    assert next(e for e in layout["elements"] if e["id"] == "lead")["text"] == "This is to certify that"


def test_a_kit_of_one_institution_never_dresses_anothers(kit, owner):
    other = IssuerFactory()
    with scope(other):
        made = designing.begin(other, owner, name="Theirs")

    assert made.certificate.layout["signers"] == []
    assert "Senate" not in str(made.certificate.layout)


def test_what_was_published_prints_its_signature_after_the_signatory_was_put_away(kit, owner):
    issuer = Issuer.objects.get(pk=kit.pk)
    with scope(issuer):
        made = designing.begin(issuer, owner, name="Community Mentor")
        designing.save_words(made, owner, edits=fresh(made).edits, description="Words", criteria="Do it")
        version = publishing.publish(fresh(made), owner)
        for signatory in Signatory.objects.all():
            keeping.put_away(signatory, owner)
        designing.follow_kit(issuer)

        assert fresh(made).certificate.layout["signers"] == []
        found = keeping.fetch_pictures(version.content["certificate"]["layout"])
    assert found["signature.1"].startswith(b"\x89PNG")


def test_proof_is_printed_with_the_signature_of_the_kit(kit, owner):
    issuer = Issuer.objects.get(pk=kit.pk)
    with scope(issuer):
        made = designing.begin(issuer, owner, name="Community Mentor")
        previewing.ask(fresh(made))

    preview_task()

    with scope(issuer):
        assert [proof.state for proof in previewing.proofs(fresh(made))].count("made") == 1


def test_first_signatory_is_the_one_who_was_let_first(issuer, owner):
    with scope(issuer):
        for name in ("Ann", "Bob", "Cid"):
            keeping.add_signatory(issuer, owner, name=name, title="")
        keeping.let_sign_first(Signatory.objects.get(name="Cid"), owner)

        assert [row.name for row in Signatory.objects.filter(issuer=issuer).signing()] == ["Cid", "Ann", "Bob"]


def test_paper_of_a_signature_becomes_clear(issuer, owner):
    with scope(issuer):
        keeping.add_signatory(issuer, owner, name="Ann", title="", data=png())
        key = Signatory.objects.get().picture.key

    assert image.Image.open(image.io.BytesIO(media.fetch(key))).mode == "RGBA"


def test_uses_count_the_drafts_a_picture_is_on(issuer, owner, draft):
    picture = PictureFactory(issuer=issuer)
    with scope(issuer):
        certificate = fresh(draft).certificate
        certificate.layout = laid_out(picture.key, "background")
        certificate.save(update_fields=["layout"])

        assert keeping.uses(issuer) == {picture.key: 1}
    with scope(IssuerFactory()):
        assert keeping.uses(issuer) == {}


def test_signatory_of_another_institution_cannot_carry_its_picture(issuer):
    from django.db import IntegrityError, connection  # noqa: PLC0415 -- for this one fault

    other = PictureFactory()
    with pytest.raises(IntegrityError), scope(issuer):
        Signatory.objects.create(issuer=issuer, name="Ann", picture_id=other.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_kits_of_others_are_not_there(issuer):
    BrandKitFactory(), SignatoryFactory()
    with scope(issuer):
        assert (BrandKit.objects.count(), Signatory.objects.count(), Picture.objects.count()) == (0, 0, 0)
