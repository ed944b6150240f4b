"""How allauth behaves here: one rule for addresses, links from SITE_URL alone, mails in our frame, nobody lies in wait."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from issuers import emails, proving
from issuers.cleaning import Refused, address
from issuers.models import User
from issuers.wording import sentence

log = structlog.get_logger()


class AccountAdapter(DefaultAccountAdapter):
    """One rule for addresses on every surface, and links from SITE_URL alone."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("Address and password do not belong together. A code by email always works."),
        "incorrect_code": _("That is not the code we sent. It has six digits; only the newest one counts."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
        "invalid_or_expired_key": _("This link was used before, or its time is over. Ask for a new one."),
        "duplicate_email": _("This address is on your account already."),
        "email_taken": _("This address belongs to another account. Sign in there with it."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then try again."),
        "rate_limited": _("We sent a code a moment ago. Wait a little before asking for another."),
    }

    def clean_email(self, email: str) -> str:
        """The address as mail is sent to it; its normalised form is what accounts are told apart by."""
        try:
            return address(super().clean_email(email)).key
        except Refused as refused:
            raise forms.ValidationError(sentence(refused.code, **refused.params)) from refused

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Everybody may have an account; who may open an institution is ISSUER_SIGNUP's matter."""
        return True

    def is_safe_url(self, url: str) -> bool:
        """Only a page of this site, by its path (SECURITY T30, Q6): no host, and nothing that a browser reads as one."""
        if not url.startswith("/") or len(url) > 2_000 or not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
            return False
        try:
            resolve(urlsplit(url).path)
        except (Resolver404, ValueError):
            return False
        return True

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address is proved: what others merely said of it goes first (SECURITY T20)."""
        user = email_address.user
        if isinstance(user, User):
            proving.clear_claims(user, email_address.email)
        return super().confirm_email(request, email_address)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """The text from its template, and the same words as HTML in the frame of all our mails."""
        context = {**context, **emails.frame()}
        message = super().render_mail(template_prefix, email, context, {"Auto-Submitted": "auto-generated"})
        said = {**context, "heading": message.subject, "paragraphs": message.body.split("\n\n")}
        if isinstance(message, EmailMultiAlternatives):
            message.attach_alternative(render_to_string("account/email/frame.html", said), "text/html")
        return message

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code that cannot be mailed is said at once; a notice that cannot be mailed is logged."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # every fault of SMTP is one
            log.warning("mail_not_sent", mail=template_prefix, error=type(error).__name__)
            if "code" in context and self.request is not None:
                answer = render(self.request, "account/mail_away.html", status=503)
                answer["Retry-After"] = "60"
                raise ImmediateHttpResponse(answer) from error
