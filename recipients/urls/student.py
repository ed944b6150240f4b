"""Addresses of the student's side: goals, catalogue, growth, leaderboards, news; goals of groups below /manage/."""

from django.urls import path

from recipients.views import catalogue, goals, group_goals, growth, leaderboard, live

_GOAL = "manage/<slug:slug>/goals/<str:public_id>"
_BOARD = "wallet/leaderboard/<slug:slug>"

urlpatterns = [
    path("wallet/live/", live.live, name="wallet-live"),
    path("wallet/digest/", goals.digest, name="wallet-digest"),
    path("wallet/goals/", goals.goals, name="wallet-goals"),
    path("wallet/goals/<str:public_id>/removal/", goals.removal, name="wallet-goal-removal"),
    path("wallet/goals/<str:public_id>/restoration/", goals.restoration, name="wallet-goal-restoration"),
    path("wallet/goals/<str:public_id>/week/", goals.week, name="wallet-goal-week"),
    path("wallet/goals/<str:public_id>/position/", goals.position, name="wallet-goal-position"),
    path("wallet/catalogue/", catalogue.catalogue, name="wallet-catalogue"),
    path("wallet/catalogue/<str:public_id>/goal/", goals.choose, name="wallet-catalogue-goal"),
    path("wallet/growth/", growth.growth, name="wallet-growth"),
    path(f"{_BOARD}/", leaderboard.leaderboard, name="wallet-leaderboard"),
    path(f"{_BOARD}/entry/", leaderboard.entry, name="wallet-leaderboard-entry"),
    path(f"{_BOARD}/departure/", leaderboard.departure, name="wallet-leaderboard-departure"),
    path("manage/<slug:slug>/goals/", group_goals.goals, name="manage-goals"),
    path(f"{_GOAL}/", group_goals.goal, name="manage-goal"),
    path(f"{_GOAL}/end/", group_goals.ending, name="manage-goal-end"),
    path(f"{_GOAL}/resumption/", group_goals.resumption, name="manage-goal-resumption"),
]
