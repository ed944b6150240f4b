"""Addresses of issuing: overview, awards, credentials, people, keys."""

from django.urls import path

from recipients.views import (
    analytics,
    awards,
    credentials,
    deeds,
    delivery,
    issue,
    keys,
    lists,
    overview,
    people,
    selection,
    slips,
)

_ONE = "manage/<slug:slug>/credentials/<str:public_id>"
_AWARD = "manage/<slug:slug>/awards/<str:public_id>"
_KEYS = "manage/<slug:slug>/keys"
_LIST = "manage/<slug:slug>/lists/<str:public_id>"

urlpatterns = [
    path("manage/<slug:slug>/", overview.overview, name="manage-home"),
    path("manage/<slug:slug>/analytics/", analytics.analytics, name="manage-analytics"),
    path("manage/<slug:slug>/analytics.csv", analytics.export, name="manage-analytics-export"),
    path("manage/<slug:slug>/issue/", issue.choose, name="manage-issue"),
    path("manage/<slug:slug>/achievements/<str:public_id>/issue/", issue.issue_to, name="manage-issue-to"),
    path(f"{_LIST}/", lists.review, name="manage-list"),
    path(f"{_LIST}/columns/", lists.columns, name="manage-list-columns"),
    path(f"{_LIST}/confirmation/", lists.confirmation, name="manage-list-confirmation"),
    path(f"{_LIST}/rows-to-mend.csv", lists.faulty, name="manage-list-faulty"),
    path("manage/<slug:slug>/awards/", awards.awards, name="manage-awards"),
    path(f"{_AWARD}/", awards.award, name="manage-award"),
    path(f"{_AWARD}/progress/", awards.progress, name="manage-award-progress"),
    path(f"{_AWARD}/cancellation/", awards.cancellation, name="manage-award-cancellation"),
    path(f"{_AWARD}/release/", awards.release, name="manage-award-release"),
    path("manage/<slug:slug>/credentials/", credentials.credentials, name="manage-credentials"),
    path("manage/<slug:slug>/credentials.csv", people.export, name="manage-export"),
    path("manage/<slug:slug>/selection/", selection.selection, name="manage-selection"),
    path(f"{_ONE}/", credentials.credential, name="manage-credential"),
    path(f"{_ONE}/resend/", deeds.resend, name="manage-credential-resend"),
    path(f"{_ONE}/correction/", deeds.correction, name="manage-credential-correction"),
    path(f"{_ONE}/revocation/", deeds.revocation, name="manage-credential-revocation"),
    path(f"{_ONE}/suspension/", deeds.suspension, name="manage-credential-suspension"),
    path(f"{_ONE}/reinstatement/", deeds.reinstatement, name="manage-credential-reinstatement"),
    path(f"{_ONE}/cancellation/", deeds.cancellation, name="manage-credential-cancellation"),
    path("manage/<slug:slug>/delivery/", delivery.delivery, name="manage-delivery"),
    path("manage/<slug:slug>/delivery.csv", delivery.export, name="manage-delivery-export"),
    path("manage/<slug:slug>/slips/", slips.printing, name="manage-slips"),
    path(f"{_AWARD}/reminders/", delivery.reminders, name="manage-award-reminders"),
    path(f"{_ONE}/delivery/", delivery.person, name="manage-credential-delivery"),
    path(f"{_ONE}/slips/withdrawal/", slips.withdrawal, name="manage-credential-slips-withdrawal"),
    path("manage/<slug:slug>/people/", people.everybody, name="manage-people"),
    path(f"{_KEYS}/", keys.keys, name="manage-keys"),
    path(f"{_KEYS}/progress/", keys.progress, name="manage-keys-progress"),
    path(f"{_KEYS}/renewal/", keys.renewal, name="manage-keys-renewal"),
    path(f"{_KEYS}/rotation/", keys.rotation, name="manage-key-rotation"),
    path(f"{_KEYS}/<int:signing_key>/compromise/", keys.compromise, name="manage-key-compromise"),
]
