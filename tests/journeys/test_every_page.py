"""Every address that answers HTML, from the walk's own list: no axe violation, no console error, nothing to scroll sideways."""

import pytest
from django.conf import settings
from django.urls import NoReverseMatch
from django.utils import timezone
from playwright.sync_api import Error

from issuers.models import Role
from issuers.tenancy import across_issuers, scope
from recipients import checking, links
from recipients.models import OutgoingEmail, RecipientList
from tests.architecture import walk
from tests.architecture.test_url_walk import ALLAUTH, PERSON, PUBLIC, STAFF
from tests.barriers import barriers_in
from tests.conftest import COMMITTED
from tests.factories import (
    ArtefactFactory,
    InvitationFactory,
    IssuerFactory,
    MembershipFactory,
    ReviewerInviteFactory,
    SubmissionFactory,
    UserFactory,
    WebhookDeliveryFactory,
)
from tests.published import claimed, deliver, intend, person, publish

pytestmark = [COMMITTED, pytest.mark.browser, pytest.mark.slow]

FAULTY = b"name,email,result\nAna Li,ana@example.org,A\nNoah,noah-at-example.org,B\nAna Li,ana@example.org,A\n"
VIEWS = ((1280, "dark"), (390, "light"))
# Files and machine formats answer other things than pages; signing out would end the visit.
# The frame of the certificate designer is sandboxed, and runs no script, not even axe.
NO_PAGE = {"account_logout", "mfa_download_recovery_codes", "manage-achievement-certificate-frame"}
# Mailed links, before the pages that they lead to.
LINKS = {"claim", "assess-link"}
# Parts that a page asks for and takes into itself: what they are is looked at there.
NO_PAGE |= {"manage-achievement-badge-symbols"}


@pytest.fixture
def world(site):
    """One institution in the middle of its work, and a person with a credential and an offer."""
    issuer = IssuerFactory(slug="north", name="North College")
    tenant = walk.Tenant(issuer)
    for role in (Role.OWNER, Role.VIEWER):
        tenant.rows[f"membership_{role}"] = MembershipFactory(issuer=issuer, role=role)
    holder = UserFactory(name="Siân Wŷn Llywelyn")
    version = publish(issuer)
    tenant.rows["credential"] = claimed(version, user=holder)
    tenant.rows["award"] = intend(version, person("Øystein Åsnes", holder.email), person(), key="second")
    deliver()
    tenant.rows["achievement"] = version.achievement
    tenant.rows["invitation"] = InvitationFactory(issuer=issuer)
    tenant.rows["holder"] = holder
    tenant.rows["submission"] = SubmissionFactory(issuer=issuer, user=holder)
    tenant.rows["artefact"] = ArtefactFactory(issuer=issuer, submission=tenant.rows["submission"])
    invite = {"issuer": issuer, "submission": tenant.rows["submission"], "token_hash": links.digest("x" * 43)}
    tenant.rows["reviewer_invite"] = ReviewerInviteFactory(**invite)
    told = {"tried_at": timezone.now(), "attempts": 1, "problem": "status", "status": 500, "excerpt": "out of order"}
    tenant.rows["webhook_delivery"] = WebhookDeliveryFactory(issuer=issuer, **told)
    tenant.rows["webhook"] = tenant.rows["webhook_delivery"].endpoint
    with scope(issuer):
        tenant.rows["list"] = checking.start(
            issuer, version.achievement, source=RecipientList.Source.FILE, file_name="a.csv", content=FAULTY, by=None
        )
    with across_issuers("a test reads a mail"):
        mail = OutgoingEmail.objects.filter(credential__award=tenant.rows["award"]).order_by("pk").last()
        tenant.rows["token"] = links.claim_token(mail, mail.credential_id)
    return tenant


def _path(address, tenant):
    if address.name == "claim":
        return f"/claim/{tenant.rows['token']}/"
    if address.name == "manage-selection":
        return ""
    try:
        return walk.fill(address, tenant)
    except (KeyError, NoReverseMatch):
        return ""


def _page(visitor, site, user):
    context = visitor(viewport={"width": 1280, "height": 900}, color_scheme="dark").context
    if user is not None:
        cookie = walk.signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return context.new_page()


def _opened(page, url):
    """The answer, or None for what a browser saves instead of showing it."""
    try:
        return page.goto(url, wait_until="load")
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return None
        raise


def _faults(page, said, address, path, site, looked):
    """What is wrong with one page, in sentences, in both widths and schemes. `looked`: pages that addresses led to before."""
    said.clear()
    answer = _opened(page, f"{site}{path}")
    if answer is None or answer.status == 405 or "text/html" not in answer.headers.get("content-type", ""):
        return []
    if answer.status >= 500:
        return [f"{address.name}: {answer.status}"]
    reached = page.url.partition("?")[0]
    if answer.ok and reached in looked:
        return []
    looked.add(reached)
    # Before axe looks: measuring, it sets styles of its own, which the policy refuses.
    heard = list(said)
    # The browser reports the status of an error page in its console: that is the page's own answer.
    faults = barriers_in(page, VIEWS) + [text for text in heard if "Failed to load resource" not in text]
    return [f"{address.name}: {fault}" for fault in faults]


@pytest.mark.parametrize("actor", ["anybody", "person", "staff"])
def test_every_page_is_accessible_and_fits(site, world, visitor, actor):
    users = {"anybody": None, "person": world.rows["holder"], "staff": world.rows[f"membership_{Role.OWNER}"].user}
    names = {
        "anybody": PUBLIC | ALLAUTH | {"claim", "offer", "offer-account", "assess-link", "assess"},
        "person": PERSON | ALLAUTH,
        "staff": set(STAFF),
    }
    shown = {name for name in names[actor] - NO_PAGE if "GET" in STAFF.get(name, {"methods": ["GET"]})["methods"]}
    wanted = sorted((a for a in walk.addresses() if a.name in shown), key=lambda a: a.name not in LINKS)

    page, said = _page(visitor, site, users[actor]), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    faults, seen, looked = [], 0, set()
    for address in wanted:
        if path := _path(address, world):
            faults += _faults(page, said, address, path, site, looked)
            seen += page.url.startswith(site)

    assert seen > 20
    assert faults == [], "\n".join(faults)
