"""Addresses of a door: staff's tick list and screen, and the phone."""

from django.urls import path

from recipients.views import arrived, door, here, screen

_ONE = "manage/<slug:slug>/opportunities/<str:public_id>"

urlpatterns = [
    path(f"{_ONE}/door/", door.door, name="manage-door"),
    path(f"{_ONE}/door/people/", door.people, name="manage-door-people"),
    path(f"{_ONE}/door/arrival/", door.arrival, name="manage-door-arrival"),
    path(f"{_ONE}/door/departure/", door.departure, name="manage-door-departure"),
    path(f"{_ONE}/door/walk-in/", door.walk_in, name="manage-door-walk-in"),
    path(f"{_ONE}/door/expected/", door.expected, name="manage-door-expected"),
    path(f"{_ONE}/door/opening/", door.opening, name="manage-door-opening"),
    path(f"{_ONE}/door/closing/", door.closing, name="manage-door-closing"),
    path(f"{_ONE}/screen/", screen.screen, name="manage-screen"),
    path(f"{_ONE}/screen/code/", screen.code, name="manage-screen-code"),
    # The phone. A token has dots in it, so that it is none of the words here.
    path("here/", here.letters, name="here"),
    path("here/now/", here.check_in, name="check-in"),
    path("here/now/address/", here.address, name="check-in-address"),
    path("here/now/code/", here.code, name="check-in-code"),
    path("here/done/", arrived.checked_in, name="checked-in"),
    path("here/done/news/", arrived.news, name="checked-in-news"),
    path("here/done/offer/", arrived.taking, name="checked-in-offer"),
    path("here/<str:token>/", here.scan, name="scan"),
]
