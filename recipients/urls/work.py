"""Addresses of work that is assessed: the learner's, the assessors', the link from outside, and what is public of it."""

from django.urls import path

from recipients.views import marking, outside, pieces, shown_work, submissions, work

_WORK = "wallet/work/<str:public_id>/"
_PIECE = _WORK + "evidence/<str:artefact>/"
_ALL = "manage/<slug:slug>/submissions/"
_ONE = _ALL + "<str:public_id>/"

urlpatterns = [
    # /wallet/work/: before the wallet's own, whose credentials stand one level higher.
    path("wallet/work/", work.works, name="works"),
    path("wallet/work/new/<slug:slug>/<slug:achievement>/", work.start, name="work-start"),
    path(_WORK, work.work, name="work"),
    path(_WORK + "plan/", work.plan, name="work-plan"),
    path(_WORK + "submission/", work.submission, name="work-submission"),
    path(_WORK + "withdrawal/", work.withdrawal, name="work-withdrawal"),
    path(_WORK + "again/", work.again, name="work-again"),
    path(_WORK + "files/", pieces.files, name="work-files"),
    path(_WORK + "links/", pieces.links, name="work-links"),
    path(_WORK + "texts/", pieces.texts, name="work-texts"),
    path(_PIECE, pieces.piece, name="work-piece"),
    path(_PIECE + "order/", pieces.order, name="work-piece-order"),
    path(_PIECE + "removal/", pieces.removal, name="work-piece-removal"),
    path(_PIECE + "restoration/", pieces.restoration, name="work-piece-restoration"),
    path(_PIECE + "file/", pieces.file, name="work-file"),
    # /manage/<slug>/submissions/
    path(_ALL, submissions.submissions, name="manage-submissions"),
    path(_ALL + "distribution/", submissions.distribution, name="manage-submissions-distribution"),
    path(_ONE, marking.submission, name="manage-submission"),
    path(_ONE + "taking/", submissions.taking, name="manage-submission-taking"),
    path(_ONE + "return/", submissions.giving_back, name="manage-submission-return"),
    path(_ONE + "assessor/", submissions.assignment, name="manage-submission-assessor"),
    path(_ONE + "marking/", marking.marking, name="manage-submission-marking"),
    path(_ONE + "moderation/", marking.moderation, name="manage-submission-moderation"),
    path(_ONE + "award/", marking.award, name="manage-submission-award"),
    path(_ONE + "invitations/", marking.invitations, name="manage-submission-invitations"),
    path(
        _ONE + "invitations/<int:invite>/withdrawal/",
        marking.invitation_withdrawal,
        name="manage-submission-invitation-withdrawal",
    ),
    path(_ONE + "files/<str:artefact>/", marking.file, name="manage-submission-file"),
    # /assess/
    path("assess/", outside.assess, name="assess"),
    path("assess/marking/", outside.marking, name="assess-marking"),
    path("assess/files/<str:artefact>/", outside.file, name="assess-file"),
    path("assess/<str:token>/", outside.link, name="assess-link"),
    # /evidence/<public_id>/: stands in signed credentials.
    path("evidence/<str:public_id>/", shown_work.evidence, name="evidence"),
]
