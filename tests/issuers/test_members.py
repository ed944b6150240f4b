"""Members: who may give which role, invitations from mail to membership, and the owner that always remains."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from issuers import inviting, tasks
from issuers.access import PERMISSIONS
from issuers.models import ApiToken, AuditEvent, Invitation, Membership, Role
from issuers.tenancy import across_issuers, scope
from tests.factories import ApiTokenFactory, IssuerFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def member(issuer, role, **values):
    return MembershipFactory(issuer=issuer, role=role, **values)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def members_url(issuer):
    return reverse("manage-members", args=[issuer.slug])


def roles(issuer):
    with across_issuers("a test looks"):
        return dict(Membership.objects.filter(issuer=issuer).values_list("user_id", "role"))


def invite(client, issuer, email="new@example.org", role=Role.AWARDER):
    return client.post(reverse("manage-invitations", args=[issuer.slug]), {"email": email, "role": role})


def invitation(issuer):
    with across_issuers("a test looks"):
        return Invitation.objects.filter(issuer=issuer).latest("id")


def link():
    """The path of the link in the newest mail."""
    return re.search(r"http://localhost:8000(/join/\S+)", str(mail.outbox[-1].body))[1]


def change(client, membership, role):
    return client.post(reverse("manage-member-role", args=[membership.issuer.slug, membership.pk]), {"role": role})


def test_roles_each_contain_the_one_below_them_when_given():
    assert PERMISSIONS[Role.VIEWER] < PERMISSIONS[Role.REVIEWER] < PERMISSIONS[Role.ADMIN] < PERMISSIONS[Role.OWNER]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.AWARDER, Role.DESIGNER])
def test_members_page_is_refused_when_the_role_may_not_see_it(issuer, role):
    assert signed_in(member(issuer, role).user).get(members_url(issuer)).status_code == 403


def test_members_page_is_unknown_when_a_stranger_asks(issuer):
    stranger = member(IssuerFactory(), Role.OWNER).user
    assert signed_in(stranger).get(members_url(issuer)).status_code == 404


def test_role_is_changed_and_written_down_when_an_owner_gives_it(staff, issuer, owner):
    other = member(issuer, Role.VIEWER)

    assert change(staff, other, Role.DESIGNER).status_code == 302

    assert roles(issuer)[other.user_id] == Role.DESIGNER
    with scope(issuer):
        event = AuditEvent.objects.get(action="member.role_changed")
    assert (event.actor, event.details["before"], event.details["after"]) == (owner, "viewer", "designer")


def test_admin_cannot_touch_an_owner_or_become_one_when_trying(issuer, owner):
    admin = member(issuer, Role.ADMIN)
    with across_issuers("a test looks"):
        of_owner = Membership.objects.select_related("issuer").get(user=owner)
    client = signed_in(admin.user)

    change(client, of_owner, Role.VIEWER)
    change(client, admin, Role.OWNER)
    client.post(reverse("manage-member-removal", args=[issuer.slug, of_owner.pk]))

    assert roles(issuer) == {owner.pk: Role.OWNER, admin.user_id: Role.ADMIN}


def test_last_owner_stays_owner_when_demoted_or_removed(staff, issuer, owner):
    with across_issuers("a test looks"):
        own = Membership.objects.select_related("issuer").get(user=owner)

    demoted = change(staff, own, Role.VIEWER)
    removed = staff.post(reverse("manage-member-removal", args=[issuer.slug, own.pk]), follow=True)

    assert demoted.status_code == 302
    assert "keeps at least one owner" in removed.content.decode()
    assert roles(issuer) == {owner.pk: Role.OWNER}


def test_owner_may_leave_when_another_one_remains(staff, issuer, owner):
    second = member(issuer, Role.OWNER)
    with across_issuers("a test looks"):
        own = Membership.objects.get(user=owner)

    answer = staff.post(reverse("manage-member-removal", args=[issuer.slug, own.pk]))

    assert answer.url == reverse("manage")
    assert roles(issuer) == {second.user_id: Role.OWNER}
    assert staff.get(members_url(issuer)).status_code == 404


def test_member_of_another_institution_is_unknown_when_changed(staff, issuer):
    foreign = member(IssuerFactory(), Role.VIEWER)
    url = reverse("manage-member-role", args=[issuer.slug, foreign.pk])
    assert staff.post(url, {"role": Role.ADMIN}).status_code == 404


def test_invitation_brings_in_a_member_when_its_link_is_followed_and_taken(staff, issuer):
    assert invite(staff, issuer, "new@example.org").status_code == 302
    tasks.send_invitations()
    invited = signed_in(UserFactory(email="new@example.org"))

    opened = invited.get(link())
    page = invited.get(opened.url)
    joined = invited.post(reverse("join"))

    assert (opened.status_code, opened.url) == (303, reverse("join"))
    assert issuer.name in page.content.decode()
    assert joined.url == reverse("manage")
    assert sorted(roles(issuer).values()) == [Role.AWARDER, Role.OWNER]
    assert invited.post(reverse("join")).status_code == 404


def test_invitation_changes_nothing_when_its_link_is_only_opened(staff, issuer):
    invite(staff, issuer)
    tasks.send_invitations()
    invited = signed_in(UserFactory(email="new@example.org"))

    invited.get(link(), follow=True)

    assert len(roles(issuer)) == 1


def test_invitation_asks_for_a_code_when_the_address_is_not_this_persons(staff, issuer):
    invite(staff, issuer, "work@example.org")
    tasks.send_invitations()
    invited = signed_in(UserFactory(email="home@example.org"))
    invited.get(link())

    refused = invited.post(reverse("join"))
    invited.post(reverse("join-code"))
    to, code = mail.outbox[-1].to, re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))[0]
    wrong = invited.post(reverse("join"), {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    invited.post(reverse("join"), {"code": code})

    assert (refused.status_code, wrong.status_code, to) == (422, 422, ["work@example.org"])
    assert len(roles(issuer)) == 2


def test_invitation_is_closed_when_withdrawn(staff, issuer):
    invite(staff, issuer)
    tasks.send_invitations()
    path = link()
    row = invitation(issuer)

    staff.post(reverse("manage-invitation-withdrawal", args=[issuer.slug, row.pk]))
    answer = signed_in(UserFactory(email="new@example.org")).get(path, follow=True)

    assert answer.status_code == 404
    assert len(roles(issuer)) == 1


def test_invitation_is_closed_when_its_two_weeks_are_over(staff, issuer):
    invite(staff, issuer)
    tasks.send_invitations()
    with across_issuers("a test turns the clock"):
        row = invitation(issuer)
        Invitation.objects.filter(pk=row.pk).update(expires_at=row.created_at - timedelta(seconds=1))

    assert signed_in(UserFactory(email="new@example.org")).get(link(), follow=True).status_code == 404


def test_invitation_is_refused_when_an_admin_offers_ownership(issuer):
    client = signed_in(member(issuer, Role.ADMIN).user)

    assert invite(client, issuer, role=Role.OWNER).status_code == 422
    with across_issuers("a test looks"):
        assert not Invitation.objects.filter(issuer=issuer).exists()


@pytest.mark.parametrize("email", ["nobody", "a@b", "two@example.org, three@example.org", "", "x\u202e@example.org"])
def test_invitation_says_what_is_wrong_when_the_address_is_none(staff, issuer, email):
    answer = invite(staff, issuer, email)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_invitation_is_sent_once_when_the_button_is_pressed_twice(staff, issuer):
    first, second = invite(staff, issuer, "new@example.org"), invite(staff, issuer, "NEW@example.org")
    tasks.send_invitations()

    assert (first.status_code, second.status_code) == (302, 422)
    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_invitation_is_mailed_again_with_the_same_link_when_asked_for(staff, issuer):
    invite(staff, issuer)
    tasks.send_invitations()
    before, row = link(), invitation(issuer)
    with across_issuers("a test turns the clock"):
        Invitation.objects.filter(pk=row.pk).update(sent_at=row.created_at - timedelta(hours=1))

    staff.post(reverse("manage-invitation-resend", args=[issuer.slug, row.pk]))
    tasks.send_invitations()

    assert (len(mail.outbox), link()) == (2, before)


def test_roles_offered_are_one_s_own_and_below_when_inviting(issuer):
    admin = member(issuer, Role.ADMIN)
    assert Role.OWNER not in inviting.roles_of(admin)
    page = signed_in(admin.user).get(members_url(issuer)).content.decode()
    assert '<option value="owner"' not in page
    assert '<option value="admin"' in page


def test_trail_tells_every_deed_when_members_change(staff, issuer):
    other = member(issuer, Role.VIEWER, user__name="Vera Viewer")
    invite(staff, issuer, "new@example.org", Role.REVIEWER)
    change(staff, other, Role.DESIGNER)
    staff.post(reverse("manage-member-removal", args=[issuer.slug, other.pk]))

    page = staff.get(reverse("manage-audit", args=[issuer.slug])).content.decode()

    told = re.sub(r"<[^>]+>", "", page)
    assert "Olga Owner invited new@example.org as Reviewer." in told
    assert "Olga Owner changed the role of Vera Viewer from Viewer to Designer." in told
    assert "Olga Owner removed Vera Viewer, who was Designer." in told


# What a person gave to programs.


def _remove(client, membership, **data):
    return client.post(
        reverse("manage-member-removal", args=[membership.issuer.slug, membership.pk]), data, follow=True
    )


def _in_use(issuer):
    with across_issuers("a test looks"):
        return set(ApiToken.objects.in_use().filter(issuer=issuer).values_list("name", flat=True))


@pytest.fixture
def maker(issuer):
    """An administrator here and elsewhere, who made tokens in both places."""
    admin, elsewhere = member(issuer, Role.ADMIN), IssuerFactory()
    MembershipFactory(issuer=elsewhere, user=admin.user, role=Role.OWNER)
    ApiTokenFactory(issuer=issuer, made_by=admin.user, name="Exam portal", scopes=["awards:read"])
    ApiTokenFactory(issuer=issuer, made_by=admin.user, name="Over", expires_at=timezone.now() - timedelta(days=1))
    ApiTokenFactory(issuer=issuer, made_by=member(issuer, Role.ADMIN).user, name="A colleague's")
    ApiTokenFactory(issuer=elsewhere, made_by=admin.user, name="Elsewhere")
    admin.elsewhere = elsewhere
    return admin


def test_dialog_names_tokens_in_use_of_the_person_who_is_removed(staff, issuer, maker):
    page = staff.get(members_url(issuer)).content.decode()

    dialog = page[page.index(f'id="remove-{maker.pk}"') :].partition("</form>")[0]
    told = re.sub(r"<[^>]+>", "", dialog)
    assert "Exam portal" in told and "Follow awards" in told
    assert "Over" not in told and "colleague" not in told and "Elsewhere" not in page
    assert re.search(r'<input type="checkbox"[^>]* name="withdraw_tokens" checked>', dialog)
    with scope(issuer):
        own = Membership.objects.owners().get()
    assert "withdraw_tokens" not in page[page.index(f'id="remove-{own.pk}"') :].partition("</form>")[0]


def test_tokens_are_withdrawn_with_the_membership_when_that_is_ticked(staff, issuer, owner, maker):
    answer = _remove(staff, maker, withdraw_tokens="on")

    assert maker.user_id not in roles(issuer)
    assert "1 API token is withdrawn." in answer.content.decode()
    assert (_in_use(issuer), _in_use(maker.elsewhere)) == ({"A colleague's"}, {"Elsewhere"})
    with across_issuers("a test looks"):
        (event,) = AuditEvent.objects.filter(action="api_token.withdrawn")
    assert (event.issuer, event.actor) == (issuer, owner)


def test_tokens_go_on_when_the_tick_is_taken_away(staff, issuer, maker):
    _remove(staff, maker)

    assert maker.user_id not in roles(issuer)
    assert _in_use(issuer) == {"Exam portal", "A colleague's"}


def test_tokens_go_on_when_the_removal_is_refused(issuer, owner, maker):
    ApiTokenFactory(issuer=issuer, made_by=owner, name="Of the owner")
    with across_issuers("a test looks"):
        own = Membership.objects.select_related("issuer").get(user=owner, issuer=issuer)
        foreign = Membership.objects.select_related("issuer").get(user=maker.user, issuer=maker.elsewhere)

    _remove(signed_in(maker.user), own, withdraw_tokens="on")
    strange = signed_in(owner).post(
        reverse("manage-member-removal", args=[issuer.slug, foreign.pk]), {"withdraw_tokens": "on"}
    )

    assert strange.status_code == 404
    assert _in_use(issuer) == {"Of the owner", "Exam portal", "A colleague's"}
    assert _in_use(maker.elsewhere) == {"Elsewhere"}
