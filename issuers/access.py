"""Who may do what in an institution, and the decorator that every staff view wears."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from issuers.models import Issuer, Membership, Role, User
from issuers.tenancy import across_issuers, scope

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request that has passed `member_required`."""

    user: User  # type: ignore[assignment]
    issuer: Issuer
    membership: Membership
    permissions: frozenset[str]


_VIEW = {"issuer.view", "achievement.view", "credential.view", "recipient.view"}
# What people did, with their scores, is for those who award or review; who only draws or looks around does not need it.
_ACTIVITY = {"activity.view"}
_REVIEW = _VIEW | _ACTIVITY | {"audit.view", "credential.export", "submission.view", "submission.assess"}
_AWARD = (
    _VIEW
    | _ACTIVITY
    | {
        "credential.award",
        "credential.resend",
        "credential.correct",
        "credential.cancel",
        "credential.revoke",
        "credential.suspend",
        "credential.export",
        "activity.record",
        "group.edit",
        "rule.edit",
        "rule.switch",
        "submission.view",
        "submission.manage",
        "application.decide",
    }
)
# `brand.edit`: who draws what people print also keeps the logos, colours and signatures that it is drawn with.
_DESIGN = _VIEW | {"achievement.edit", "achievement.publish", "achievement.archive", "brand.edit", "rule.edit"}
_ADMIN = (
    _AWARD
    | _DESIGN
    | _REVIEW
    | {"issuer.edit", "event.key", "api.token", "webhook.edit", "member.view", "member.manage", "key.view"}
)
_OWNER = _ADMIN | {"member.manage_owners", "key.manage"}

# The reviewed table: tests/architecture/roles.yaml repeats it view by view, and the two must agree.
PERMISSIONS: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset(_VIEW),
    Role.REVIEWER: frozenset(_REVIEW),
    Role.AWARDER: frozenset(_AWARD),
    Role.DESIGNER: frozenset(_DESIGN),
    Role.ADMIN: frozenset(_ADMIN),
    Role.OWNER: frozenset(_OWNER),
}


def _membership(user: User, slug: str) -> Membership:
    """The person's place at this address; 404 for everybody else, whether or not the institution exists."""
    with across_issuers("which institution a person enters"):
        found = Membership.objects.select_related("issuer").filter(user=user, issuer__slug=slug)
        return get_object_or_404(found)


def member_required(permission: str) -> Callable[[View], View]:
    """Staff view: sets request.issuer, .membership and .permissions, and runs inside the issuer's scope.

    A stranger gets 404, a member without the permission 403. The whole view is one transaction.
    """
    if permission not in PERMISSIONS[Role.OWNER]:
        raise ValueError(f"unknown permission {permission!r}")

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            membership = _membership(request.user, slug)
            request.issuer, request.membership = membership.issuer, membership
            request.permissions = PERMISSIONS[membership.role]
            if membership.issuer.closed_at is not None:
                raise Http404
            if permission not in request.permissions:
                raise PermissionDenied
            with scope(membership.issuer):
                return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def proved_again(view: View) -> View:
    """Inside `member_required`: the person has proved again, a moment ago, who they are; else allauth asks and goes on.

    An account that has nothing to prove it with (it signs in by mailed codes alone) is told to get something first.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not get_adapter().get_reauthentication_methods(request.user):
            messages.error(request, _("Set a password or a passkey first: this asks again who you are."))
            return redirect("account")
        return reauthentication_required(view)(request, *args, **kwargs)

    return guarded
