"""Members: who may what here, and who is invited."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from issuers import entrusting, inviting
from issuers.access import StaffRequest, member_required
from issuers.forms.members import InvitationForm, RemovalForm, RoleForm
from issuers.models import ApiToken, Invitation, Membership, Role

# What a role may do, in words; the table itself is issuers/access.py.
ROLES: dict[str, Any] = {
    Role.OWNER: gettext_lazy("Everything, including who is an owner."),
    Role.ADMIN: gettext_lazy("Designs, issues, changes the settings and manages members, but not owners."),
    Role.DESIGNER: gettext_lazy("Writes and draws achievements and publishes them. Does not issue."),
    Role.AWARDER: gettext_lazy("Issues what is published, corrects, sends again, suspends and revokes."),
    Role.REVIEWER: gettext_lazy(
        "Reads everything, the trail of what was done too, and exports lists. Changes nothing."
    ),
    Role.VIEWER: gettext_lazy("Reads achievements, credentials and recipients. Changes nothing."),
}
REFUSALS: dict[str, Any] = {
    "above_own_role": gettext_lazy("Your own role may not do that. Ask an owner."),
    "last_owner": gettext_lazy("An institution keeps at least one owner. Make somebody else an owner first."),
    "member_already": gettext_lazy("This person is a member already."),
    "invited_already": gettext_lazy("An invitation to this address is open. Send it again, or withdraw it, below."),
    "too_many": gettext_lazy("That were 50 invitations in one day. Go on tomorrow."),
}


def _page(request: StaffRequest, form: InvitationForm | None = None, status: int = 200) -> HttpResponse:
    invitations = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    context = {
        "rows": _rows(request),
        "invitations": invitations.select_related("invited_by").order_by("-id"),
        "may_manage": "member.manage" in request.permissions,
        "roles": [(role.label, ROLES[role]) for role in Role],
        "given": [(role.value, role.label) for role in inviting.roles_of(request.membership)],
        "form": form or InvitationForm(by=request.membership),
    }
    return render(request, "issuers/members.html", context, status=status)


def _rows(request: StaffRequest) -> list[dict[str, Any]]:
    """Members, and the tokens that programs go on with when the person who made them goes."""
    tokens = defaultdict(list)
    for token in ApiToken.objects.in_use().filter(issuer=request.issuer).order_by("id"):
        tokens[token.made_by_id].append(token)
    return [
        {"member": member, "may": inviting.may_give(request.membership, member.role), "tokens": tokens[member.user_id]}
        for member in Membership.objects.listed()
    ]


def _back(request: StaffRequest) -> HttpResponse:
    return redirect(reverse("manage-members", args=[request.issuer.slug]))


@require_safe
@member_required("member.view")
def members(request: StaffRequest) -> HttpResponse:
    """Everybody with their role, and the open invitations."""
    return _page(request)


@require_POST
@member_required("member.manage")
def role(request: StaffRequest, membership: int) -> HttpResponse:
    """Give a member another role."""
    member = get_object_or_404(Membership.objects.listed(), pk=membership)
    form = RoleForm(request.POST, by=request.membership)
    try:
        if not form.is_valid():
            raise inviting.Refused("above_own_role")
        if inviting.change_role(member, form.cleaned_data["role"], by=request.membership):
            said = _("%(person)s is %(role)s now.") % {"person": member.user, "role": member.get_role_display()}
            messages.success(request, said)
    except inviting.Refused as refused:
        messages.error(request, REFUSALS[refused.code])
    return _back(request)


@require_POST
@member_required("member.manage")
def removal(request: StaffRequest, membership: int) -> HttpResponse:
    """End a membership, and with it what the person gave to programs, where that is wanted."""
    member = get_object_or_404(Membership.objects.listed(), pk=membership)
    form = RemovalForm(request.POST)
    try:
        inviting.remove(member, by=request.membership)
    except inviting.Refused as refused:
        messages.error(request, REFUSALS[refused.code])
        return _back(request)
    if form.is_valid() and form.cleaned_data["withdraw_tokens"]:
        _withdraw_tokens(request, member)
    if member.user == request.user:
        messages.success(request, _("You have left %(name)s.") % {"name": request.issuer.name})
        return redirect("manage")
    messages.success(request, _("%(person)s is no longer a member.") % {"person": member.user})
    return _back(request)


def _withdraw_tokens(request: StaffRequest, member: Membership) -> None:
    number = entrusting.withdraw_every(request.issuer, request.user, made_by=member.user)
    said = ngettext("%(number)s API token is withdrawn.", "%(number)s API tokens are withdrawn.", number)
    messages.success(request, said % {"number": number})


@require_POST
@member_required("member.manage")
def invitations(request: StaffRequest) -> HttpResponse:
    """Invite somebody."""
    form = InvitationForm(request.POST, by=request.membership)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        invited = inviting.invite(request.issuer, **form.cleaned_data, by=request.membership)
    except inviting.Refused as refused:
        form.add_error("email", REFUSALS[refused.code])
        return _page(request, form, status=422)
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": invited.email})
    return _back(request)


@require_POST
@member_required("member.manage")
def withdrawal(request: StaffRequest, invitation: int) -> HttpResponse:
    """Close an invitation."""
    return _with_invitation(request, invitation, inviting.withdraw, _("The invitation no longer works."))


@require_POST
@member_required("member.manage")
def resend(request: StaffRequest, invitation: int) -> HttpResponse:
    """Send an invitation again."""
    return _with_invitation(request, invitation, inviting.resend, _("The invitation is on its way again."))


def _with_invitation(request: StaffRequest, key: int, deed: Any, done: str) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.select_related("issuer"), pk=key)
    try:
        if deed(found, by=request.membership):
            messages.success(request, done)
        else:
            messages.warning(
                request, _("Nothing changed: it was taken or withdrawn before, or has only just been sent.")
            )
    except inviting.Refused as refused:
        messages.error(request, REFUSALS[refused.code])
    return _back(request)
