"""Addresses of what the public sees. Those below /c/ and /i/ are permanent: they are printed on paper and signed."""

from django.urls import include, path, re_path

from verification.views import credential, files, home, issuer, machine

_ID = r"(?P<public_id>[1-9A-HJ-NP-Za-km-z]{20,24})"

urlpatterns = [
    path("", home.home, name="home"),
    path("verify/", home.verify, name="verify"),
    path("vc-api/", include("verification.vc_api.urls")),  # 404 unless turned on
    # /c/<public_id>: the id of the credential has no slash at the end and is never redirected.
    re_path(rf"^c/{_ID}$", credential.credential, name="credential"),
    re_path(rf"^c/{_ID}/$", credential.credential, name="credential-slash"),
    re_path(rf"^c/{_ID}\.(?P<suffix>json|jwt|png|svg|pdf)$", files.credential_file, name="credential-file"),
    re_path(rf"^c/{_ID}/card\.png$", files.card, name="card"),
    re_path(rf"^c/{_ID}/embed/$", files.embed, name="embed"),
    # /i/<slug>/
    path("i/<slug:slug>/", issuer.issuer, name="issuer"),
    path("i/<slug:slug>/did.json", machine.did, name="did"),
    path("i/<slug:slug>/status/<slug:purpose>/<int:number>", machine.status_list, name="status-list"),
    path("i/<slug:slug>/a/<slug:achievement>/", issuer.achievement, name="achievement"),
]
