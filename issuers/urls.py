"""Addresses of people and access: signing in, staff settings, invitations, pictures."""

from django.urls import URLPattern, URLResolver, path

from issuers.views import account, api_tokens, audit, institutions, joining, media, members, pages, settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/next/", institutions.after_sign_in, name="after-sign-in"),
    path("accounts/profile/", account.account, name="account"),
    # /join/
    path("join/", joining.join, name="join"),
    path("join/code/", joining.code, name="join-code"),
    path("join/<str:token>/", joining.invitation, name="invitation"),
    # /manage/
    path("manage/", institutions.choose, name="manage"),
    path("manage/new/", institutions.open_new, name="manage-open"),
    path("manage/<slug:slug>/settings/", settings.settings, name="manage-settings"),
    path("manage/<slug:slug>/members/", members.members, name="manage-members"),
    path("manage/<slug:slug>/members/<int:membership>/role/", members.role, name="manage-member-role"),
    path("manage/<slug:slug>/members/<int:membership>/removal/", members.removal, name="manage-member-removal"),
    path("manage/<slug:slug>/invitations/", members.invitations, name="manage-invitations"),
    path(
        "manage/<slug:slug>/invitations/<int:invitation>/withdrawal/",
        members.withdrawal,
        name="manage-invitation-withdrawal",
    ),
    path("manage/<slug:slug>/invitations/<int:invitation>/resend/", members.resend, name="manage-invitation-resend"),
    path("manage/<slug:slug>/audit/", audit.audit, name="manage-audit"),
    path("manage/<slug:slug>/api-tokens/", api_tokens.api_tokens, name="manage-api-tokens"),
    path("manage/<slug:slug>/api-tokens/new/", api_tokens.making, name="manage-api-token-new"),
    path(
        "manage/<slug:slug>/api-tokens/<str:public_id>/withdrawal/",
        api_tokens.withdrawal,
        name="manage-api-token-withdrawal",
    ),
    # the same for everybody
    path("help/", pages.help_index, name="help"),
    path("help/<slug:slug>/", pages.help_article, name="help-article"),
    path("privacy/", pages.privacy, name="privacy"),
    path("theme/", pages.theme, name="theme"),
    # public
    path("i/<slug:slug>/brand.css", settings.brand_stylesheet, name="issuer-brand"),
    path("media/<path:key>", media.media, name="media"),
]
