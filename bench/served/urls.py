"""The product's addresses, and those of the two it is measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from bench.served.naive import page


def bare(request: HttpRequest) -> HttpResponse:
    """The least that a Django view can do."""
    return HttpResponse("Laurel")


urlpatterns = [
    path("bench/bare", bare),
    path("bench/naive/<str:public_id>", page),
    path("", include("credentials_site.urls")),
]
