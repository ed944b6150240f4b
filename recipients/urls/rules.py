"""Addresses of rules: what earns a credential by itself."""

from django.urls import path

from recipients.views import doubts, dry_run, held, rule, rule_running, rules

_RULES = "manage/<slug:slug>/rules/"
_RULE = "manage/<slug:slug>/achievements/<str:public_id>/rule/"

urlpatterns = [
    path(_RULES, rules.rules, name="manage-rules"),
    path(f"{_RULES}held/", held.held, name="manage-held"),
    path(f"{_RULES}held/approval/", held.approval, name="manage-held-approval"),
    path(f"{_RULES}held/refusal/", held.refusal, name="manage-held-refusal"),
    path(f"{_RULES}doubts/", doubts.doubts, name="manage-doubts"),
    path(f"{_RULES}doubts/keeping/", doubts.keeping, name="manage-doubts-keeping"),
    path(f"{_RULES}doubts/revocation/", doubts.revocation, name="manage-doubts-revocation"),
    path(_RULE, rule.rule, name="manage-rule"),
    path(f"{_RULE}dry-run/", dry_run.dry_run, name="manage-rule-dry-run"),
    path(f"{_RULE}dry-run/progress/", dry_run.progress, name="manage-rule-dry-run-progress"),
    path(f"{_RULE}dry-run.csv", dry_run.dry_run_file, name="manage-rule-dry-run-file"),
    path(f"{_RULE}running/", rule_running.running, name="manage-rule-running"),
    path(f"{_RULE}switching-on/", rule_running.switching_on, name="manage-rule-switching-on"),
    path(f"{_RULE}pause/", rule_running.pause, name="manage-rule-pause"),
    path(f"{_RULE}resumption/", rule_running.resumption, name="manage-rule-resumption"),
    path(f"{_RULE}switching-off/", rule_running.switching_off, name="manage-rule-switching-off"),
]
