"""Versions beside each other: words with their differences, badges, and the pages that workers make."""

import re

import pytest

from badges import designing, previewing, publishing
from badges.models import Achievement
from issuers.models import Role
from issuers.tenancy import scope
from tests.badges.test_achievement_pages import at
from tests.factories import IssuerFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(issuer, owner):
    """Two versions that differ, and a draft that differs from both."""
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="Community Mentor")
        _write(draft, owner, description="Guided five students.", criteria="Meet five.")
        publishing.publish(draft, owner)
        _write(draft, owner, description="Guided seven students.")
        designing.dress_badge(_read(draft), starter="seal", choices={"symbol": "heart", "brand": "#004488"})
        publishing.publish(draft, owner)
        _write(draft, owner, name="Peer Mentor")
        return _read(draft)


def _read(draft):
    return Achievement.objects.select_related("badge", "certificate", "issuer").get(pk=draft.pk)


def _write(draft, owner, **words):
    found = _read(draft)
    designing.save_words(found, owner, edits=found.edits, **words)


def shown(body):
    """The rows of differences as text, with what went in [] and what came in {}."""
    table = body[body.index('class="diff ') :]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)
    marked = [
        row.replace("<del>", "[").replace("</del>", "]").replace("<ins>", "{").replace("</ins>", "}") for row in rows
    ]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in marked]


def compare(client, issuer, published, **pair):
    return client.get(at("manage-achievement-versions", issuer, published.public_id), pair)


def test_newest_version_and_draft_are_compared_without_a_wish(staff, issuer, published):
    body = compare(staff, issuer, published).content.decode()

    assert "Name [Community] Mentor {Peer} Mentor" in shown(body)
    assert re.search(r'name="before" value="2" checked', body)
    assert re.search(r'name="after" value="draft" checked', body)
    assert "Draft of version 3" in body


def test_two_versions_show_their_words_badges_and_what_the_looks_say(staff, issuer, published):
    body = compare(staff, issuer, published, before="1", after="2").content.decode()

    rows = shown(body)
    assert "Sentence Guided [five] students. Guided {seven} students." in rows
    assert "Badge: design [Shield] {Seal}" in rows
    assert "Badge: colour [" + published.issuer.brand + "] {#004488}" in rows
    assert "Badge: shape [Shield] {Scalloped}" in rows
    assert "Badge: symbol [Peaks] {Heart}" in rows
    with scope(issuer):
        first, second = published.versions.order_by("number")
    assert first.badge_picture.rpartition("/")[2] in body
    assert second.badge_picture.rpartition("/")[2] in body


def test_same_version_twice_says_so(staff, issuer, published):
    assert "These are the same." in compare(staff, issuer, published, before="1", after="1").content.decode()


def test_pages_are_made_by_the_worker_for_whoever_asks_and_kept(staff, issuer, published):
    pair = {"before": "1", "after": "2"}
    assert compare(staff, issuer, published, **pair).content.decode().count("Not made yet") == 2
    asked = staff.post(at("manage-achievement-versions-proofs", issuer, published.public_id), pair)
    assert asked["Location"].endswith("versions/?before=1&after=2")

    for _ in range(2):
        previewing.make_next()

    body = compare(staff, issuer, published, **pair).content.decode()
    pictures = re.findall(r'src="([^"]+/preview/[0-9a-f]{64}\.png)"', body)
    assert len(set(pictures)) == 2
    assert staff.get(pictures[0]).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "pair", [{"before": "9"}, {"after": "-1"}, {"before": "draft2"}, {"after": "1e3"}, {"before": "²"}]
)
def test_version_that_is_not_there_is_not_found(staff, issuer, published, pair):
    assert compare(staff, issuer, published, **pair).status_code == 404


def test_draft_without_versions_says_what_will_be_here(staff, issuer, owner):
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="New")

    assert "Nothing is published yet" in compare(staff, issuer, draft).content.decode()


def test_viewer_compares_and_asks_for_nothing(client, issuer, published):
    client.force_login(MembershipFactory(issuer=issuer, role=Role.VIEWER).user)

    answer = compare(client, issuer, published)
    asked = client.post(at("manage-achievement-versions-proofs", issuer, published.public_id))

    assert answer.status_code == 200
    assert "Make the pages" not in answer.content.decode()
    assert asked.status_code == 403


def test_versions_of_another_institution_are_not_there(client, issuer, published):
    other = IssuerFactory()
    client.force_login(MembershipFactory(issuer=other, role=Role.OWNER).user)

    assert compare(client, issuer, published).status_code == 404
    assert compare(client, other, published).status_code == 404


def test_readiness_says_what_to_do_and_what_is_done(staff, issuer, owner):
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="New")

    body = staff.get(at("manage-achievement-preview", issuer, draft.public_id)).content.decode()

    section = body[body.index('id="missing"') :]
    section = section[: section.index("</section>")]
    assert "2 things before you can publish" in section
    assert "it is what employers read first" in section
    assert section.count("todo-done") == 4
    with scope(issuer):
        _write(draft, owner, description="x")
    assert (
        "One thing before you can publish"
        in staff.get(at("manage-achievement-preview", issuer, draft.public_id)).content.decode()
    )


def test_tab_of_the_badge_counts_what_should_be_looked_at(staff, issuer, owner):
    with scope(issuer):
        draft = designing.begin(issuer, owner, name="Environmental Stewardship")

    def counted():
        body = staff.get(at("manage-achievement-criteria", issuer, draft.public_id)).content.decode()
        return re.search(r'/badge/">Badge(?: <span class="count count-bad">(\d+))?', body)[1]

    assert counted() == "1"
    with scope(issuer):
        _write(draft, owner, name="Guide")
    assert counted() is None
