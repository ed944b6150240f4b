"""Addresses of applying: the public form, the applicant's own pages, the form's making and the queue of staff."""

from django.urls import path

from recipients.views import application_forms, applications, applications_many, applied, apply

_FORM = "manage/<slug:slug>/achievements/<str:public_id>/application"
_QUEUE = "manage/<slug:slug>/applications"
_ONE = f"{_QUEUE}/<str:public_id>"
_OWN = "application/<str:public_id>"

urlpatterns = [
    # The form, as staff make it.
    path(f"{_FORM}/", application_forms.application_form, name="manage-achievement-application"),
    path(f"{_FORM}/questions/", application_forms.questions, name="manage-achievement-application-questions"),
    path(f"{_FORM}/preview/", application_forms.preview, name="manage-achievement-application-preview"),
    path(f"{_FORM}/opening/", application_forms.opening, name="manage-achievement-application-opening"),
    path(f"{_FORM}/closing/", application_forms.closing, name="manage-achievement-application-closing"),
    # The queue.
    path(f"{_QUEUE}/", applications.applications, name="manage-applications"),
    path(f"{_QUEUE}.csv", applications_many.export, name="manage-applications-export"),
    path(f"{_QUEUE}/selection/", applications_many.selection, name="manage-applications-selection"),
    path(f"{_ONE}/", applications.application, name="manage-application"),
    path(f"{_ONE}/acceptance/", applications.acceptance, name="manage-application-acceptance"),
    path(f"{_ONE}/decline/", applications.decline, name="manage-application-decline"),
    path(f"{_ONE}/reopening/", applications.reopening, name="manage-application-reopening"),
    # In public.
    path("i/<slug:slug>/a/<slug:achievement>/apply/", apply.apply, name="apply"),
    path("i/<slug:slug>/a/<slug:achievement>/apply/code/", apply.code, name="apply-code"),
    # The applicant's own: /applications/<token>/ is mailed, and leads on to the other.
    path("applications/<str:token>/", applied.link, name="application-link"),
    path(f"{_OWN}/", applied.application, name="application"),
    path(f"{_OWN}/proof/", applied.proof, name="application-proof"),
    path(f"{_OWN}/withdrawal/", applied.withdrawal, name="application-withdrawal"),
    path(f"{_OWN}/look/", applied.look, name="application-look"),
    path(f"{_OWN}/offer/", applied.offer, name="application-offer"),
    path("wallet/applications/", applied.own, name="wallet-applications"),
]
