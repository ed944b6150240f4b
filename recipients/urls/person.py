"""Addresses of people: claim, find, wallet, no more mails."""

from django.urls import path

from recipients.views import addresses, claim, find, slip, wallet

urlpatterns = [
    # /claim/
    path("claim/", claim.offer, name="offer"),
    path("claim/acceptance/", claim.acceptance, name="offer-acceptance"),
    path("claim/decline/", claim.decline, name="offer-decline"),
    path("claim/account/", claim.account, name="offer-account"),
    path("claim/visibility/", claim.visibility, name="offer-visibility"),
    path("claim/<str:token>/", claim.claim, name="claim"),
    # /slip/
    path("slip/", slip.code, name="slip-code"),
    path("slip/number/", slip.number, name="slip-number"),
    path("slip/<str:code>/", slip.slip, name="slip"),
    # /find/, /stop/
    path("find/", find.find, name="find"),
    path("find/sent/", find.sent, name="find-sent"),
    path("stop/<str:token>/", find.stop, name="stop"),
    # /wallet/
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/notices/", wallet.notices, name="wallet-notices"),
    path("wallet/export/", wallet.export, name="wallet-export"),
    path("wallet/erasure/", wallet.erasure, name="wallet-erasure"),
    path("wallet/brands.css", wallet.brands, name="wallet-brands"),
    path("wallet/addresses/", addresses.addresses, name="wallet-addresses"),
    path("wallet/addresses/new/", addresses.add, name="wallet-address-new"),
    path("wallet/addresses/code/", addresses.code, name="wallet-address-code"),
    path("wallet/addresses/primary/", addresses.primary, name="wallet-address-primary"),
    path("wallet/addresses/removal/", addresses.removal, name="wallet-address-removal"),
    path("wallet/<str:public_id>/", wallet.credential, name="wallet-credential"),
    path("wallet/<str:public_id>/visibility/", wallet.visibility, name="wallet-visibility"),
    path("wallet/<str:public_id>/evidence/", wallet.evidence, name="wallet-evidence"),
    path("wallet/<str:public_id>/auto-accept/", wallet.take_all, name="wallet-auto-accept"),
    path("wallet/<str:public_id>/offer/acceptance/", wallet.offer_acceptance, name="wallet-offer-acceptance"),
    path("wallet/<str:public_id>/offer/decline/", wallet.offer_decline, name="wallet-offer-decline"),
]
