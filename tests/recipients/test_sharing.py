"""Showing it: addresses of networks built here, consent kept, files of the right kind, nothing for strangers."""

import json
from io import BytesIO
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from django.urls import reverse
from PIL import Image

from badges.openbadges import baking
from issuers.tenancy import across_issuers
from recipients.models import Share
from recipients.networks import BY_KEY, NETWORKS
from tests.architecture.walk import signed_in
from tests.factories import UserFactory
from tests.published import claimed

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    return claimed(user=UserFactory(email="amal@example.org"))


@pytest.fixture
def wallet(held):
    return signed_in(held.holder)


def _leave(wallet, held, network):
    answer = wallet.post(reverse("share-to", args=[held.public_id, network]))
    assert answer.status_code == 303
    return urlsplit(answer.url), parse_qs(urlsplit(answer.url).query)


def test_linkedin_gets_name_month_from_one_number_and_link(wallet, held):
    parts, query = _leave(wallet, held, "linkedin-profile")

    assert (parts.netloc, parts.path) == ("www.linkedin.com", "/profile/add")
    assert query["name"] == [held.words["name"]]
    assert query["issueYear"] == [str(held.awarded_on.year)]
    assert query["issueMonth"] == [str(held.awarded_on.month)]
    assert query["certUrl"] == [held.url]
    assert query["certId"] == [held.public_id]
    assert query["organizationName"] == [held.issuer.name]


@pytest.mark.parametrize("network", [network.key for network in NETWORKS])
def test_network_is_told_the_link_after_consent(wallet, held, network):
    shown = wallet.get(reverse("share-to", args=[held.public_id, network])).content.decode()
    assert held.url in shown
    with across_issuers("a test looks"):
        assert not Share.objects.exists()

    answer = wallet.post(reverse("share-to", args=[held.public_id, network]))

    assert held.url in unquote_plus(unquote_plus(answer.url))
    with across_issuers("a test looks"):
        assert Share.objects.get().network == network


def test_every_network_the_product_promises_is_there():
    wanted = "linkedin-profile linkedin facebook x whatsapp telegram bluesky threads mastodon reddit email"

    assert set(wanted.split()) <= set(BY_KEY)


def test_unknown_network_is_nothing(wallet, held):
    assert wallet.post(reverse("share-to", args=[held.public_id, "evil"])).status_code == 404


def test_share_page_has_everything_to_copy(wallet, held):
    page = wallet.get(reverse("share", args=[held.public_id])).content.decode()

    for piece in (held.url, "&lt;iframe", "&lt;table", "1080 × 1920", "Add to LinkedIn profile"):
        assert piece in page


FILES = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<svg", "json": b"{", "square": b"\x89PNG", "story": b"\x89PNG"}


@pytest.mark.parametrize("form", FILES)
def test_file_of_each_kind_can_be_kept(wallet, held, form):
    answer = wallet.get(reverse("wallet-download", args=[held.public_id, form]))

    assert answer.status_code == 200
    assert FILES[form] in answer.content[:400]
    assert answer["Content-Disposition"].startswith("attachment")


def test_badge_picture_carries_the_signed_credential(wallet, held):
    data = wallet.get(reverse("wallet-download", args=[held.public_id, "png"])).content

    assert json.loads(baking.unbake_png(data))["id"] == held.url


@pytest.mark.parametrize(("form", "size"), [("square", (1080, 1080)), ("story", (1080, 1920)), ("og", (1200, 627))])
def test_pictures_have_the_sizes_that_networks_ask_for(wallet, held, form, size):
    data = wallet.get(reverse("wallet-download", args=[held.public_id, form])).content

    assert Image.open(BytesIO(data)).size == size


@pytest.mark.parametrize("name", ["share", "wallet-credential"])
def test_stranger_finds_nothing_to_share(held, name):
    assert signed_in(UserFactory()).get(reverse(name, args=[held.public_id])).status_code == 404


def test_certificate_that_is_not_made_yet_is_promised(wallet, held):
    with across_issuers("a test"):
        type(held).objects.filter(pk=held.pk).update(pdf="", rendered_at=None)

    assert wallet.get(reverse("wallet-download", args=[held.public_id, "pdf"])).status_code == 503
