"""The brand kit's page: what is stored, what is refused with its remedy, who may, and whose it is."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from badges import designing, keeping
from badges.models import Achievement, BrandKit, Picture, Signatory
from issuers import media
from issuers.models import AuditEvent, Issuer, Role
from issuers.tenancy import scope
from recipients import emails
from recipients.models import OutgoingEmail
from tests.badges.rendering import hostile_images as hostile
from tests.factories import (
    BrandKitFactory,
    CredentialFactory,
    IssuerFactory,
    MembershipFactory,
    OutgoingEmailFactory,
    PictureFactory,
    SignatoryFactory,
)

pytestmark = pytest.mark.django_db
TEXTS = {name: "" for name in keeping.WORDS}
HOSTILE = [
    *hostile.REFUSED,
    (hostile.webp_of(16_000, 16_000), 422, "more than 16 million pixels"),
    (hostile.text_bomb(b"zTXt"), 422, "damaged or cut off"),
    (hostile.png((20, 20)), 422, "20 × 20 pixels; the shorter side needs"),
    (hostile.png((3000, 100)), 422, "too long and thin"),
    (hostile.png() + b"\0" * (5 * 1024 * 1024), 413, "larger than 5 MB"),
]


def at(name, issuer, *more):
    return reverse(f"manage-kit{name}", args=[issuer.slug, *more])


def sent(data, name="picture.png"):
    return SimpleUploadedFile(name, data, "image/png")


def stored(issuer):
    return Issuer.objects.get(pk=issuer.pk)


def rows(issuer, model):
    with scope(issuer):
        return list(model.objects.filter(issuer=issuer).order_by("id"))


def trail(issuer):
    with scope(issuer):
        return [event.action for event in AuditEvent.objects.order_by("id")]


def post(staff, issuer, name, /, *more, **told):
    return staff.post(at(name, issuer, *more), told)


# Logos.


@pytest.mark.parametrize("dark", [False, True])
def test_logo_is_encoded_anew_shown_kept_in_the_library_and_removed(staff, issuer, dark):
    told = {"dark": "1"} if dark else {}
    column = "dark_logo" if dark else "logo"

    post(staff, issuer, "-logo", logo=sent(hostile.saved(hostile.picture(size=(900, 300)), "JPEG")), **told)

    key = getattr(stored(issuer), column)
    assert Image.open(io.BytesIO(media.fetch(key))).size == (600, 200)
    assert media.url(key) in staff.get(at("", issuer)).content.decode()
    assert [(row.kind, row.key) for row in rows(issuer, Picture)] == [("logo", key)]
    post(staff, issuer, "-logo-removal", **told)
    post(staff, issuer, "-logo-removal", **told)
    assert getattr(stored(issuer), column) == ""
    assert trail(issuer) == [f"issuer.{column}_changed", f"issuer.{column}_removed"]
    assert len(rows(issuer, Picture)) == 1


@pytest.mark.parametrize(("data", "status", "said"), HOSTILE)
def test_bad_pictures_are_refused_in_every_place_and_nothing_is_stored(staff, issuer, data, status, said):
    answers = [
        post(staff, issuer, "-logo", logo=sent(data)),
        post(staff, issuer, "-logo", logo=sent(data), dark="1"),
        post(staff, issuer, "-signatories", name="Ann", title="Dean", picture=sent(data)),
        post(staff, issuer, "-pictures", kind="image", name="Emblem", alt="", picture=sent(data)),
    ]

    for answer in answers:
        assert answer.status_code == status
        assert said in answer.content.decode()
    assert (stored(issuer).logo, stored(issuer).dark_logo) == ("", "")
    assert rows(issuer, Picture) == rows(issuer, Signatory) == []
    assert trail(issuer) == []


def test_photograph_loses_its_place(staff, issuer):
    post(staff, issuer, "-pictures", kind="image", name="", alt="", picture=sent(hostile.photo_with_place(), "Sea.jpg"))

    (picture,) = rows(issuer, Picture)
    assert picture.name == "Sea"
    assert not Image.open(io.BytesIO(media.fetch(picture.key))).getexif()


# Colours.


def colours(staff, issuer, /, **told):
    return post(staff, issuer, "-colours", **{"brand": "#14284b", **told})


def test_colours_are_stored_where_they_are_chosen_and_followed_by_drafts(staff, issuer, owner):
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="Community Mentor")

    answer = colours(staff, issuer, own_accent="on", accent="#B8893B", paper="#000000")

    assert answer.url == at("", issuer) + "#colours"
    assert stored(issuer).brand == "#14284b"
    (kit,) = rows(issuer, BrandKit)
    assert (kit.accent, kit.paper, kit.ink) == ("#b8893b", "", "")
    with scope(issuer):
        theme = Achievement.objects.get(pk=draft.pk).certificate.layout["theme"]
    assert (theme["brand"], theme["accent"]) == ("#14284b", "#b8893b")
    assert trail(issuer)[-2:] == ["issuer.brand_changed", "kit.edited"]


def test_pairs_are_shown_with_their_contrast_and_a_remedy_and_nothing_is_stored(staff, issuer):
    told = {"own_accent": "on", "accent": "#e3a73b"}

    page = post(staff, issuer, "-pairs", brand="#1f5c45", **told).content.decode()
    looked = colours(staff, issuer, look="1", **told)

    assert "1.9 : 1" in page  # the gold on warm paper
    remedy = re.search(r'name="use" value="accent:(#[0-9a-f]{6})"', page)[1]
    used = colours(staff, issuer, use=f"accent:{remedy}", **told).content.decode()
    assert f'value="{remedy}"' in used
    assert looked.status_code == 200
    assert "Not saved yet" in looked.content.decode()
    assert stored(issuer).brand == issuer.brand
    assert rows(issuer, BrandKit) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"brand": "red"}, "A colour is written as #"),
        ({"brand": ""}, "This is needed"),
        ({"own_accent": "on", "accent": "url(x)"}, "A colour is written as #"),
        ({"own_paper": "on", "paper": "#333333", "ink": "#ffffff"}, "too dark for paper"),
        ({"own_paper": "on", "paper": "#ffffff", "ink": "#aaaaaa"}, "print needs 4.5 : 1"),
        ({"brand": "}body{display:none"}, "A colour is written as #"),
    ],
)
def test_colours_that_cannot_be_printed_are_refused_with_a_remedy(staff, issuer, told, said):
    answer = colours(staff, issuer, **told)
    live = post(staff, issuer, "-pairs", **{"brand": "#14284b", **told})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert live.status_code == 200
    assert "}body{" not in live.content.decode()
    assert stored(issuer).brand == issuer.brand
    assert rows(issuer, BrandKit) == []


# Typefaces and texts.


def test_typefaces_are_stored_and_unknown_ones_refused(staff, issuer):
    assert post(staff, issuer, "-fonts", fonts="warm").status_code == 302
    assert post(staff, issuer, "-fonts", fonts="comic").status_code == 422

    assert [kit.fonts for kit in rows(issuer, BrandKit)] == ["warm"]
    page = staff.get(at("", issuer)).content.decode()
    assert 'value="warm" checked' in page


def test_texts_are_stored_once_and_an_unchanged_form_writes_nothing(staff, issuer):
    for _ in range(2):
        post(staff, issuer, "-texts", **TEXTS | {"lead": "The Senate certifies that", "mail_greeting": "Dear {name},"})

    (kit,) = rows(issuer, BrandKit)
    assert (kit.lead, kit.mail_greeting) == ("The Senate certifies that", "Dear {name},")
    assert trail(issuer) == ["kit.edited"]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("lead", "For {{recipient.name}}", "cannot be printed here"),
        ("heading", "A\u13a0\U000e0fff", "no meaning that others could read"),
        ("lead", "x" * 121, "121 characters are too many"),
        ("mail_greeting", "Dear {first_name},", "would not be filled in"),
        ("mail_greeting", "Dear {name", "would not be filled in"),
        ("mail_footer", "For {name}", "would not be filled in"),
        ("mail_sentence", "a\nb\x07", "hidden control character"),
    ],
)
def test_texts_that_would_not_print_or_fill_are_refused(staff, issuer, field, text, said):
    answer = post(staff, issuer, "-texts", **TEXTS | {field: text})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert rows(issuer, BrandKit) == []


# Signatories and pictures.


def test_signatory_is_added_changed_put_away_and_taken_out(staff, issuer):
    post(staff, issuer, "-signatories", name="Ann Dean", title="Dean", picture=sent(hostile.png()))
    (ann,) = rows(issuer, Signatory)
    picture = staff.get(at("-picture-image", issuer, ann.picture_id))

    assert picture["Content-Type"] == "image/png"
    assert "private" in picture["Cache-Control"]
    post(staff, issuer, "-signatory", ann.pk, name="Ann Provost", title="Provost", unsigned="on")
    (ann,) = rows(issuer, Signatory)
    assert (ann.name, ann.title, ann.picture_id) == ("Ann Provost", "Provost", None)
    post(staff, issuer, "-signatory-removal", ann.pk)
    assert "Put away (1)" in staff.get(at("", issuer)).content.decode()
    post(staff, issuer, "-signatory-restoration", ann.pk)
    assert rows(issuer, Signatory)[0].put_away_at is None


def test_signatory_without_a_name_is_asked_for_one_and_the_form_stays_open(staff, issuer):
    ann = SignatoryFactory(issuer=issuer, name="Ann Dean")

    answer = post(staff, issuer, "-signatory", ann.pk, name="", title="Provost")

    assert answer.status_code == 422
    assert '<details class="more-fields" open>' in answer.content.decode()
    assert rows(issuer, Signatory)[0].name == "Ann Dean"


def test_picture_is_described_put_away_and_taken_out(staff, issuer):
    picture = PictureFactory(issuer=issuer)

    post(staff, issuer, "-picture", picture.pk, kind="background", name="Ground", alt="")
    (row,) = rows(issuer, Picture)
    assert (row.kind, row.name, row.alt) == ("background", "Ground", "")
    assert post(staff, issuer, "-picture", picture.pk, kind="virus", name="x", alt="").status_code == 422
    post(staff, issuer, "-picture-removal", picture.pk)
    assert rows(issuer, Picture)[0].put_away_at is not None
    post(staff, issuer, "-picture-restoration", picture.pk)
    assert rows(issuer, Picture)[0].put_away_at is None


# Whose it is, and who may.


@pytest.mark.parametrize("name", ["-signatory", "-signatory-first", "-signatory-removal", "-signatory-restoration"])
def test_signatory_of_another_institution_is_not_found(staff, issuer, name):
    theirs = SignatoryFactory(name="Their Dean")

    assert post(staff, issuer, name, theirs.pk, name="Mine", title="").status_code == 404
    assert rows(theirs.issuer, Signatory)[0].name == "Their Dean"
    assert rows(theirs.issuer, Signatory)[0].put_away_at is None


@pytest.mark.parametrize("name", ["-picture", "-picture-removal", "-picture-restoration"])
def test_picture_of_another_institution_is_not_found(staff, issuer, name):
    theirs = PictureFactory(name="Their emblem")

    assert post(staff, issuer, name, theirs.pk, kind="image", name="Mine", alt="").status_code == 404
    assert staff.get(at("-picture-image", issuer, theirs.pk)).status_code == 404
    assert rows(theirs.issuer, Picture)[0].name == "Their emblem"


def test_page_shows_nothing_of_another_institutions_kit(staff, issuer):
    other = IssuerFactory()
    SignatoryFactory(issuer=other, name="Their Dean"), PictureFactory(issuer=other, name="Their emblem")
    BrandKitFactory(issuer=other, lead="Their Senate", accent="#abcdef")

    page = staff.get(at("", issuer)).content.decode()

    for word in ("Their Dean", "Their emblem", "Their Senate", "#abcdef"):
        assert word not in page


@pytest.mark.parametrize(("role", "status"), [(Role.DESIGNER, 200), (Role.ADMIN, 200), (Role.AWARDER, 403)])
def test_kit_is_for_those_who_design(issuer, role, status):
    client = Client()
    client.force_login(MembershipFactory(issuer=issuer, role=role).user)

    assert client.get(at("", issuer)).status_code == status
    assert ("Brand kit" in client.get(reverse("manage-home", args=[issuer.slug])).content.decode()) == (status == 200)


def test_page_asks_as_often_for_two_pictures_as_for_twenty(staff, issuer, django_assert_max_num_queries):
    for _ in range(20):
        PictureFactory(issuer=issuer), SignatoryFactory(issuer=issuer)

    with django_assert_max_num_queries(16):
        staff.get(at("", issuer))


# Mails.


@pytest.fixture
def offer(issuer):
    credential = CredentialFactory(issuer=issuer, recipient__name="Zoë {achievement}")
    return OutgoingEmailFactory(issuer=issuer, credential=credential, kind=OutgoingEmail.Kind.OFFER)


def message(issuer, offer):
    with scope(issuer):
        return emails.compose(OutgoingEmail.objects.select_related("issuer", "credential__issuer").get(pk=offer.pk))


def test_claim_mail_says_the_words_of_the_kit_in_both_forms_and_fills_them_once(issuer, offer):
    BrandKitFactory(
        issuer=issuer,
        mail_greeting="Dear {name},",
        mail_sentence="The <Senate> recognises you for {achievement}.",
        mail_footer="Harbour Street 1",
    )

    made = message(issuer, offer)

    html, name = made.alternatives[0][0], offer.credential.words["name"]
    assert "Dear Zoë {achievement}," in made.body
    assert f"The <Senate> recognises you for {name}." in made.body
    assert "Harbour Street 1" in made.body
    assert "Dear Zoë {achievement}," in html
    assert f"The &lt;Senate&gt; recognises you for {name}." in html
    assert "Harbour Street 1" in html
    assert f"{issuer.name} recognises you" not in made.body + html


def test_claim_mail_keeps_our_words_where_the_kit_says_nothing(issuer, offer):
    made = message(issuer, offer)

    assert f"{issuer.name} recognises you for earning" in made.body
    assert "logo-dark" not in made.alternatives[0][0]


def test_mail_and_pages_have_the_dark_logo_beside_the_light_one(issuer, offer, client):
    Issuer.objects.filter(pk=issuer.pk).update(logo="public/aa/light.png", dark_logo="public/aa/dark.png")

    html = message(issuer, offer).alternatives[0][0]
    page = client.get(reverse("issuer", args=[issuer.slug])).content.decode()

    assert re.search(r'class="logo-light" src="[^"]+aa/light.png"', html)
    assert re.search(r'class="logo-dark" src="[^"]+aa/dark.png"[^>]+display:none', html)
    assert ".logo-dark { display: block !important;" in html
    for which in ("light", "dark"):
        assert re.search(rf'<img class="logo-{which}" src="[^"]+aa/{which}.png" alt=""', page)
