"""The promotion kit: what tells people that they can earn something."""

import io

import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image

from badges import promoting
from issuers.tenancy import scope
from tests.factories import AchievementFactory
from tests.published import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(issuer):
    return publish(issuer, name="Curious Learner")


def _page(issuer, version, name="manage-achievement-promotion", *rest):
    return reverse(name, args=[issuer.slug, version.achievement.public_id, *rest])


def test_a43_issue_and_promote(staff, issuer, version):
    """A published achievement has words to post, pictures and a poster whose code leads to what it takes."""
    page = staff.get(_page(issuer, version)).content.decode()
    poster = staff.get(_page(issuer, version, "manage-achievement-promotion-poster"))
    square = staff.get(_page(issuer, version, "manage-achievement-promotion-picture", "square"))

    address = f"/i/{issuer.slug}/a/{version.achievement.slug}/"
    assert page.count(address) >= 4
    assert "Earn “Curious Learner”" in page
    assert Image.open(io.BytesIO(square.content)).size == (1080, 1080)
    assert poster.content.startswith(b"%PDF")


def test_code_on_the_poster_is_read(issuer, version):
    with scope(issuer):
        picture = Image.open(io.BytesIO(promoting.picture(version, "poster")))

    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.endswith(f"/i/{issuer.slug}/a/{version.achievement.slug}/")
    assert picture.size == (1654, 2339)


def test_draft_has_nothing_to_promote(staff, issuer):
    draft = AchievementFactory(issuer=issuer)

    assert staff.get(reverse("manage-achievement-promotion", args=[issuer.slug, draft.public_id])).status_code == 404
    assert staff.get(_page_of(issuer, draft)).status_code == 404


def _page_of(issuer, achievement):
    return reverse("manage-achievement-promotion-poster", args=[issuer.slug, achievement.public_id])


def test_posts_speak_the_language_of_the_achievement(issuer, version):
    with scope(issuer):
        titles = [post.title for post in promoting.posts(version)]

    assert len(titles) == len(set(titles)) == 3
