"""Every address begins here. Each app brings its own: first what strangers ask for most, then left to right."""

from django.urls import include, path
from django.views.generic import RedirectView

from credentials_site import health, mailbox

handler500 = "issuers.views.pages.broken"

urlpatterns = [
    # Addresses are tried one after the other, and sign-in alone has sixty.
    path("", include("verification.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox.mail, name="mail"),
    path("mailbox/<str:name>/html/", mailbox.mail_html, name="mail-html"),
    # One page for addresses, the wallet's: its stages decide what an address may bring (SECURITY T20).
    path("accounts/email/", RedirectView.as_view(pattern_name="wallet-addresses"), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("", include("issuers.urls")),
    path("", include("badges.urls")),
    path("", include("recipients.urls")),
]
